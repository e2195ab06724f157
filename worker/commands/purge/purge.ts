import * as v from "valibot";
import { readConfig } from "../../../shared/config.ts";
import type { Db, Pool } from "../../../shared/database.ts";
import { platformIds } from "../../../shared/platform/platform.ts";
import { command, type Deps, Flag, Id, jsonOption, type Surroundings, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { deleteService, listForeignKeys, listTablesOfServices } from "./delete-service.ts";

const Input = v.object({
  userPrefix: v.optional(v.pipe(v.string(), v.minLength(3, "must have three characters at least"))),
  service: v.optional(Id),
  dryRun: Flag,
  json: Flag,
});

export const purgeCommand = command({
  name: "purge",
  description:
    "Delete the users that functional tests made, whose addresses begin with a prefix and hold +UUID, with the services that are theirs alone; never in production. Files of letters stay in their storage until they are deleted there. Or one service alone, and none of its people. For example: bun run cli purge --user-prefix notify-tests --dry-run",
  args: {
    "user-prefix": {
      type: "string",
      valueHint: "text",
      description: "What their addresses begin with",
    },
    service: { type: "string", valueHint: "id", description: "This service instead" },
    "dry-run": { type: "boolean", description: "Say who and what, and delete nothing" },
    json: jsonOption,
  },
  input: Input,
  run: purge,
});

async function purge(
  { userPrefix, service, dryRun, json }: v.InferOutput<typeof Input>,
  { sql, print, note }: Deps,
  { env }: Surroundings,
) {
  const config = readConfig(env);
  if (config.isProduction) throw new Error(`Cannot purge: NOTIFY_ENVIRONMENT is ${config.environment}`);
  const { users, services } = await findDoomed(sql, { userPrefix, service });
  let [deletedUsers, deletedServices] = [0, 0];
  if (!dryRun) {
    const schema = { keys: await listForeignKeys(sql), tables: await listTablesOfServices(sql) };
    for (const id of services) {
      await sql.begin((tx) => deleteService(tx, id, schema));
      deletedServices++;
      note(`${deletedServices} of ${services.length} services`);
    }
    for (const id of users) if (await deleteUser(sql, id)) deletedUsers++;
    const kept = users.length - deletedUsers;
    if (kept > 0) note(`${kept} users stay: what is not theirs alone still names them`);
  }
  const done = dryRun
    ? { users: users.length, services: services.length }
    : { users: deletedUsers, services: deletedServices };
  if (json) print(JSON.stringify({ ...done, dry_run: dryRun }));
  else print(`${dryRun ? "Would delete" : "Deleted"} ${done.users} users and ${done.services} services`);
}

async function findDoomed(
  db: Db,
  { userPrefix, service }: { userPrefix?: string | undefined; service?: string | undefined },
): Promise<{ users: string[]; services: string[] }> {
  if ((userPrefix === undefined) === (service === undefined)) {
    throw new UsageError("Either --user-prefix or --service is needed");
  }
  if (service === platformIds.service) throw new Error("Cannot purge: it is the platform's own service");
  if (service !== undefined) {
    await assertService(db, service);
    return { users: [], services: [service] };
  }
  const users = await findTestUsers(db, userPrefix ?? "");
  return { users, services: await servicesOfOnly(db, users) };
}

/** Only addresses with a UUID after a plus: those of people may begin alike. */
async function findTestUsers(db: Db, prefix: string): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from users
    where starts_with(lower(email_address), lower(${prefix}))
      and email_address ~* '^[^@]*[+][0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}[^@]*@'
      and id <> ${platformIds.owner}
    order by id`;
  return rows.map(({ id }) => id);
}

/** Services all of whose people are among these; never the platform's own. */
async function servicesOfOnly(db: Db, users: readonly string[]): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select service_id as id from user_to_service
    where service_id <> ${platformIds.service}
    group by service_id having bool_and(user_id = any(${[...users]}::uuid[]))
    order by service_id`;
  return rows.map(({ id }) => id);
}

/** False where something that stays names them, a template of another service's: then they stay too. */
async function deleteUser(sql: Pool, id: string): Promise<boolean> {
  try {
    await sql.begin(async (tx) => {
      await tx`delete from permissions where user_id = ${id}`;
      await tx`delete from user_to_service where user_id = ${id}`;
      await tx`delete from users where id = ${id}`;
    });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "23503") return false;
    throw error;
  }
}
