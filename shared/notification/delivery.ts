import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import { byId } from "./change.ts";
import type { Channel, Status } from "./notification.ts";

/** A notification that one worker may now take to a provider, with what its message is made of. */
export interface Claimed {
  id: string;
  serviceId: string;
  service: {
    active: boolean;
    name: string;
    prefixSms: boolean;
    emailFrom: { name: string; localPart: string };
  };
  templateId: string;
  templateVersion: number;
  channel: Channel;
  keyType: string;
  to: string;
  normalisedTo: string;
  /** Encrypted. */
  personalisation: string | null;
  replyToText: string | null;
  unsubscribeLink: string | null;
  international: boolean;
  lastTried: string | null;
}

export type Claim =
  | { outcome: "claimed"; notification: Claimed }
  /** Another worker is talking to a provider for it, or died while it did. */
  | { outcome: "busy" }
  /** Handled already; `status` is null where there is no such notification. */
  | { outcome: "handled"; status: Status | null };

/**
 * Claims notifications for delivery by compare-and-set: of two workers on one row, one gets it. The claim lapses
 * after `seconds`, which must be longer than a provider may take to answer. Answers in the order of `ids`.
 */
export async function claimForDelivery(db: Db, ids: readonly string[], seconds: number): Promise<Claim[]> {
  const rows = await db<
    (Claimed & { status: Status; isClaimed: boolean; serviceJson: Claimed["service"] })[]
  >`
    with claimed as (
      update notifications n set claimed_until = now() + ${seconds} * interval '1s'
      where n.id = any(${ids as string[]}::uuid[]) and n.status = 'created'
        and (n.claimed_until is null or n.claimed_until < now())
      returning n.id
    )
    select n.id, n.service_id as "serviceId", n.template_id as "templateId", n.template_version as "templateVersion",
      n.notification_type as channel, n.key_type as "keyType", n.recipient as "to", n.normalised_to as "normalisedTo",
      n.personalisation, n.reply_to_text as "replyToText", n.unsubscribe_link as "unsubscribeLink", n.international,
      n.last_tried as "lastTried", n.status, c.id is not null as "isClaimed",
      json_build_object('active', s.active, 'name', s.name, 'prefixSms', s.prefix_sms, 'emailFrom',
        json_build_object('name', coalesce(s.email_sender_name, s.name), 'localPart', s.email_sender_local_part)
      ) as "serviceJson"
    from notifications n join services s on s.id = n.service_id left join claimed c on c.id = n.id
    where n.id = any(${ids as string[]}::uuid[])`;
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id, at) => {
    const row = found.get(id);
    if (!row) return { outcome: "handled", status: null };
    if (row.status !== "created") return { outcome: "handled", status: row.status };
    // An id that was asked for twice is two jobs of one notification.
    if (!row.isClaimed || ids.indexOf(id) < at) return { outcome: "busy" };
    const { status, isClaimed, serviceJson, ...notification } = row;
    return { outcome: "claimed", notification: { ...notification, service: serviceJson } };
  });
}

export interface Sent {
  id: string;
  by: string;
  at: Date;
  /** `sent` where no receipt may ever come, `delivered` where the provider's word is the last. */
  status: "sending" | "sent" | "delivered";
  /** The provider's id, where its receipts carry that. */
  reference: string | null;
  billableUnits: number;
  /** Queued with the change, or not at all. */
  next: NewJob | null;
}

/** Moves `created` on after the provider took it. One whose receipt came first keeps the status that gave it. */
export async function markSent(db: Db, sent: readonly Sent[]): Promise<void> {
  const rows = sent.map(({ id, by, at, status, reference, billableUnits }, n) => ({
    n,
    id,
    by,
    at,
    status,
    reference,
    units: billableUnits,
  }));
  rows.sort(byId);
  const jobs = sent.flatMap(({ next }, n) => (next ? [{ n, ...toRow(next) }] : []));
  await db`
    with marked as (
      update notifications n set
        status = case when n.status = 'created' then s.status else n.status end,
        updated_at = case when n.status = 'created' then s.at else n.updated_at end,
        sent_at = s.at, sent_by = s.by, reference = s.reference, billable_units = s.units, claimed_until = null
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as s (n integer, id uuid, by text, at timestamptz, status text, reference text, units integer)
      -- As in changeStatuses.
      where n.id = s.id and n.sent_at is null and s.n between 0 and 9999
      returning s.n, n.status = s.status as moved
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(select n from marked where moved))`;
}

export interface Release {
  id: string;
  /** The provider that did not say it took it, and what its message would cost; null where none was asked. */
  tried: { by: string; billableUnits: number } | null;
}

/** Lets another attempt have the notification at once. */
export async function releaseClaims(db: Db, releases: readonly Release[]): Promise<void> {
  const rows = releases.map(({ id, tried }) => ({ id, by: tried?.by, units: tried?.billableUnits }));
  // Units are noted on failure too, as Notify does: a receipt may yet say that it went.
  await db`
    update notifications n set claimed_until = null, last_tried = coalesce(r.by, n.last_tried),
      billable_units = coalesce(r.units, n.billable_units)
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, by text, units integer)
    where n.id = r.id and n.sent_at is null`;
}
