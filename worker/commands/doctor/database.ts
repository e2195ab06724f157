import type { Config } from "../../../shared/config.ts";
import type { Db, Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { assertMigrated, newestMigration } from "../../../shared/migrations.ts";
import { listMissing } from "../../../shared/platform/set-up.ts";
import { apiKeySecretOf } from "../../../shared/service/queries.ts";
import { type Finding, fault, inWords, ok, warning } from "./finding.ts";

const mostClockMs = 2000;

/** Whether the database answers, and its clock agrees with ours. */
export async function checkDatabase(sql: Pool): Promise<Finding[]> {
  try {
    const before = Date.now();
    const [row] = await sql<{ version: string; at: Date }[]>`
      select current_setting('server_version') as version, clock_timestamp() as at`;
    const after = Date.now();
    const theirs = row?.at.getTime() ?? 0;
    const apart = Math.max(0, before - theirs, theirs - after);
    const clock =
      apart <= mostClockMs
        ? ok("clock", "Agrees with the database's")
        : fault(
            "clock",
            `Is ${Math.round(apart / 1000)} s away from the database's`,
            "Keep both machines' clocks by NTP: tokens, limits and schedules go by them",
          );
    return [ok("database", `Postgres ${row?.version} answers in ${after - before} ms`), clock];
  } catch (error) {
    return [fault("database", inWords(error), "See that Postgres runs and DATABASE_URL leads to it")];
  }
}

export async function checkMigrations(sql: Pool): Promise<Finding> {
  try {
    await assertMigrated(sql);
    return ok("migrations", `${newestMigration} is there`);
  } catch {
    return fault("migrations", `${newestMigration} is missing`, "Run bun run migrate");
  }
}

/** Whether what is encrypted can be read. */
export async function checkKeys(db: Db, cipher: Cipher): Promise<Finding> {
  const [key] = await db<{ id: string; secret: string }[]>`
    select id, secret from api_keys order by created_at desc limit 1`;
  if (!key) return ok("encryption", "Nothing is encrypted yet");
  try {
    await cipher.decrypt(key.secret, apiKeySecretOf(key.id));
    return ok("encryption", "The newest API key can be read");
  } catch (error) {
    return fault(
      "encryption",
      `The newest API key cannot be read: ${inWords(error)}`,
      "Give ENCRYPTION_KEYS every key that was ever used, as the API and worker have them",
    );
  }
}

/** Whether the platform's own service is there, from which people get what no other service sends. */
export async function checkPlatform(db: Db): Promise<Finding> {
  const missing = await listMissing(db);
  return missing.length === 0
    ? ok("platform", "Its own service is there")
    : warning(
        "platform",
        `Of its own service there is no ${missing.join(", ")}`,
        "Run bun run cli platform setup: without, no reply-to address is checked and nobody is told that a service is live",
      );
}

const patienceMs = 3000;

/** Whether workers can be woken; without it they find work by looking for it, later. */
export async function checkListener(sql: Pool, pooler: Config["databasePooler"]): Promise<Finding> {
  if (pooler !== null) return ok("listener", "Not used behind a pooler: workers look for work by themselves");
  const channel = `doctor_${crypto.randomUUID().replaceAll("-", "")}`;
  const heard = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => heard.resolve(false), patienceMs);
  try {
    const { unlisten } = await sql.listen(channel, () => heard.resolve(true));
    await sql.notify(channel, "");
    const isHeard = await heard.promise;
    await unlisten();
    if (isHeard) return ok("listener", "LISTEN hears NOTIFY");
    return warning(
      "listener",
      `Heard nothing for ${patienceMs} ms`,
      "If a transaction pooler stands before Postgres, set DATABASE_POOLER=transaction",
    );
  } catch (error) {
    return warning("listener", inWords(error), "See that the database role may LISTEN");
  } finally {
    clearTimeout(timer);
  }
}
