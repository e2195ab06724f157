import type { Db } from "../database.ts";
import type { Areas, BroadcastChannel, BroadcastStatus } from "./broadcast.ts";

/** An alert as the public's list has it. */
export interface PublicAlert {
  id: string;
  reference: string | null;
  channel: BroadcastChannel;
  content: string;
  areas: Areas;
  status: BroadcastStatus;
  startsAt: Date;
  finishesAt: Date;
  approvedAt: Date;
  cancelledAt: Date | null;
}

/** Before it, alerts were only tried out. */
const firstDay = new Date("2021-05-25T00:00:00Z");

/** All that went out, newest first. The channel is the one it went out on. */
export async function listPublicAlerts(db: Db): Promise<PublicAlert[]> {
  return await db<PublicAlert[]>`
    select b.id, b.reference, coalesce(b.channel, s.channel) as channel, b.content, b.areas, b.status,
      b.starts_at as "startsAt", b.finishes_at as "finishesAt", b.approved_at as "approvedAt",
      b.cancelled_at as "cancelledAt"
    from broadcast_messages b join service_broadcast_settings s on s.service_id = b.service_id
    where not b.stubbed and b.status in ('broadcasting', 'completed', 'cancelled') and b.starts_at >= ${firstDay}
    order by b.starts_at desc, b.id`;
}
