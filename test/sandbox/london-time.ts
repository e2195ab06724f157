const format = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/London",
  dateStyle: "short",
  timeStyle: "medium",
});

/** `2026-07-05 17:01:07`, the wall clock in London, as text providers write it. */
export function londonTime(at: Date): string {
  return format.format(at);
}
