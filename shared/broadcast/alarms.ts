import { type NewAlert, raiseAlert, resolveAlert } from "../alert/alert.ts";
import type { Db } from "../database.ts";
import type { Network } from "./broadcast.ts";
import { replayCommand } from "./sending-steps.ts";

/** What people are told when one event does not get to one network (`spec/broadcasts.md` 4.5). */
const alarms = {
  retrying: { severity: "ticket", title: "An emergency alert was not taken by a network: it is tried again" },
  failing: { severity: "page", title: "An emergency alert is not taken by a network again and again" },
  fatal: { severity: "page", title: "An emergency alert cannot be sent to a network" },
  expired: { severity: "page", title: "An emergency alert ended before a network had it" },
  blocked: {
    severity: "page",
    title: "An emergency alert waits, since its network has not acknowledged what comes before it",
  },
  lost: { severity: "ticket", title: "An emergency alert had no job to send it: it was queued again" },
} as const satisfies Record<string, Pick<NewAlert, "severity" | "title">>;

export type Alarm = keyof typeof alarms;

export interface Alarmed {
  broadcastId: string;
  serviceId: string;
  eventId: string;
  provider: Network;
}

/** Tells people, once for each event, network and alarm. Inside a transaction it shares its fate. */
export async function raiseAlarm(
  db: Db,
  alarm: Alarm,
  { broadcastId, serviceId, eventId, provider }: Alarmed,
  { reason, at }: { reason: string; at: Date },
): Promise<void> {
  const replay = replayCommand(eventId, provider);
  await raiseAlert(db, {
    ...alarms[alarm],
    subject: subjectOf(alarm, eventId, provider),
    facts: { broadcastId, serviceId, eventId, provider, reason, replay },
    at,
  });
}

/** Closes what people were told of one event and network: it got there. */
export async function resolveAlarms(db: Db, eventId: string, provider: Network, at: Date): Promise<void> {
  const subjects = Object.keys(alarms).map((alarm) => subjectOf(alarm, eventId, provider));
  const open = await db<{ subject: string }[]>`
    select subject from alerts where subject = any (${subjects}::text[]) and resolved_at is null`;
  for (const { subject } of open) await resolveAlert(db, subject, at);
}

/** How its subject begins; the event and the network follow, with colons between. */
function subjectOf(alarm: string, eventId: string, provider: string): string {
  return `broadcast-${alarm}:${eventId}:${provider}`;
}
