import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import type { Deeds } from "../audited.ts";

/** What was made of an alert, as it is noted. What the rules did not allow has no `broadcast`. */
export function deedsOf<T extends object>(value: T & { broadcast?: Broadcast }): Deeds<T> {
  const { broadcast } = value;
  if (!broadcast) return { value, refused: true };
  return { value, after: { status: broadcast.status, version: broadcast.version } };
}
