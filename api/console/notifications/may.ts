import type { Context } from "hono";
import { cancellableStatuses } from "../../../shared/letter/cancel.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import { unfinishedStatuses } from "../../../shared/notification/search-statuses.ts";
import { type CallbackType, callbackTypes } from "../../../shared/service/callback-types.ts";
import type { Timeline } from "../../../shared/timeline/find-timeline.ts";
import type { ConsoleEnv } from "../env.ts";
import type { Opened } from "./open.ts";

const permissionToSend = { sms: "send_texts", email: "send_emails", letter: "send_letters" } as const;

/** What may be done with a message by whoever looks at it. */
export const deeds = ["resend", "replay", "cancel", "callback"] as const;

export type Deed = (typeof deeds)[number];

function maySend({ var: { role, user, service } }: Context<ConsoleEnv>, channel: Channel): boolean {
  if (role === "operator") return true;
  const membership = user.memberships.find((one) => one.serviceId === service.id);
  return role === "manager" && (membership?.permissions.includes(permissionToSend[channel]) ?? false);
}

/** The message alone says what makes sense; whether it can be done is found out when it is. */
export function deedsOf(c: Context<ConsoleEnv>, opened: Opened, timeline: Timeline): readonly Deed[] {
  if (c.var.role === "viewer") return [];
  const { facts, stored } = opened;
  const { channel, status, keyType } = facts;
  const isPossible: Record<Deed, boolean> = {
    // A test key's reached nobody: sent anew, it would. A letter that a service made itself has no template to send.
    resend:
      !unfinishedStatuses.includes(status) &&
      keyType !== "test" &&
      !stored.template.hidden &&
      maySend(c, channel),
    replay: status === "created" && channel !== "letter",
    cancel: channel === "letter" && cancellableStatuses.some((one) => one === status),
    callback: toldTypes(timeline).length > 0,
  };
  return deeds.filter((deed) => isPossible[deed]);
}

/** What the service was told of it, and may be told again. */
export function toldTypes({ events }: Timeline): readonly CallbackType[] {
  const last = new Map(
    events.flatMap((event) => (event.kind === "callback" ? [[event.type, event.outcome] as const] : [])),
  );
  return callbackTypes.filter((type) => last.has(type) && last.get(type) !== "failed");
}
