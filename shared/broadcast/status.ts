import type { BroadcastStatus } from "./broadcast.ts";

/** Where each status may lead (`spec/broadcasts.md` 1.2). */
const next: Readonly<Record<BroadcastStatus, readonly BroadcastStatus[]>> = {
  draft: ["pending-approval"],
  "pending-approval": ["rejected", "draft", "broadcasting"],
  rejected: ["draft", "pending-approval"],
  broadcasting: ["completed", "cancelled"],
  completed: [],
  cancelled: [],
  "technical-failure": [],
};

export function mayBecome(from: BroadcastStatus, to: BroadcastStatus): boolean {
  return next[from].includes(to);
}

/** Whether its words, areas and times may still be changed. */
export function isEditable(status: BroadcastStatus): boolean {
  return status === "draft" || status === "pending-approval" || status === "rejected";
}
