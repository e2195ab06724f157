import type { Channel } from "../notification/notification.ts";
import { addDays } from "../time/calendar.ts";
import { londonDate, londonMidnight } from "../time/london.ts";

/** How long what was sent is kept where its service does not say (`spec/data-model.md` 9). */
export const usualDays = 7;

/** Fewer, and statuses would not be final before they are counted; more, and data outlives its purpose. */
export const fewestDays = 3;
export const mostDays = 90;

/** Days that a service's messages of one type are kept. */
export interface Retention {
  id: string;
  serviceId: string;
  serviceName: string;
  type: Channel;
  days: number;
  createdAt: Date;
  updatedAt: Date | null;
}

export function isRetentionDays(days: number): boolean {
  return Number.isInteger(days) && days >= fewestDays && days <= mostDays;
}

/** What was made before it is no longer kept: the London midnight that many days back from the day in London. */
export function keptSince(now: Date, days: number): Date {
  return londonMidnight(addDays(londonDate(now), -days));
}

/** That of each number of days a service may have chosen, for statements that look at several services. */
export function keptSinceByDays(now: Date): { days: number; since: Date }[] {
  return Array.from({ length: mostDays - fewestDays + 1 }, (_, n) => {
    const days = fewestDays + n;
    return { days, since: keptSince(now, days) };
  });
}
