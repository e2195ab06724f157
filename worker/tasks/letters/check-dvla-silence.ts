import { answersDue, endOf } from "../../../shared/letter/dvla-deadlines.ts";
import { readLoadedDays } from "../../../shared/letter/holidays.ts";
import { findLastSent } from "../../../shared/letter/late-letters.ts";
import type { WorkerDeps } from "../../deps.ts";
import { arePrinted, judge, notPrinted } from "../../letters/dvla/judge.ts";

/** What was sent longer ago is `check-still-sending`'s alone. */
const daysMs = 14 * 24 * 3600 * 1000;

/** Looks, on the printer's working days, whether anything at all came in answer to what was sent the working day before. */
export async function checkDvlaSilence(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!arePrinted(deps.letters)) return notPrinted;
  const date = answersDue(new Date(dueAt), await readLoadedDays(deps.sql));
  if (date === null) return "The printer does not work today";
  const before = endOf(date);
  const sent = await findLastSent(deps.sql, { after: new Date(before.getTime() - daysMs), before });
  const isSilent = sent !== null && !sent.isAnswered;
  await judge(deps, isSilent, {
    subject: "dvla-silent",
    title: "Nothing came from the printer by its deadline",
    facts: { sent_at: sent?.sentAt.toISOString() ?? null, answers_due_to_what_went_until: date },
  });
  return isSilent
    ? `No response file since letters were sent at ${sent.sentAt.toISOString()}`
    : "Answers came";
}
