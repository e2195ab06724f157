import type { Channel, Status } from "../notification/notification.ts";
import { londonDate } from "../time/london.ts";
import { englishMonths } from "../time/months.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { deadlineOf, printDateOf } from "./print-day.ts";

/** What cancelling a letter must know of it. */
export interface Cancellable {
  channel: Channel;
  status: Status;
  createdAt: Date;
  /** It is in a batch of a print run that was not abandoned. */
  isInBatch: boolean;
}

/** Those in which a letter is not on its way yet. */
export const cancellableStatuses = ["created", "pending-virus-check"] as const satisfies readonly Status[];

/** Why a letter cannot be cancelled at an instant, in Notify's words, or null (`spec/letters.md` 8). */
export function cancelRefusal(letter: Cancellable, at: Date): string | null {
  const { channel, status, createdAt, isInBatch } = letter;
  if (channel !== "letter") return "Notification cannot be cancelled - only letters can be cancelled";
  const printDate = printDateOf(createdAt);
  const isWaiting = cancellableStatuses.some((one) => one === status);
  const isTooLate = at.getTime() >= deadlineOf(printDate).getTime();
  if (isWaiting && !isTooLate && !isInBatch) return null;
  if (isTooLate)
    return `It’s too late to cancel this letter. Printing started ${dayOf(printDate, at)} at 5.30pm`;
  if (status === "cancelled") return "This letter has already been cancelled.";
  return couldNotCancel(letter);
}

export function couldNotCancel({ status, createdAt }: Pick<Cancellable, "status" | "createdAt">): string {
  return `We could not cancel this letter. Letter status: ${status}, created_at: ${toTimestamp(createdAt)}`;
}

/** `today`, or `on 3 October`. */
function dayOf(printDate: string, at: Date): string {
  if (printDate >= londonDate(at)) return "today";
  const [, month = "", day = ""] = printDate.split("-");
  return `on ${Number(day)} ${englishMonths[Number(month) - 1]}`;
}
