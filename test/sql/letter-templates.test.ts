import { expect, test } from "bun:test";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { migrate } from "../../sql/migrate.ts";
import { emptyDatabase } from "../support/postgres.ts";

const migrations = resolve(import.meta.dir, "../../sql/migrations");

/** The migrations as they were before templates had letters' columns. */
async function olderMigrations() {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-migrations-"));
  for (const name of await readdir(migrations)) {
    if (name < "0006") await copyFile(join(migrations, name), join(path, name));
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test("templates stored before letters had languages get them, in every version", async () => {
  await using database = await emptyDatabase();
  await using older = await olderMigrations();
  await migrate(database.url, { folder: older.path });
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  await using _ = { [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
  const [service] = await sql`
    insert into services (name, normalised_name, email_sender_local_part) values ('A', 'a', 'a') returning id`;
  await sql`
    insert into templates (service_id, name, template_type, content, subject, postage) values
      (${service?.id}, 'plain letter', 'letter', 'a', 'b', null),
      (${service?.id}, 'first class', 'letter', 'a', 'b', 'first'),
      (${service?.id}, 'odd text', 'sms', 'a', null, 'second'),
      (${service?.id}, 'email', 'email', 'a', 'b', null)`;
  await sql`update templates set content = 'c', version = 2`;

  await migrate(database.url);
  await sql`update templates set version = 3`;

  const letter = { languages: "english", contact: null, welsh: null };
  const other = { ...letter, languages: null };
  expect([
    ...(await sql`
      select name, array_agg(version order by version) as versions, array_agg(distinct coalesce(postage, 'none')) as postage,
        min(letter_languages) as languages, min(service_letter_contact_id::text) as contact,
        min(letter_welsh_subject || letter_welsh_content) as welsh
      from templates_history group by name order by name`),
  ]).toEqual([
    { name: "email", versions: [1, 2, 3], postage: ["none"], ...other },
    { name: "first class", versions: [1, 2, 3], postage: ["first"], ...letter },
    { name: "odd text", versions: [1, 2, 3], postage: ["none"], ...other },
    { name: "plain letter", versions: [1, 2, 3], postage: ["second"], ...letter },
  ]);
  expect([...(await sql`select name, postage from templates order by name`)]).toEqual([
    { name: "email", postage: null },
    { name: "first class", postage: "first" },
    { name: "odd text", postage: null },
    { name: "plain letter", postage: "second" },
  ]);
});
