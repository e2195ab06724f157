import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { faultLine, loggableError } from "../../shared/log.ts";
import { assertNoSecrets, writtenLine } from "../support/log-secrets.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

const root = resolve(import.meta.dir, "../..");
const secrets = new Map([
  ["07700 900123", "a recipient"],
  ["447700900123", "a recipient"],
  ["ada+b@example.com", "a recipient"],
  ["Zoë “Z” O’Hara", "a personalisation"],
  ["Ada", "a personalisation"],
  ["ab", "a personalisation"],
  ["42", "a personalisation"],
]);

describe("the check of logs", () => {
  const leaks = [
    { holds: "a recipient as it was typed", line: '{"msg":"Sent to 07700 900123"}' },
    { holds: "a recipient in a URL", line: '{"url":"https://x.example/?to=ada%2Bb%40example.com"}' },
    { holds: "a number after a plus", line: '{"to":"+447700900123"}' },
    { holds: "a name", line: '{"body":"Hello Ada, come on Monday"}' },
    {
      holds: "a name that JSON escapes",
      line: JSON.stringify({ json: JSON.stringify({ name: "Zoë “Z” O’Hara" }) }),
    },
    { holds: "an unsubscribe link", line: `{"path":"/unsubscribe/${crypto.randomUUID()}/t0k3n"}` },
    { holds: "a bearer token", line: '{"headers":{"authorization":"Bearer 12345678-abcd"}}' },
    { holds: "a request's token", line: '{"token":"eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhYmMifQ.c2ln"}' },
  ];
  test.each(leaks)("finds $holds", ({ line }) => {
    expect(() => assertNoSecrets(['{"msg":"API ready"}', line], secrets)).toThrow(line);
  });

  const harmless = [
    '{"notificationId":"44770090-0123-4ada-8ada-447700900123"}',
    '{"msg":"Adam is not Ada1"}',
    '{"ms":42,"queue":"ab"}',
    '{"route":"/unsubscribe/:id/:token"}',
  ];
  test.each(harmless)("passes %s", (line) => {
    expect(() => assertNoSecrets([line], secrets)).not.toThrow();
  });
});

describe("a world whose log tells", () => {
  const told: { what: string; tell: (world: World) => Promise<string | undefined> }[] = [
    { what: "a recipient", tell: async () => "07700 900123" },
    { what: "a personalisation", tell: async () => "Dear Wilhelmina, come" },
    { what: "an API key", tell: async ({ service }) => service.keys.team.slice(-36) },
    { what: "a callback's token", tell: async ({ service }) => service.callbackToken },
    { what: "a message", tell: async ({ sandbox }) => sandbox.messages("sms")[0]?.body },
  ];
  test.each(told)("$what fails its test", async ({ what, tell }) => {
    const world = await openWorld({ worker: false });
    const id = await world.notification({ personalisation: { name: "Wilhelmina", day: "Monday week" } });
    const text = { to: "447700900123", body: "Come on Monday week", sender: "X", reference: id };
    const mmg = world.deps.smsProviders.get("mmg");
    await mmg?.send({ ...text, international: false }, new AbortController().signal);
    world.log.warn({ notificationId: id }, `Odd: ${await tell(world)}`);

    await expect(world[Symbol.asyncDispose]()).rejects.toThrow(what);
  });

  test("an error that holds one fails its test", async () => {
    const world = await openWorld({ worker: false });
    await world.notification({ to: "wilhelmina@example.com", channel: "email" });
    world.log.error({ err: new Error("Cannot send to wilhelmina@example.com") }, "Odd");

    await expect(world[Symbol.asyncDispose]()).rejects.toThrow("a recipient");
  });

  test("nothing of the kind does not", async () => {
    await using world = await openWorld({ worker: false } satisfies WorldOptions);
    world.log.info({ notificationId: await world.notification() }, "Notification created");
  });
});

// The API's own tests have no world to close: what they log is looked at when each has ended.
describe("an API test whose log tells a recipient", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pillarbox-log-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const lines = [
    { line: "on 447400900111", code: 1 },
    { line: "on nothing", code: 0 },
  ];
  test.each(lines)("$line ends with $code", async ({ line, code }) => {
    const file = join(folder, `${code}.test.ts`);
    await Bun.write(
      file,
      `import { test } from "bun:test";
      import { openApiWorld } from "${root}/test/api/deps.ts";
      test("logs", () => openApiWorld().log.warn({}, "${line}"));`,
    );
    const child = Bun.spawn([process.execPath, "test", file], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said = await new Response(child.stderr).text();

    expect(await child.exited).toBe(code);
    expect(said.includes("Logs hold what they must not")).toBe(code === 1);
  });
});

describe("an error, in a log", () => {
  test("of Postgres tells its code and place, and not the row or value", async () => {
    await using world = await openWorld({ worker: false });
    const { sql, service } = world;
    const person = "wilhelmina@example.com";
    const id = await world.notification({ channel: "email", to: person });
    const faults = [
      sql`update notifications set notification_type = 'pigeon' where id = ${id}`,
      sql`select ${person}::text::uuid`,
      sql`select ${`{"to": ${person}}`}::text::json`,
      sql`insert into notifications (id, service_id) values (${id}, ${service.id})`,
    ];

    const lines: string[] = [];
    for (const fault of faults) {
      const err = await fault.catch((error: unknown) => error);
      expect(err).toBeInstanceOf(Error);
      lines.push(writtenLine({ level: "error", facts: { err }, message: "Odd" }));
      lines.push(faultLine(err));
    }

    expect(lines.join("\n")).not.toContain("wilhelmina");
    expect(JSON.parse(lines[0] ?? "").err).toMatchObject({
      type: "PostgresError",
      code: "23514",
      table_name: "notifications",
      constraint_name: "notifications_notification_type_check",
    });
    expect(JSON.parse(lines[2] ?? "").err).toMatchObject({ code: "22P02", routine: expect.any(String) });
  });

  test("of ours keeps its message, stack and cause", () => {
    const error = new Error("outer", { cause: Object.assign(new Error("inner"), { code: "ECONNRESET" }) });

    expect(loggableError(error)).toMatchObject({
      type: "Error",
      message: "outer",
      stack: expect.stringContaining("log-secrets.test.ts"),
      cause: { type: "Error", code: "ECONNRESET", message: "inner" },
    });
    expect(loggableError("07700 900123")).toEqual({ type: "string" });
    expect(faultLine(error)).toBe("outer");
    expect(faultLine("07700 900123")).toBe("Unknown fault");
  });
});
