import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findService } from "../../../shared/service/queries.ts";
import { type Cli, keys, openCli } from "./cli.ts";

const env = {
  DATABASE_URL: "postgres://localhost/none",
  ENCRYPTION_KEYS: `${keys.old.id}:${Buffer.from(keys.old.bytes).toString("base64")}`,
};

async function temporaryFile() {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-fixtures-"));
  return {
    path: join(folder, "functional.sh"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const count = async (cli: Cli) =>
  await cli.sql`
    select (select count(*) from services) as services, (select count(*) from users) as users,
      (select count(*) from templates_history) as versions, (select count(*) from api_keys) as keys,
      (select count(*) from inbound_sms) as texts, (select count(*) from service_sms_senders) as senders,
      (select count(*) from service_email_reply_to) as replies, (select count(*) from service_callback_api) as callbacks`;

describe("fixtures", () => {
  test("makes what the tests find, once, and writes the same settings each time", async () => {
    await using cli = await openCli();
    await using file = await temporaryFile();

    const first = await cli.runWith({ env }, "fixtures", file.path);
    const written = await Bun.file(file.path).text();
    const made = await count(cli);
    const again = await cli.runWith({ env }, "fixtures", file.path, "--json");

    expect(first).toMatchObject({ code: 0, out: file.path });
    expect(again.code).toBe(0);
    expect(await Bun.file(file.path).text()).toBe(written);
    expect(await count(cli)).toEqual(made);
    expect([...made]).toMatchObject([{ services: "3", users: "4", keys: "3", texts: "3", versions: "13" }]);
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  });

  test("writes what a shell reads, with keys that work", async () => {
    await using cli = await openCli();
    await using file = await temporaryFile();
    await cli.runWith({ env }, "fixtures", file.path, "--email", "o'brien@example.com");

    const shell = Bun.spawn(["sh", "-c", `. '${file.path}' && env -0`], { env: {}, stdout: "pipe" });
    const read = new Map(
      (await new Response(shell.stdout).text()).split("\0").map((line): [string, string] => {
        const at = line.indexOf("=");
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );

    expect(read.get("FUNCTIONAL_TEST_EMAIL")).toBe("o'brien@example.com");
    expect(read.get("FUNCTIONAL_TEST_EMAIL_AUTH")).toBe("o'brien-email-auth@example.com");
    const service = await findService(cli.sql, cli.cipher, read.get("FUNCTIONAL_TESTS_SERVICE_ID") ?? "");
    const secrets = service?.apiKeys.map(({ secret }) => secret);
    for (const name of ["API_KEY", "API_TEST_KEY"]) {
      expect(secrets).toContain(read.get(`FUNCTIONAL_TESTS_SERVICE_${name}`)?.slice(-36) ?? "");
    }
    expect(service).toMatchObject({ name: "Functional Tests", restricted: false });
    expect(service?.smsSenders.find(({ isDefault }) => isDefault)?.value).toBe("07700900500");
    const empty = [...read].filter(
      ([name, value]) => /^(FUNCTIONAL|CLIENT|NOTIFY|MMG)/.test(name) && value === "",
    );
    expect(empty).toEqual([]);
  });

  test("only says what it would make on a dry run, and refuses in production", async () => {
    await using cli = await openCli();
    await using file = await temporaryFile();

    const dry = await cli.runWith({ env }, "fixtures", file.path, "--dry-run");
    const production = await cli.runWith(
      { env: { ...env, NOTIFY_ENVIRONMENT: "live" } },
      "fixtures",
      file.path,
    );

    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining("Would make") });
    expect(production).toMatchObject({ code: 1, err: "Cannot make fixtures: NOTIFY_ENVIRONMENT is live" });
    expect(await cli.sql`select from services`).toHaveLength(0);
    expect(await Bun.file(file.path).exists()).toBe(false);
  });
});
