import { describe, expect, test } from "bun:test";
import { type Cli, keys, openCli } from "./cli.ts";

const encryptionKeys = `${keys.old.id}:${Buffer.from(keys.old.bytes).toString("base64")}`;

interface Shown {
  check: string;
  result: string;
  found: string;
  advice: string | null;
}

/** A server that stands for a provider and for the API. */
function openServer() {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
  return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function examine(cli: Cli, env: Record<string, string>) {
  const all = { DATABASE_URL: cli.url, ENCRYPTION_KEYS: encryptionKeys, ...env };
  const { code, out, err } = await cli.runWith({ env: all }, "doctor", "--json");
  const findings: Shown[] = JSON.parse(out);
  return {
    code,
    err,
    of: (check: string) => findings.filter((finding) => finding.check === check),
    findings,
  };
}

describe("doctor", () => {
  test("finds what works, and warns of what nobody does", async () => {
    await using cli = await openCli();
    await using server = openServer();
    await cli.run("key", "create", await cli.service(), "web", "--type", "test");
    const relay = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data: () => {} } });

    const { code, of, findings } = await examine(cli, {
      MMG_URL: `${server.url}/mmg`,
      MMG_API_KEY: "key",
      CLAMD_ADDRESS: `tcp://127.0.0.1:${relay.port}`,
      SMTP_URL: `smtp://127.0.0.1:${relay.port}`,
      API_HOST: server.url,
    });

    relay.stop(true);
    expect(code).toBe(0);
    for (const check of [
      "configuration",
      "database",
      "clock",
      "migrations",
      "encryption",
      "listener",
      "queues",
      "dead letters",
      "alerts",
      "storage",
      "api",
      "provider mmg",
      "provider smtp",
      "virus scanner",
    ]) {
      expect({ check, found: of(check) }).toMatchObject({ check, found: [{ result: "ok" }] });
    }
    expect(of("workers")).toMatchObject([
      { result: "warning", advice: "Start one: nothing is sent without" },
    ]);
    expect(of("schedules")).toMatchObject([{ result: "warning" }]);
    expect(findings.some(({ result }) => result === "fault")).toBe(false);
    expect(await cli.sql`select from files`).toHaveLength(0);
  });

  test("tells of faults with what to do, and ends with 1", async () => {
    await using cli = await openCli();
    const id = await cli.service();
    await cli.runWith({}, "key", "create", id, "web", "--type", "test");
    await cli.sql`delete from pgboss.queue where name = 'scan-letter'`;
    await cli.sql`
      insert into task_runs (task, due_at, outcome)
      values ('delete-old-alerts', now() - interval '3 days', 'done'),
        ('check-queues', now() - interval '1 minute', 'failed')`;

    const { code, err, of } = await examine(cli, {
      ENCRYPTION_KEYS: `new:${Buffer.from(keys.new.bytes).toString("base64")}`,
      CLAMD_ADDRESS: "tcp://127.0.0.1:1",
      MMG_URL: "http://127.0.0.1:1/",
      MMG_API_KEY: "key",
      API_HOST: "http://127.0.0.1:1",
    });

    expect(code).toBe(1);
    expect(err).toMatch(/\d+ of \d+ checks found a fault$/);
    expect(of("encryption")).toMatchObject([{ result: "fault" }]);
    expect(of("provider mmg")).toMatchObject([{ result: "fault" }]);
    expect(of("virus scanner")).toMatchObject([{ result: "fault" }]);
    expect(of("queues")).toMatchObject([{ result: "fault", found: "Missing: scan-letter" }]);
    expect(of("schedules")).toMatchObject([
      { result: "warning", found: expect.stringContaining("Late: delete-old-alerts") },
      { result: "warning", found: expect.stringContaining("check-queues (1)") },
    ]);
    expect(of("provider of email")).toMatchObject([{ result: "warning" }]);
    expect(of("api")).toMatchObject([{ result: "warning" }]);
  });

  test("warns while the platform's own service is not set up, and says how", async () => {
    await using cli = await openCli();
    const env = { DATABASE_URL: cli.url, ENCRYPTION_KEYS: encryptionKeys, EMAIL_DOMAIN: "hall.example" };

    const before = await examine(cli, {});
    await cli.runWith({ env }, "platform", "setup");
    const after = await examine(cli, {});
    await cli.sql`delete from templates where name = 'A service is live'`;
    const partly = await examine(cli, {});

    expect(before.of("platform")).toMatchObject([
      { result: "warning", advice: expect.stringContaining("bun run cli platform setup") },
    ]);
    expect(after.of("platform")).toMatchObject([{ result: "ok", advice: null }]);
    expect(partly.of("platform")).toMatchObject([
      { result: "warning", found: "Of its own service there is no A service is live" },
    ]);
  });

  test("goes no further than it can", async () => {
    await using cli = await openCli();
    await cli.sql`drop table pillarbox_migrations`;

    const unset = await cli.runWith({ env: {} }, "doctor", "--json");
    const away = await examine(cli, { DATABASE_URL: "postgres://someone:secret-word@127.0.0.1:1/none" });
    const old = await examine(cli, {});

    expect(unset.code).toBe(1);
    expect(JSON.parse(unset.out)).toMatchObject([{ check: "configuration", result: "fault" }]);
    expect(away.findings.map(({ check, result }) => [check, result])).toEqual([
      ["configuration", "ok"],
      ["database", "fault"],
    ]);
    expect(JSON.stringify(away.findings)).not.toContain("secret-word");
    expect(old.of("migrations")).toMatchObject([{ result: "fault", advice: "Run bun run migrate" }]);
    expect(old.findings.at(-1)?.check).toBe("migrations");
  });

  test("has a help", async () => {
    await using cli = await openCli();

    const { code, out } = await cli.run("doctor", "--help");

    expect(code).toBe(0);
    expect(out).toContain("bun run cli doctor");
  });
});
