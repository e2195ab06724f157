import { PgBoss } from "pg-boss";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { bossDb } from "../../worker/boss.ts";
import { testDatabase } from "./postgres.ts";

export interface QueueWorld extends AsyncDisposable {
  sql: Pool;
  boss: PgBoss;
  url: string;
}

/** A migrated database and a pg-boss on it that does no upkeep. */
export async function openQueueWorld(): Promise<QueueWorld> {
  const database = await testDatabase();
  const sql = openDatabase(database.url, { name: "test", connections: 5, statementTimeoutMs: 30_000 });
  const boss = new PgBoss({ db: bossDb(sql), migrate: false, supervise: false, schedule: false });
  await boss.start();
  return {
    sql,
    boss,
    url: database.url,
    async [Symbol.asyncDispose]() {
      await boss.stop({ graceful: false, close: false });
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}
