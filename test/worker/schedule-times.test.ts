import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { londonDate } from "../../shared/time/london.ts";
import { lastTime, type Schedule, schedulesFor, utcCron } from "../../worker/schedules.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Every schedule there is. */
const all: readonly Schedule[] = schedulesFor({ snsLog: {}, openSftp: {}, dvla: {} } as never);

/** London's clocks change at 01:00 UTC on the last Sundays of March and October. */
const changes = Array.from({ length: 51 }, (_, n) => 2000 + n).flatMap((year) =>
  [2, 9].map((month) => {
    const end = new Date(Date.UTC(year, month + 1, 0));
    end.setUTCDate(end.getUTCDate() - end.getUTCDay());
    return end.getTime();
  }),
);

let zone: string | undefined;

beforeEach(() => {
  zone = process.env.TZ;
  process.env.TZ = "Europe/London";
});

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** What a cron expression says, worked out field by field and minute by minute. */
function timesOf(cron: string, from: number, to: number): number[] {
  const fields = cron.split(" ");
  const inSecond = allowedBy(fields.length === 6 ? `${fields.shift()}` : "0");
  const seconds = Array.from({ length: 60 }, (_, second) => second).filter(inSecond);
  const [minute, hour, day, month, weekday] = fields.map(allowedBy);
  const times: number[] = [];
  for (let at = from; at < to; at += minuteMs) {
    const date = new Date(at);
    const isTime =
      minute?.(date.getUTCMinutes()) &&
      hour?.(date.getUTCHours()) &&
      day?.(date.getUTCDate()) &&
      month?.(date.getUTCMonth() + 1) &&
      weekday?.(date.getUTCDay());
    if (isTime) times.push(...seconds.map((second) => at + second * 1000));
  }
  return times;
}

function allowedBy(field: string): (value: number) => boolean {
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  if (field === "*") return () => true;
  if (step !== undefined) return (value) => value % Number(step) === 0;
  const ranges = field.split(",").map((part) => part.split("-").map(Number));
  return (value) => ranges.some(([first = Number.NaN, last = first]) => value >= first && value <= last);
}

describe("over every change of London's clocks from 2000 to 2050", () => {
  const crons = [...new Set(all.map(({ cron }) => cron))];

  test.each(crons)("%s comes at each of its times once, on a machine in London", (cron) => {
    const job = utcCron(cron, () => {});
    // What comes each hour is looked at around the change, the rest two days before and after it.
    const isOften = timesOf(cron, 0, dayMs).length >= 24;
    const spanMs = isOften ? 100 * minuteMs : 2 * dayMs;
    for (const change of changes) {
      const [from, to] = [change + 60 * minuteMs - spanMs, change + 60 * minuteMs + spanMs];
      const times = timesOf(cron, from, to);
      const next = job.nextRuns(times.length + 1, new Date(from - 1)).map((at) => at.getTime());

      expect(next.filter((at) => at < to)).toEqual(times);
      for (const at of times.slice(0, 2)) {
        expect(lastTime(job, new Date(at))?.getTime()).toBe(at);
        expect(lastTime(job, new Date(at + 1))?.getTime()).toBe(at);
      }
    }
    job.stop();
  });

  const byLondon = all.filter(({ task, counts }) => counts && !task.startsWith("change-dvla"));

  test.each(byLondon)("$task comes once on each of London's days", ({ cron, counts }) => {
    for (const change of changes) {
      const times = timesOf(cron, change - 2 * dayMs, change + 3 * dayMs).map((at) => new Date(at));
      const days = times.filter((at) => counts?.(at)).map(londonDate);

      for (const day of [-1, 0, 1].map((n) => londonDate(new Date(change + n * dayMs)))) {
        expect(days.filter((one) => one === day)).toEqual([day]);
      }
    }
  });

  test("what is done once a night comes when London's day before is over", () => {
    const days = [Date.parse("2026-03-29T00:00:00Z"), Date.parse("2026-10-25T00:00:00Z")];
    for (const day of days) {
      for (const { task, cron } of all) {
        const [at, ...more] = timesOf(cron, day, day + dayMs);
        if (at === undefined || more.length > 0) continue;
        expect({ task, date: londonDate(new Date(at)) }).toEqual({
          task,
          date: new Date(day).toISOString().slice(0, 10),
        });
      }
    }
  });
});
