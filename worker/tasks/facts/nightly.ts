import { readRateBook } from "../../../shared/billing/rate-queries.ts";
import { countDay, listDaysToCount } from "../../../shared/facts/count-day.ts";
import type { FactKind } from "../../../shared/facts/days.ts";
import { replaceLetterDespatch } from "../../../shared/facts/letter-despatch.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate } from "../../../shared/time/london.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * How many days back are counted again each night: until what was sent on them is final, and two nights more
 * (`spec/schedule.md` 7, "Ours"; Notify's four are a night short for texts and emails).
 */
const daysBack: Record<Channel, number> = { sms: 6, email: 6, letter: 10 };

/** Counts what was sent on the last days and what it costs, and what letters the printer sent. */
export async function createNightlyBilling(
  deps: WorkerDeps,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const counted = await countNightly(deps, "billing", signal, dueAt);
  const rates = await readRateBook(deps.sql);
  const today = londonDate(new Date(dueAt));
  for (let back = daysBack.letter; back > 0; back -= 1) {
    signal.throwIfAborted();
    await replaceLetterDespatch(deps.sql, addDays(today, -back), rates);
  }
  return counted;
}

/** Counts what became of the messages of the last days. */
export async function createNightlyStatus(
  deps: WorkerDeps,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  return await countNightly(deps, "status", signal, dueAt);
}

/** One day after the other, so that another attempt goes on with those that are left. */
async function countNightly(
  { sql, now }: WorkerDeps,
  kind: FactKind,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const due = new Date(dueAt);
  const last = addDays(londonDate(due), -1);
  const days = new Map<string, Channel[]>();
  for (const type of ["sms", "email", "letter"] as const) {
    const listed = await listDaysToCount(sql, { kind, type, last, days: daysBack[type] }, due);
    for (const day of listed) days.set(day, [...(days.get(day) ?? []), type]);
  }
  const rates = await readRateBook(sql);
  let services = 0;
  for (const [day, types] of days) {
    services += await countDay(sql, { kind, day, types, rates, signal }, now());
  }
  return `Counted ${days.size} days, ${services} times a service`;
}

/** Counts what was sent today so far, for pages that show what a service used. */
export async function updateBillingForToday({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<string> {
  const at = now();
  const day = londonDate(at);
  const rates = await readRateBook(sql);
  const types = ["sms", "email", "letter"] as const;
  const services = await countDay(sql, { kind: "billing", day, types, rates, signal }, at);
  return `Counted today of ${services} services`;
}
