import { PgBoss } from "pg-boss";
import type { Db, Pool } from "../shared/database.ts";
import type { Log } from "../shared/log.ts";

/** pg-boss's way into our pool, or into one transaction of it. */
export function bossDb(sql: Db) {
  return {
    async executeSql(text: string, values: unknown[] = []) {
      const statement =
        values.length > 0 ? sql.unsafe(text, values as never[], { prepare: true }) : sql.unsafe(text);
      const rows = await statement;
      return { rows: [...rows] };
    },
  };
}

/**
 * pg-boss settles jobs and keeps the queues in order (expired and heartbeat-less jobs, old rows). It never migrates:
 * `bun run migrate` does. Its upkeep sends `begin` and `commit` as text, for which `sql` must be one connection;
 * settling goes through the pool that the caller names (`bossDb`).
 */
export async function startBoss(sql: Pool, log: Log): Promise<PgBoss> {
  const boss = new PgBoss({
    db: bossDb(sql),
    schema: "pgboss",
    migrate: false,
    schedule: false,
    supervise: true,
    superviseIntervalSeconds: 5,
    // How soon a dead worker's jobs are noticed, beside their heartbeat.
    monitorIntervalSeconds: 5,
    maintenanceIntervalSeconds: 300,
    bamIntervalSeconds: 600,
    flowIntervalSeconds: 600,
  });
  boss.on("error", (error) => log.error({ err: error }, "pg-boss failed"));
  boss.on("warning", (warning) => log.warn({ warning: warning.message }, "pg-boss warns"));
  await boss.start();
  return boss;
}
