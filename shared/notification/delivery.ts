import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import { byId } from "./change.ts";
import type { Status } from "./notification.ts";
import { type AttemptStep, mostAttemptBytes, writeSteps } from "./timeline.ts";

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
  channel: "sms" | "email";
  keyType: string;
  to: string;
  normalisedTo: string;
  /** Encrypted. */
  personalisation: string | null;
  replyToText: string | null;
  unsubscribeLink: string | null;
  international: boolean;
  lastTried: string | null;
  createdAt: Date;
  /** Which claim it is: only who names it may let it go. */
  claim: string;
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
      update notifications n set claimed_until = now() + ${seconds} * interval '1s',
        -- A claim that lapsed is an attempt that nobody noted the end of.
        timeline = case when n.claimed_until is null or octet_length(n.timeline) > ${mostAttemptBytes} then n.timeline
          else concat_ws(E'\n', n.timeline, json_build_array('l',
            (extract(epoch from n.claimed_until - ${seconds} * interval '1s') * 1000)::bigint, null, null)) end
      where n.id = any(${ids as string[]}::uuid[]) and n.status = 'created'
        and (n.claimed_until is null or n.claimed_until < now())
      returning n.id, n.claimed_until::text as claim
    )
    select n.id, n.service_id as "serviceId", n.template_id as "templateId", n.template_version as "templateVersion",
      n.notification_type as channel, n.key_type as "keyType", n.recipient as "to", n.normalised_to as "normalisedTo",
      n.personalisation, n.reply_to_text as "replyToText", n.unsubscribe_link as "unsubscribeLink", n.international,
      n.last_tried as "lastTried", n.created_at as "createdAt", n.status, c.claim, c.id is not null as "isClaimed",
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
  /** How long the provider took; null where none was really asked. */
  durationMs: number | null;
  /** Queued with the change, or not at all. */
  next: readonly NewJob[];
}

/**
 * Moves `created` on after the provider took it. One whose receipt came first keeps the status that gave it. Of one
 * that was sent before, only the attempt is noted.
 */
export async function markSent(db: Db, sent: readonly Sent[]): Promise<void> {
  const rows = sent.map(({ id, by, at, status, reference, billableUnits, durationMs }, n) => ({
    n,
    id,
    by,
    at,
    status,
    reference,
    units: billableUnits,
    steps: writeSteps([acceptedStep({ by, at, durationMs })]),
  }));
  rows.sort(byId);
  const jobs = sent.flatMap(({ next }, n) => next.map((job) => ({ n, ...toRow(job) })));
  await db`
    with marked as (
      update notifications n set
        status = case when n.status = 'created' then s.status else n.status end,
        updated_at = case when n.status = 'created' then s.at else n.updated_at end,
        sent_at = coalesce(n.sent_at, s.at),
        sent_by = case when n.sent_at is null then s.by else n.sent_by end,
        reference = case when n.sent_at is null then s.reference else n.reference end,
        billable_units = case when n.sent_at is null then s.units else n.billable_units end,
        claimed_until = null,
        timeline = concat_ws(E'\n', n.timeline, s.steps)
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as s (n integer, id uuid, by text, at timestamptz, status text, reference text, units integer, steps text)
      -- As in changeStatuses. The same moment again is the same attempt: the first try was stored, though its answer
      -- was lost.
      where n.id = s.id and n.sent_at is distinct from s.at and s.n between 0 and 9999
      returning s.n, n.status = s.status and n.sent_at = s.at as moved
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(select n from marked where moved))`;
}

/** A sending's moment is the one at which its provider had answered. */
function acceptedStep({ by, at, durationMs }: Pick<Sent, "by" | "at" | "durationMs">): AttemptStep {
  const began = new Date(at.getTime() - (durationMs ?? 0));
  return { kind: "attempt", at: began, provider: by, outcome: "accepted", durationMs, words: null };
}

export interface Release {
  id: string;
  /** The claim that is let go; another worker's, made after this one lapsed, stays. */
  claim: string;
  /** The provider that did not say it took it, and what its message would cost; null where none was asked. */
  tried: { by: string; billableUnits: number } | null;
  attempt: AttemptStep;
}

/** Lets another attempt have the notification at once, and notes the one that failed. */
export async function releaseClaims(db: Db, releases: readonly Release[]): Promise<void> {
  const rows = releases.map(({ id, claim, tried, attempt }, n) => ({
    n,
    id,
    claim,
    by: tried?.by,
    units: tried?.billableUnits,
    steps: writeSteps([attempt]),
  }));
  rows.sort(byId);
  // Units are noted on failure too, as Notify does: a receipt may yet say that it went.
  await db`
    update notifications n set
      claimed_until = case when n.claimed_until = r.claim then null else n.claimed_until end,
      last_tried = case when n.sent_at is null then coalesce(r.by, n.last_tried) else n.last_tried end,
      billable_units = case when n.sent_at is null then coalesce(r.units, n.billable_units) else n.billable_units end,
      timeline = case when octet_length(n.timeline) > ${mostAttemptBytes} then n.timeline
        else concat_ws(E'\n', n.timeline, r.steps) end
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (n integer, id uuid, claim timestamptz, by text, units integer, steps text)
    -- As in changeStatuses.
    where n.id = r.id and r.n between 0 and 9999`;
}
