import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { billingFacts, emptyFacts, moveToHistory, statusFacts, text } from "../../support/facts.ts";
import { storeNotification } from "../../support/notifications.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

let cli: Cli;
let townHall: string;
let library: string;

beforeAll(async () => {
  cli = await openCli();
  townHall = await cli.service();
  library = await cli.service("Library");
});

beforeEach(() => emptyFacts(cli.sql));

afterAll(() => cli[Symbol.asyncDispose]());

async function store(serviceId: string, createdAt: string): Promise<string> {
  const templates = { sms: unknownId, email: unknownId, letter: unknownId };
  const place = { sql: cli.sql, cipher: cli.cipher, service: { id: serviceId, templates } };
  return await storeNotification(place, text(createdAt));
}

const facts = async () => ({
  billing: (await billingFacts(cli.sql)).map(({ day, sent }) => [day, sent]),
  status: (await statusFacts(cli.sql)).map(({ day, count }) => [day, count]),
});
const rebuild = (...options: string[]) => cli.run("facts", "rebuild", ...options);

describe("facts rebuild", () => {
  test("counts a day anew and, when it is done again, the same, though messages went into history", async () => {
    const old = await store(townHall, "2026-07-05T11:00:00Z");
    await store(library, "2026-07-05T12:00:00Z");
    await store(library, "2026-07-06T12:00:00Z");

    const first = await rebuild("--day", "2026-07-05", "--json");
    const counted = { ...(await facts()), billing: await billingFacts(cli.sql) };
    await moveToHistory(cli.sql, [old]);
    const second = await rebuild("--day", "2026-07-05", "--json");

    expect(JSON.parse(first.out)).toEqual([
      { day: "2026-07-05", kind: "billing", services: 2 },
      { day: "2026-07-05", kind: "status", services: 2 },
    ]);
    expect(second).toEqual(first);
    expect({ ...(await facts()), billing: await billingFacts(cli.sql) }).toEqual(counted);
    expect(counted.status).toEqual([
      ["2026-07-05", 1],
      ["2026-07-05", 1],
    ]);
  });

  test("counts many days, one service or one kind alone", async () => {
    await store(townHall, "2026-07-05T11:00:00Z");
    await store(library, "2026-07-06T12:00:00Z");
    await store(library, "2026-07-07T12:00:00Z");

    const options = ["--service", library, "--only", "billing"];
    const answer = await rebuild("--day", "2026-07-05", "--to", "2026-07-06", ...options);

    expect([answer.code, answer.err]).toEqual([0, "1 of 2 days\n2 of 2 days"]);
    expect(await facts()).toEqual({ billing: [["2026-07-06", 1]], status: [] });
  });

  test("prices days anew when rates were loaded", async () => {
    await store(townHall, "2026-07-05T11:00:00Z");
    await rebuild("--day", "2026-07-05");
    await cli.sql`insert into rates (valid_from, rate) values ('2026-07-01', 0.5)`;

    await rebuild("--day", "2026-07-05", "--only", "billing");

    expect((await billingFacts(cli.sql)).map(({ rate }) => rate)).toEqual([0.5]);
  });

  test("only shows what it would count on a dry run", async () => {
    await store(townHall, "2026-07-05T11:00:00Z");

    const answer = await rebuild("--day", "2026-07-05", "--dry-run", "--only", "status");

    expect(answer).toEqual({
      ...{ code: 0, err: "Nothing was changed" },
      out: "day         kind    services\n2026-07-05  status  1",
    });
    expect(await facts()).toEqual({ billing: [], status: [] });
  });

  test.each([
    [[], 2, "DAY|--day"],
    [["--day", "yesterday"], 2, "--day must be a London day that has begun"],
    [["--day", "2126-01-01"], 2, "--day must be a London day that has begun"],
    [["--day", "2026-07-05", "--only", "all"], 2, "--only must be billing or status"],
    [["--day", "2026-07-05", "--service", unknownId], 1, `Cannot find the service ${unknownId}`],
  ])("refuses %j", async (options, code, fault) => {
    const answer = await rebuild(...options);

    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(new RegExp(fault));
  });
});
