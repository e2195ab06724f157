import { describe, expect, test } from "bun:test";
import { platformIds } from "../../../shared/platform/platform.ts";
import { storeNotification } from "../../support/notifications.ts";
import { type Cli, keys, openCli } from "./cli.ts";

const env = {
  DATABASE_URL: "postgres://localhost/none",
  ENCRYPTION_KEYS: `${keys.old.id}:${Buffer.from(keys.old.bytes).toString("base64")}`,
};

async function addUser({ sql }: Cli, address: string): Promise<string> {
  const [user] = await sql<{ id: string }[]>`
    insert into users (name, email_address, state) values ('x', ${address}, 'active') returning id`;
  return user?.id ?? "";
}

async function addService(cli: Cli, name: string, members: readonly string[]): Promise<string> {
  const id = await cli.service(name);
  for (const member of members) {
    await cli.sql`insert into user_to_service (user_id, service_id) values (${member}, ${id})`;
    await cli.sql`insert into permissions (user_id, service_id, permission) values (${member}, ${id}, 'view_activity')`;
  }
  return id;
}

const uuid = () => crypto.randomUUID();

describe("purge", () => {
  test("deletes test users and services that are theirs alone, with all they hold", async () => {
    await using cli = await openCli();
    const tester = await addUser(cli, `tests+${uuid()}@example.com`);
    const person = await addUser(cli, "tests.real@example.com");
    const alone = await addService(cli, "Alone", [tester]);
    const shared = await addService(cli, "Shared", [tester, person]);
    const template = await cli.template(alone);
    await storeNotification(
      { ...cli, service: { id: alone, templates: { sms: template, email: template, letter: template } } },
      { channel: "letter" },
    );
    await cli.run("key", "create", alone, "web", "--type", "test");
    const folders = [uuid(), uuid()] as const;
    await cli.sql`
      insert into template_folder (id, service_id, name, parent_id, created_at)
      values (${folders[0]}, ${alone}, 'a', null, now()), (${folders[1]}, ${alone}, 'b', ${folders[0]}, now())`;
    await cli.sql`
      insert into template_folder_map (template_id, service_id, template_folder_id)
      values (${template}, ${alone}, ${folders[1]})`;
    await cli.run("inbound-number", "add", "07700900600", "--provider", "mmg");
    await cli.run("inbound-number", "assign", "07700900600", alone);
    await cli.sql`insert into template_redacted values (${template}, ${tester}, now())`;

    const would = await cli.runWith({ env }, "purge", "--user-prefix", "tests", "--dry-run", "--json");
    const done = await cli.runWith({ env }, "purge", "--user-prefix", "tests");
    const again = await cli.runWith({ env }, "purge", "--user-prefix", "tests");

    expect(JSON.parse(would.out)).toEqual({ users: 1, services: 1, dry_run: true });
    expect(done).toMatchObject({ code: 0, out: "Deleted 1 users and 1 services" });
    expect(again.out).toBe("Deleted 0 users and 0 services");
    expect(await cli.sql`select id from services`).toMatchObject([{ id: shared }]);
    expect(await cli.sql`select id from users`).toMatchObject([{ id: person }]);
    expect(await cli.sql`select service_id from inbound_numbers`).toMatchObject([{ service_id: null }]);
    const tables = await cli.sql<{ name: string }[]>`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'service_id'`;
    for (const { name } of tables) {
      const left = await cli.sql`select from ${cli.sql(name)} where service_id = ${alone}`;
      expect({ name, left: left.length }).toEqual({ name, left: 0 });
    }
  });

  test("keeps people whose addresses only begin alike, and who are named elsewhere", async () => {
    await using cli = await openCli();
    const named = await addUser(cli, `tests+${uuid()}@example.com`);
    await addUser(cli, "tests+friend@example.com");
    const template = await cli.template(await cli.service());
    await cli.sql`update templates set created_by_id = ${named} where id = ${template}`;

    const { code, out, err } = await cli.runWith({ env }, "purge", "--user-prefix", "tests");

    expect({ code, out }).toEqual({ code: 0, out: "Deleted 0 users and 0 services" });
    expect(err).toContain("1 users stay");
    expect(await cli.sql`select from users`).toHaveLength(2);
    expect(await cli.sql`select from templates`).toHaveLength(1);
  });

  test("refuses in production, and a prefix that means everybody", async () => {
    await using cli = await openCli();
    const live = { ...env, NOTIFY_ENVIRONMENT: "production" };

    const production = await cli.runWith({ env: live }, "purge", "--user-prefix", "tests");
    const everybody = await cli.runWith({ env }, "purge", "--user-prefix", "");

    expect(production).toMatchObject({ code: 1, err: "Cannot purge: NOTIFY_ENVIRONMENT is production" });
    expect(everybody.code).toBe(2);
  });

  test("deletes one service, and none of its people; never the platform's own", async () => {
    await using cli = await openCli();
    const person = await addUser(cli, `tests+${uuid()}@example.com`);
    const [doomed, kept] = [
      await addService(cli, "Doomed", [person]),
      await addService(cli, "Kept", [person]),
    ];
    const purge = (...options: string[]) => cli.runWith({ env }, "purge", ...options);

    expect((await purge("--service", doomed, "--dry-run")).out).toBe("Would delete 0 users and 1 services");
    expect((await purge("--service", doomed)).out).toBe("Deleted 0 users and 1 services");
    expect((await purge("--service", doomed)).err).toContain("there is none");
    expect((await purge("--service", platformIds.service)).err).toBe(
      "Cannot purge: it is the platform's own service",
    );
    expect((await purge()).code).toBe(2);
    expect((await purge("--service", kept, "--user-prefix", "tests")).code).toBe(2);

    expect(await cli.sql`select id from services`).toMatchObject([{ id: kept }]);
    expect(await cli.sql`select id from users`).toMatchObject([{ id: person }]);
  });
});
