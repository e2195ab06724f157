import { type CallbackAttempt, listCallbackAttempts } from "../callback/attempts.ts";
import type { Db } from "../database.ts";
import type { Channel, Status } from "../notification/notification.ts";
import { readSteps, type Step } from "../notification/timeline.ts";

export type Event = { kind: "accepted"; at: Date } | Step | ({ kind: "callback" } & CallbackAttempt);

/** All that is known of what became of a notification; holds neither its recipient nor its content. */
export interface Timeline {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  /** Oldest first. */
  events: Event[];
}

/** Null where there is no such notification. Of one whose history alone is left, the steps went with it. */
export async function findTimeline(db: Db, id: string): Promise<Timeline | null> {
  const [rows, callbacks] = await Promise.all([
    db<(Omit<Timeline, "events"> & { createdAt: Date; timeline: string | null })[]>`
      select id, service_id as "serviceId", notification_type as channel, status, created_at as "createdAt", timeline
      from notifications where id = ${id}
      union all
      select id, service_id, notification_type, status, created_at, null from notification_history where id = ${id}`,
    listCallbackAttempts(db, id),
  ]);
  const [row] = rows;
  if (!row) return null;
  const { createdAt, timeline, ...facts } = row;
  const events: Event[] = [
    { kind: "accepted", at: createdAt },
    ...readSteps(timeline),
    ...callbacks.map((callback) => ({ kind: "callback" as const, ...callback })),
  ];
  // Several processes' clocks; what was noted first stays first where they agree.
  return { ...facts, events: events.sort((a, b) => a.at.getTime() - b.at.getTime()) };
}
