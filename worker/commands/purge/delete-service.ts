import type { Db } from "../../../shared/database.ts";

/** One foreign key: rows of `child` point at rows of `parent`. */
interface ForeignKey {
  child: string;
  childColumns: string[];
  parent: string;
  parentColumns: string[];
}

/** Every foreign key between tables of ours, names quoted as SQL wants them. */
export async function listForeignKeys(db: Db): Promise<ForeignKey[]> {
  return await db<ForeignKey[]>`
    select c.conrelid::regclass::text as child, c.confrelid::regclass::text as parent,
      array(select quote_ident(a.attname) from unnest(c.conkey) with ordinality k (n, at)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.n order by k.at) as "childColumns",
      array(select quote_ident(a.attname) from unnest(c.confkey) with ordinality k (n, at)
        join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.n order by k.at) as "parentColumns"
    from pg_constraint c
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace
    order by 1, 2, c.conname`;
}

/** Tables whose rows say whose they are, whether or not a foreign key does too. */
export async function listTablesOfServices(db: Db): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select a.attrelid::regclass::text as name
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attname = 'service_id' and not a.attisdropped and c.relkind in ('r', 'p')
      and c.relnamespace = 'public'::regnamespace
    order by 1`;
  return rows.map(({ name }) => name);
}

/** Every table that is emptied of what a condition means, with it, in an order that no foreign key minds. */
function deletionsOf(table: string, condition: string, keys: readonly ForeignKey[]): string[] {
  const steps: string[] = [];
  for (const key of keys) {
    // Rows that point at rows of their own table go with them, in one statement.
    if (key.parent !== table || key.child === table) continue;
    const pointed = `select ${key.parentColumns.join(", ")} from ${table} where ${condition}`;
    steps.push(...deletionsOf(key.child, `(${key.childColumns.join(", ")}) in (${pointed})`, keys));
  }
  steps.push(`delete from ${table} where ${condition}`);
  return steps;
}

/** Everything that the database holds of a service. To be called in a transaction. */
export async function deleteService(
  tx: Db,
  serviceId: string,
  { keys, tables }: { keys: readonly ForeignKey[]; tables: readonly string[] },
): Promise<void> {
  const steps = [
    ...tables.flatMap((table) => deletionsOf(table, "service_id = $1", keys)),
    ...deletionsOf("services", "id = $1", keys),
    "delete from services_history where id = $1",
  ];
  // Numbers are not the service's own: others may have them again.
  await tx`update inbound_numbers set service_id = null, updated_at = now() where service_id = ${serviceId}`;
  // Of two ways to one table the first has emptied it.
  for (const step of new Set(steps)) await tx.unsafe(step, [serviceId]);
}
