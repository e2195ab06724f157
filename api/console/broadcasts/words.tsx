/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { BroadcastChannel, BroadcastStatus, Network } from "../../../shared/broadcast/broadcast.ts";

export const networkNames: Readonly<Record<Network, string>> = {
  ee: "EE",
  three: "Three",
  o2: "O2",
  vodafone: "Vodafone",
};

export const statusNames: Readonly<Record<BroadcastStatus, string>> = {
  draft: "draft",
  "pending-approval": "waiting for approval",
  rejected: "rejected",
  broadcasting: "on air",
  completed: "over",
  cancelled: "cancelled",
  "technical-failure": "failed",
};

export const channelNames: Readonly<Record<BroadcastChannel, string>> = {
  test: "test: phones that were set up for it",
  operator: "operator: staff of the networks",
  severe: "severe: people can turn it off",
  government: "government: nobody can turn it off",
};

const kinds: Readonly<Partial<Record<BroadcastStatus, string>>> = {
  "pending-approval": "tag warn",
  broadcasting: "tag good",
  rejected: "tag bad",
  cancelled: "tag bad",
  "technical-failure": "tag bad",
};

/** Where an alert stands; `stubbed` ones are never sent. */
export function AlertState({ status, stubbed }: { status: BroadcastStatus; stubbed: boolean }) {
  return (
    <>
      <span class={kinds[status] ?? "tag"}>{statusNames[status]}</span>
      {stubbed ? <span class="tag">training: not sent</span> : null}
    </>
  );
}

/** A message of the rules, which speak to programs, as said to the person who asked. */
export function inWords(message: string, { userId, id }: { userId: string; id: string }): string {
  const words = message
    .replaceAll(`User ${userId}`, "you")
    .replaceAll(`their own broadcast_message ${id}`, "your own alert")
    .replaceAll(`broadcast_message ${id}`, "this alert")
    .replace("you does not", "you do not")
    .replace("no selected areas and so cannot be broadcasted", "no areas and so cannot be sent")
    .replaceAll("broadcasted", "sent");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
