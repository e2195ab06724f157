import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type NotificationFacts, storeNotification } from "../../support/notifications.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

let cli: Cli;
let townHall: string;
let library: string;
let template: string;

beforeAll(async () => {
  cli = await openCli();
  townHall = await cli.service();
  library = await cli.service("Library");
  template = await cli.template(townHall);
});

beforeEach(async () => {
  await cli.sql`truncate notifications`;
});

afterAll(() => cli[Symbol.asyncDispose]());

/** "Town Hall: Hello " and a name of these characters. */
async function store(
  characters: number,
  createdAt: string,
  facts: Omit<NotificationFacts, "createdAt"> = {},
): Promise<string> {
  const templates = { sms: template, email: template, letter: template };
  const place = { sql: cli.sql, cipher: cli.cipher, service: { id: townHall, templates } };
  const personalisation = { name: "x".repeat(characters) };
  return await storeNotification(place, {
    ...{ status: "delivered", personalisation, createdAt: new Date(createdAt) },
    ...facts,
  });
}

async function units(): Promise<Record<string, number>> {
  const rows = await cli.sql<{ id: string; units: number }[]>`
    select id, billable_units as units from notifications`;
  return Object.fromEntries(rows.map(({ id, units }) => [id, units]));
}

const recount = (...options: string[]) => cli.run("notification", "recount", ...options);
const noon = "2026-07-05T11:00:00Z";

describe("notification recount", () => {
  test("counts the fragments of texts that went out and have none, once", async () => {
    const short = await store(3, noon);
    const long = await store(400, noon, { status: "temporary-failure", keyType: "team" });
    const known = await store(400, noon, { billableUnits: 2 });

    const trial = await recount("--day", "2026-07-05", "--dry-run", "--json");
    const untouched = await units();
    const first = await recount("--day", "2026-07-05", "--json");
    const again = await recount("--day", "2026-07-05", "--json");

    const counted = [{ day: "2026-07-05", texts: 2, fragments: 4, unreadable: 0 }];
    expect([JSON.parse(trial.out), trial.err]).toEqual([counted, "Nothing was changed"]);
    expect(untouched).toEqual({ [short]: 0, [long]: 0, [known]: 2 });
    expect([JSON.parse(first.out), first.err]).toEqual([
      counted,
      expect.stringContaining("bun run cli facts rebuild --day 2026-07-05"),
    ]);
    expect(await units()).toEqual({ [short]: 1, [long]: 3, [known]: 2 });
    expect(JSON.parse(again.out)).toEqual([{ day: "2026-07-05", texts: 0, fragments: 0, unreadable: 0 }]);
    expect(again.err).toBe("");
  });

  test("leaves alone what is not billed", async () => {
    await store(3, noon, { status: "created" });
    await store(3, noon, { status: "technical-failure" });
    await store(3, noon, { keyType: "test" });
    await store(3, noon, { channel: "email" });

    const { out } = await recount("--day", "2026-07-05", "--json");

    expect(JSON.parse(out)).toMatchObject([{ texts: 0, unreadable: 0 }]);
    expect(Object.values(await units())).toEqual([0, 0, 0, 0]);
  });

  test("counts the days of London that it is asked for, and one service alone", async () => {
    await store(3, "2026-07-03T22:59:59Z");
    const first = await store(3, "2026-07-03T23:00:00Z");
    const last = await store(3, "2026-07-05T22:59:59Z");
    await store(3, "2026-07-05T23:00:00Z");
    const other = await store(3, noon, { serviceId: library });

    const { out } = await recount(
      "--day",
      "2026-07-04",
      "--to",
      "2026-07-05",
      "--service",
      townHall,
      "--json",
    );

    expect(JSON.parse(out)).toMatchObject([
      { day: "2026-07-04", texts: 1 },
      { day: "2026-07-05", texts: 1 },
    ]);
    const found = await units();
    expect([found[first], found[last], found[other]]).toEqual([1, 1, 0]);
    expect(Object.values(found).filter((count) => count > 0)).toHaveLength(2);
  });

  test("counts the rest where some cannot be read, more than it reads at once", async () => {
    await store(3, noon);
    await cli.sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, created_at)
      select gen_random_uuid(), ${townHall}, ${unknownId}, 1, 'normal', 'sms', 'delivered', '07700900123', ${noon}
      from generate_series(1, 1100)`;
    await store(3, noon);

    const { code, out, err } = await recount("--day", "2026-07-05", "--json");

    expect([code, JSON.parse(out)]).toEqual([
      0,
      [{ day: "2026-07-05", texts: 2, fragments: 2, unreadable: 1100 }],
    ]);
    expect(err.split("\n").filter((line) => line.startsWith("Cannot count "))).toHaveLength(1100);
    expect(Object.values(await units()).filter((count) => count > 0)).toEqual([1, 1]);
  });

  test("refuses what is no day, and a service that is not there", async () => {
    expect(await recount("--day", "yesterday")).toMatchObject({ code: 2 });
    expect(await recount()).toMatchObject({ code: 2 });
    expect(await recount("--day", "2026-07-05", "--service", unknownId)).toMatchObject({ code: 1 });
  });
});
