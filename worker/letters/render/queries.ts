import type { Db } from "../../../shared/database.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { type Step, writeSteps } from "../../../shared/notification/timeline.ts";
import { type NewJob, toRow } from "../../../shared/queue/enqueue.ts";
import type { LetterText } from "../../../shared/template/letter-text.ts";

/** What a templated letter is made from. */
export interface StoredLetter {
  serviceId: string;
  keyType: "normal" | "team" | "test";
  status: Status;
  /** Has its PDF, or was refused. */
  isMade: boolean;
  english: LetterText;
  /** Null where the template is English alone. */
  welsh: LetterText | null;
  /** As it was when the letter was asked for; null where it does not say whom it is from. */
  contactBlock: string | null;
  /** A line each. */
  recipient: string;
  /** Encrypted. */
  personalisation: string | null;
  createdAt: Date;
}

/** Null where there is no such letter, or its service made it. */
export async function findLetterToRender(db: Db, notificationId: string): Promise<StoredLetter | null> {
  const [row] = await db<StoredLetter[]>`
    select n.service_id as "serviceId", n.key_type as "keyType", n.status,
      l.made_at is not null or l.refusal is not null as "isMade",
      json_build_object('subject', coalesce(t.subject, ''), 'content', t.content) as english,
      case when t.letter_languages = 'welsh_then_english'
        then json_build_object('subject', t.letter_welsh_subject, 'content', t.letter_welsh_content) end as welsh,
      n.reply_to_text as "contactBlock", n.recipient, n.personalisation, n.created_at as "createdAt"
    from notifications n join letters l on l.notification_id = n.id
      join templates_history t on t.id = n.template_id and t.version = n.template_version
    where n.id = ${notificationId} and not l.precompiled`;
  return row ?? null;
}

/** What became of a letter that had no PDF. */
export interface Rendering {
  notificationId: string;
  /** Null where none was made. */
  pdf: { pages: number; bytes: number; sha256: Uint8Array } | null;
  /** Why it cannot be printed, as a code; null where it can. */
  refusal: string | null;
  /** What it becomes. */
  to: Extract<Status, "created" | "sending" | "delivered" | "validation-failed">;
  /** The refusal in words. */
  reason: string | null;
  /** Sheets to be paid for. */
  billableUnits: number;
  at: Date;
  steps: readonly Step[];
  /** Queued with the change, or not at all. */
  next: NewJob | null;
}

/**
 * Notes what was made of a letter that is `created` and had nothing yet, in one statement. False where it had, or was
 * cancelled meanwhile.
 */
export async function markRendered(db: Db, rendering: Rendering): Promise<boolean> {
  const { notificationId, pdf, refusal, to, reason, billableUnits, at, steps, next } = rendering;
  const isWithPrinter = to === "sending" || to === "delivered";
  const jobs = next ? [toRow(next)] : [];
  const rows = await db`
    with moved as (
      update notifications n set status = ${to}, billable_units = ${billableUnits}, status_reason = ${reason},
        updated_at = case when ${to} = 'created' then n.updated_at else ${at} end,
        sent_at = case when ${isWithPrinter} then ${at}::timestamptz end,
        sent_by = case when ${isWithPrinter} then 'dvla' end,
        timeline = concat_ws(E'\n', n.timeline, ${writeSteps(steps)}::text)
      from letters l
      where n.id = ${notificationId} and n.status = 'created' and l.notification_id = n.id
        and l.made_at is null and l.refusal is null
      returning n.id
    ), made as (
      update letters l set pages = ${pdf?.pages ?? null}, bytes = ${pdf?.bytes ?? null},
        sha256 = ${pdf?.sha256 ?? null}, refusal = ${refusal},
        made_at = case when ${pdf !== null} then ${at}::timestamptz end
      from moved where l.notification_id = moved.id
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from moved
    )
    select moved.id from moved left join queued on true`;
  return rows.length === 1;
}
