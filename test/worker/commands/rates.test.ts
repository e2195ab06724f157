import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cli, openCli } from "./cli.ts";

let cli: Cli;
let folder: string;

beforeAll(async () => {
  cli = await openCli();
  folder = await mkdtemp(join(tmpdir(), "pillarbox-rates-"));
});

beforeEach(async () => {
  await cli.sql`delete from rates where not example`;
  await cli.sql`delete from letter_rates where not example`;
  await cli.sql`delete from default_annual_allowance where not example`;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await cli[Symbol.asyncDispose]();
});

const list = {
  sms: [{ valid_from: "2027-04-01", rate: 0.0233 }],
  letters: [
    { start_date: "2027-04-01", end_date: null, post_class: "second", sheet_count: 1, rate: 0.68 },
    {
      start_date: "2027-04-01",
      end_date: "2028-04-01",
      post_class: "rest-of-world",
      sheet_count: 5,
      rate: 1.9,
    },
  ],
  allowances: [{ from_year: 2027, organisation_type: "nhs_gp", allowance: 5000 }],
};

const load = (input: string, ...options: string[]) =>
  cli.runWith({ input }, "rates", "load", "-", ...options);

/** What was loaded: values by what they are of and since when, in UTC. */
async function loaded(): Promise<unknown[]> {
  const rows = await cli.sql`
    select 'sms' as of, valid_from::text as from, rate::float8 as value from rates where not example
    union all
    select concat_ws(' ', post_class, sheet_count, end_date), start_date::text, rate::float8 from letter_rates
      where not example
    union all
    select organisation_type, valid_from_financial_year_start::text, allowance::float8 from default_annual_allowance
      where not example
    order by 1, 2`;
  return rows.map(({ of, from, value }) => [of, from, value]);
}

const whole = [
  ["nhs_gp", "2027", 5000],
  ["rest-of-world 5 2028-03-31 23:00:00+00", "2027-03-31 23:00:00+00", 1.9],
  ["second 1", "2027-03-31 23:00:00+00", 0.68],
  ["sms", "2027-03-31 23:00:00+00", 0.0233],
];

describe("rates load", () => {
  test("takes up a list in JSON, from London's midnights, and changes nothing when it is loaded again", async () => {
    const first = await load(JSON.stringify(list), "--json");
    const second = await load(JSON.stringify(list), "--json");

    const counted = { sms_rates: 1, letter_rates: 2, allowances: 1, known: 0 };
    expect([first.code, JSON.parse(first.out), first.err]).toEqual([0, counted, ""]);
    expect(JSON.parse(second.out)).toEqual({ sms_rates: 0, letter_rates: 0, allowances: 0, known: 4 });
    expect(await loaded()).toEqual(whole);
  });

  test("takes the same in CSV, from a file with a mark of its encoding", async () => {
    const file = join(folder, "rates.csv");
    await Bun.write(
      file,
      [
        "\ufeffKind,from,to,postage,sheets,organisation_type,value",
        "sms,2027-03-31T23:00:00Z,,,,,0.0233",
        "",
        'letter,2027-04-01,,second,1,,"0.68"',
        "letter,2027-04-01,2028-04-01,rest-of-world,5,,1.9",
        "allowance,2027,,,,nhs_gp,5000",
      ].join("\r\n"),
    );

    const answer = await cli.run("rates", "load", file);

    expect([answer.code, answer.err]).toEqual([0, ""]);
    expect(await loaded()).toEqual(whole);
  });

  test("only shows what it would do on a dry run", async () => {
    const answer = await load(JSON.stringify(list), "--dry-run");

    expect(answer.out).toContain("letter_rates  2");
    expect(answer.err).toBe("Nothing was changed");
    expect(await loaded()).toEqual([]);
  });

  test("says from when on days were counted at other rates", async () => {
    const answer = await load('{"sms":[{"valid_from":"2026-04-01","rate":0.02}]}');

    expect(answer.err).toBe(
      'Days from 2026-04-01 on were counted at other rates: see "facts rebuild --only billing"',
    );
  });

  const letter = (more: object) => ({
    letters: [{ start_date: "2027-06-01", post_class: "second", sheet_count: 1, rate: 1, ...more }],
  });

  test.each<[string, object, string]>([
    [
      "another price from the same moment",
      { sms: [{ valid_from: "2027-04-01", rate: 0.03 }] },
      "A text's rate from 2027-03-31T23:00:00.000Z is 0.03 and 0.0233",
    ],
    [
      "two prices of its own",
      {
        allowances: [
          { from_year: 2030, organisation_type: "local", allowance: 1 },
          { from_year: 2030, organisation_type: "local", allowance: 2 },
        ],
      },
      "The allowance of local from 2030 is 2 and 1",
    ],
    [
      "a letter's rate that ends after the next begins",
      letter({ start_date: "2027-01-01", end_date: "2027-04-02" }),
      "The rate of a second letter of 1 sheets from 2027-01-01T00:00:00.000Z was agreed until after the next begins",
    ],
    [
      "a letter's rate that begins before another ends",
      letter({ post_class: "rest-of-world", sheet_count: 5 }),
      "The rate of a rest-of-world letter of 5 sheets from 2027-03-31T23:00:00.000Z was agreed until after",
    ],
  ])("refuses %s, and takes nothing of that list", async (_what, other, fault) => {
    await load(JSON.stringify(list));

    const answer = await load(JSON.stringify({ sms: [{ valid_from: "2029-01-01", rate: 0.5 }], ...other }));

    expect(answer.code).toBe(1);
    expect(answer.err).toContain(`Cannot load these rates: ${fault}`);
    expect(await loaded()).toEqual(whole);
  });

  test.each([
    ["nothing", "", "they are no JSON, nor CSV with the columns kind,from,"],
    ["half of JSON", "{", "they are no JSON"],
    ["a rate without a day", '{"sms":[{"rate":1}]}', 'sms.0.valid_from Invalid key: Expected "valid_from"'],
    ["a day that never was", '{"sms":[{"valid_from":"2027-02-30","rate":1}]}', "must be a day in London"],
    [
      "an instant without zone",
      '{"sms":[{"valid_from":"2027-02-01T00:00","rate":1}]}',
      "must be a day in London",
    ],
    ["pence", '{"sms":[{"valid_from":"2027-02-01","rate":1001}]}', "sms.0.rate must be pounds, not pence"],
    ["less than nothing", '{"sms":[{"valid_from":"2027-02-01","rate":-1}]}', "sms.0.rate must be pounds"],
    ["what it does not know", '{"rates":[]}', "rates Invalid key"],
    ["another postage", JSON.stringify(letter({ post_class: "third" })), "post_class must be one of first"],
    ["an end before the beginning", JSON.stringify(letter({ end_date: "2027-05-01" })), "must end after"],
    ["CSV of another kind", "kind,value\nemail,1", 'there is no kind "email"'],
    ["CSV without a number", "kind,from,value\nsms,2027-01-01,", "sms.0.rate must be pounds"],
    ["CSV of other columns", "kind,price\nsms,1", "nor CSV with the columns"],
  ])("refuses %s", async (_what, text, fault) => {
    const answer = await load(text);

    expect(answer.code).toBe(1);
    expect(answer.err).toContain(fault);
    expect(await loaded()).toEqual([]);
  });

  test("says that there is no file", async () => {
    const answer = await cli.run("rates", "load", join(folder, "none.json"));

    expect(answer).toMatchObject({ code: 1, err: `Cannot read ${join(folder, "none.json")}: ENOENT` });
  });
});

describe("rates list", () => {
  test("shows what there is, examples marked", async () => {
    await load(JSON.stringify(list));

    const rows = JSON.parse((await cli.run("rates", "--json")).out);

    expect(rows).toHaveLength(1 + 25 + 9 + 4);
    expect(rows).toContainEqual({
      ...{ kind: "letter", of: "rest-of-world 5", value: 1.9, example: false },
      ...{ from: "2027-04-01 00:00:00", to: "2028-04-01 00:00:00" },
    });
    expect(rows).toContainEqual({
      ...{ kind: "sms", of: null, from: "2000-01-01 00:00:00", to: null, value: 0.0227, example: true },
    });
    expect(rows).toContainEqual({
      ...{ kind: "allowance", of: "nhs_gp", from: "2027", to: null, value: 5000, example: false },
    });
    expect((await cli.run("rates", "list")).out).toContain(
      "sms        -                  2000-01-01 00:00:00",
    );
  });
});

describe("rates allowances", () => {
  test("gives services what was arranged the year before or their kind gets, once", async () => {
    const [arranged, usual] = [await cli.service("Arranged hall"), await cli.service("Usual hall")];
    const ended = await cli.service("Ended hall");
    await cli.sql`update services set active = false where id = ${ended}`;
    await cli.sql`
      insert into annual_billing (service_id, financial_year_start, free_sms_fragment_limit, has_custom_allowance)
      values (${arranged}, 2030, 77, true)`;
    await load('{"allowances":[{"from_year":2031,"organisation_type":"other","allowance":1234}]}');
    const give = async (...options: string[]) =>
      JSON.parse((await cli.run("rates", "allowances", "--year", "2031", "--json", ...options)).out);

    expect(await give("--dry-run")).toEqual({ year: 2031, services: 2 });
    expect(await give()).toEqual({ year: 2031, services: 2 });
    expect(await give()).toEqual({ year: 2031, services: 0 });

    const rows = await cli.sql`
      select service_id, free_sms_fragment_limit::int as free from annual_billing where financial_year_start = 2031`;
    expect(new Map(rows.map(({ service_id, free }) => [service_id, free]))).toEqual(
      new Map([
        [arranged, 77],
        [usual, 1234],
      ]),
    );
  });
});
