import { printedDeadline } from "../../../shared/letter/dvla-deadlines.ts";
import { countStillCreated } from "../../../shared/letter/late-letters.ts";
import type { WorkerDeps } from "../../deps.ts";
import { arePrinted, judge, notPrinted } from "../../letters/dvla/judge.ts";

/** Looks for letters, of any key, that yesterday's print run should have taken. */
export async function checkStillCreated(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!arePrinted(deps.letters)) return notPrinted;
  const { count, held, oldest } = await countStillCreated(deps.sql, printedDeadline(new Date(dueAt)));
  await judge(deps, count > 0, {
    subject: "letters-still-created",
    title: "Letters made before 17:30 yesterday have not been printed",
    facts: { letters: count, held_besides: held, oldest: oldest?.toISOString() ?? null },
  });
  return `${count} letters made before 17:30 yesterday are still created, ${held} more are held`;
}
