import { endOf, sendingSince } from "../../../shared/letter/dvla-deadlines.ts";
import { readLoadedDays } from "../../../shared/letter/holidays.ts";
import { countStillSending } from "../../../shared/letter/late-letters.ts";
import type { WorkerDeps } from "../../deps.ts";
import { arePrinted, judge, notPrinted } from "../../letters/dvla/judge.ts";

/** On the printer's working days, looks for letters it took two of them ago or earlier and has said nothing of. */
export async function checkStillSending(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!arePrinted(deps.letters)) return notPrinted;
  const date = sendingSince(new Date(dueAt), await readLoadedDays(deps.sql));
  if (date === null) return "The printer does not work today";
  const { count, oldest } = await countStillSending(deps.sql, endOf(date));
  await judge(deps, count > 0, {
    subject: "letters-still-sending",
    title: "Letters still sending",
    facts: {
      letters: count,
      sent_until: `${weekdayOf(date)} ${date}`,
      oldest: oldest?.toISOString() ?? null,
    },
  });
  return `${count} letters sent until ${date} are still sending`;
}

function weekdayOf(date: string): string {
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" }).format(new Date(date));
}
