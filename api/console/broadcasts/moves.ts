import type { BroadcastStatus } from "../../../shared/broadcast/broadcast.ts";

/** What people do with an alert that is written. */
export const moves = {
  submit: { to: "pending-approval", done: "Handed it in: somebody else approves it" },
  withdraw: { to: "draft", done: "It is a draft again" },
  approve: { to: "broadcasting", done: "Approved: it goes out now" },
  reject: { to: "rejected", done: "Rejected it" },
  cancel: { to: "cancelled", done: "Cancelled: phones in the area are told so now" },
} as const satisfies Record<string, { to: BroadcastStatus; done: string }>;

export type MoveName = keyof typeof moves;
