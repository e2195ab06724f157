import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readLoadedDays } from "../../../shared/letter/holidays.ts";
import { isWorkingDay } from "../../../shared/letter/timings.ts";
import { isBankHoliday } from "../../../shared/time/bank-holidays.ts";
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

/** Those that are holidays. */
const loaded = async () =>
  [...(await readLoadedDays(cli.sql))].filter(([, isHoliday]) => isHoliday).map(([date]) => date);

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
      { date: "2027-05-10", name: "Jubilee, of gold", kept: true, loaded: true },
      { date: "2028-02-29", name: "", kept: true, loaded: true },
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

describe("bank-holidays move", () => {
  const all = async (year: string) => {
    const rows: { date: string; name: string; kept: boolean; loaded: boolean }[] = JSON.parse(
      (await cli.run("bank-holidays", "list", "--year", year, "--json")).out,
    );
    return rows.filter(({ date }) => date.startsWith(`${year}-05`));
  };

  test("has a holiday kept on another day, the same however often it is asked", async () => {
    const move = () => cli.run("bank-holidays", "move", "2030-05-06", "2030-05-08", "--name", "VE Day");

    const first = await move();
    const again = await move();

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(await all("2030")).toEqual([
      { date: "2030-05-06", name: "VE Day", kept: false, loaded: true },
      { date: "2030-05-08", name: "VE Day", kept: true, loaded: true },
      { date: "2030-05-27", name: "", kept: true, loaded: false },
    ]);
    const days = await readLoadedDays(cli.sql);
    expect([isBankHoliday("2030-05-06", days), isBankHoliday("2030-05-08", days)]).toEqual([false, true]);
    // A Monday, on which letters are printed then.
    expect([isWorkingDay("2030-05-06"), isWorkingDay("2030-05-06", days)]).toEqual([false, true]);
  });

  test("is taken back by removing both", async () => {
    await cli.run("bank-holidays", "move", "2030-05-06", "2030-05-08");
    expect(await loaded()).toEqual(["2030-05-08"]);

    for (const date of ["2030-05-06", "2030-05-08"]) await cli.run("bank-holidays", "remove", date);

    expect((await all("2030")).map(({ date }) => date)).toEqual(["2030-05-06", "2030-05-27"]);
  });

  test("moves no day that is none, and changes nothing on trial", async () => {
    const none = await cli.run("bank-holidays", "move", "2030-05-07", "2030-05-08");
    const trial = await cli.run("bank-holidays", "move", "2030-05-06", "2030-05-08", "--dry-run");

    expect([none.code, none.err]).toEqual([1, "Cannot move 2030-05-07: it is no bank holiday"]);
    expect([trial.code, trial.err]).toEqual([0, "Nothing was changed"]);
    expect([...(await cli.sql`select from bank_holidays`)]).toEqual([]);
  });
});
