const dayMs = 24 * 60 * 60 * 1000;

/** The date `days` after `2026-07-05`; before it where they are fewer than none. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(date: string): number {
  return new Date(date).getUTCDay();
}
