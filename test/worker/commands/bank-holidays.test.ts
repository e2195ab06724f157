import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readHolidayDates } from "../../../shared/letter/holidays.ts";
import { type Cli, openCli } from "./cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await openCli();
});

beforeEach(async () => {
  await cli.sql`delete from bank_holidays`;
});

afterAll(() => cli[Symbol.asyncDispose]());

const load = (input: string, ...options: string[]) =>
  cli.runWith({ input }, "bank-holidays", "load", "-", ...options);

const loaded = async () => [...(await readHolidayDates(cli.sql))];

const published = JSON.stringify({
  "england-and-wales": {
    division: "england-and-wales",
    events: [
      { title: "New Year’s Day", date: "2027-01-01", notes: "", bunting: true },
      { title: "Jubilee", date: "2027-05-10", notes: "Extra bank holiday", bunting: true },
    ],
  },
  scotland: { division: "scotland", events: [{ title: "2nd January", date: "2027-01-04" }] },
});

describe("bank-holidays load", () => {
  test("takes up what is not known, from what GOV.UK publishes, once", async () => {
    const first = await load(published, "--json");
    const again = await load(published, "--json");

    expect([first.code, JSON.parse(first.out)]).toEqual([0, { added: 1, known: 1 }]);
    expect(first.err).toContain("2027-05-10");
    expect(JSON.parse(again.out)).toEqual({ added: 0, known: 2 });
    expect(await loaded()).toEqual(["2027-05-10"]);
  });

  test("takes lines, named or not, and a byte order mark", async () => {
    const answer = await load(
      "\ufeff2027-05-10 Jubilee, of gold\r\n\r\n2028-02-29\n2027-12-27,Known\n2028-02-29\n",
    );
    const { out } = await cli.run("bank-holidays", "--json");

    expect(answer.code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      { date: "2027-05-10", name: "Jubilee, of gold", loaded: true },
      { date: "2028-02-29", name: "", loaded: true },
    ]);
  });

  test("changes nothing on trial, and says what it would", async () => {
    const answer = await load("2027-05-10", "--dry-run", "--json");

    expect(JSON.parse(answer.out)).toEqual({ added: 1, known: 0 });
    expect(answer.err).toContain("Nothing was changed");
    expect(await loaded()).toEqual([]);
  });

  test.each([
    "2027-02-29",
    "2027-05-10\n10/05/2027",
    "2027-05-1",
    '{"england-and-wales":{"events":[{"date":"2027-13-01","title":"x"}]}}',
    '{"england-and-wales":',
    "{}",
  ])("refuses all of %j", async (input) => {
    const { code, err } = await load(input);

    expect([code, err]).toEqual([1, expect.stringMatching(/^Cannot read the bank holidays: ./)]);
    expect(await loaded()).toEqual([]);
  });

  test("says which file it cannot read", async () => {
    const { code, err } = await cli.run("bank-holidays", "load", "no-such-file");

    expect([code, err]).toEqual([1, "Cannot read no-such-file: ENOENT"]);
  });
});

test("bank-holidays list shows a year with those known by rule, and a wrong one can be removed", async () => {
  await load("2027-05-10 Jubilee");

  const year = JSON.parse((await cli.run("bank-holidays", "list", "--year", "2027", "--json")).out);
  const removed = await cli.run("bank-holidays", "remove", "2027-05-10");
  const again = await cli.run("bank-holidays", "remove", "2027-05-10");

  expect(year.map(({ date }: { date: string }) => date.slice(5)).join(" ")).toBe(
    "01-01 03-26 03-29 05-03 05-10 05-31 08-30 12-27 12-28",
  );
  expect([removed.code, again.code]).toEqual([0, 1]);
  expect((await cli.run("bank-holidays", "list")).out).toStartWith("None was loaded");
});
