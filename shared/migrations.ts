import type { Db } from "./database.ts";

/** The newest migration this code needs. A test compares it with the files of `sql/migrations`. */
export const newestMigration = "0036_search";

/** Throws where `bun run migrate` has not been run for this code: a process never migrates by itself. */
export async function assertMigrated(db: Db): Promise<void> {
  const [table] = await db<
    { name: string | null }[]
  >`select to_regclass('pillarbox_migrations')::text as name`;
  const [found] = table?.name
    ? await db`select from pillarbox_migrations where name = ${newestMigration}`
    : [];
  if (!found) {
    throw new Error(
      `Cannot start: migration ${newestMigration} is missing from the database; run "bun run migrate"`,
    );
  }
}
