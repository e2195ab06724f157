import type { Pool } from "../../../shared/database.ts";
import type { World } from "../../support/world.ts";

export interface Route {
  method: string;
  /** As it is registered: `/service/:service/sms-sender/:id`. */
  path: string;
  /** The names in its path. */
  names: string[];
  /** Method and path. */
  key: string;
}

/** Every route that the app has, by itself: one that is added is among them. */
export function routesOf({ api }: World): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path } of api.app.routes) {
    if (method === "ALL" || path.includes("*")) continue;
    const names = [...path.matchAll(/:([a-z_]+)/gi)].map(([, name = ""]) => name);
    const key = `${method} ${path}`;
    routes.set(key, { method, path, names, key });
  }
  return [...routes.values()];
}

/** The path with these in place of its names. */
export function pathWith({ path }: Route, values: Record<string, string>): string {
  return path.replace(/:([a-z_]+)(\{[^}]*\})?/gi, (_, name: string) =>
    encodeURIComponent(values[name] ?? "1"),
  );
}

/** The tables whose rows name their service. */
export async function tablesOfServices(sql: Pool): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.table_name::text as name from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'service_id'
    order by 1`;
  return rows.map(({ name }) => name);
}

/** A service's own id, and those of all that it has. */
export async function idsOf(sql: Pool, serviceId: string): Promise<string[]> {
  const found = [serviceId];
  for (const table of await tablesOfServices(sql)) {
    const rows = await sql<{ id: string | null }[]>`
      select to_jsonb(t)->>'id' as id from ${sql(table)} t where service_id = ${serviceId}`;
    for (const { id } of rows) if (id !== null && /^[0-9a-f-]{36}$/.test(id)) found.push(id);
  }
  return [...new Set(found)];
}
