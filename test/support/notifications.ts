import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { newLetterReference } from "../../shared/letter/reference.ts";
import { personalisationOf } from "../../shared/notification/admit.ts";
import type { Channel, Status } from "../../shared/notification/notification.ts";
import type { queues } from "../../shared/queue/jobs.ts";
import type { Postage } from "../../shared/recipient/postage.ts";

/** What a test may say of a notification; the rest is as an ordinary one's of its channel. */
export interface NotificationFacts {
  channel?: Channel;
  status?: Status;
  serviceId?: string;
  templateId?: string;
  templateVersion?: number;
  keyType?: "normal" | "team" | "test";
  to?: string;
  normalisedTo?: string;
  personalisation?: Record<string, unknown> | null;
  clientReference?: string | null;
  /** The provider's. */
  reference?: string | null;
  replyToText?: string | null;
  unsubscribeLink?: string | null;
  international?: boolean;
  billableUnits?: number;
  createdAt?: Date;
  sentAt?: Date | null;
  sentBy?: string | null;
  /** Of a letter. */
  postage?: Postage;
  precompiled?: boolean;
}

interface Place {
  sql: Pool;
  cipher: Cipher;
  service: { id: string; templates: Record<Channel, string> };
}

/** Stores a notification without a job and answers its id. One that is not `created` was sent when it was made. */
export async function storeNotification(
  { sql, cipher, service }: Place,
  facts: NotificationFacts = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const { channel = "sms", status = "created", createdAt = new Date() } = facts;
  const { to = usual[channel].to } = facts;
  const normalisedTo =
    facts.normalisedTo ?? (channel === "sms" ? "447700900123" : to.replace(/\s/g, "").toLowerCase());
  const { personalisation = usual[channel].personalisation } = facts;
  const { replyToText = usual[channel].replyToText } = facts;
  const sent = status !== "created";
  const { sentAt = sent ? createdAt : null } = facts;
  const { sentBy = sent ? usual[channel].provider : null } = facts;
  const sealed =
    personalisation && (await cipher.encrypt(JSON.stringify(personalisation), personalisationOf(id)));
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, reference, personalisation, reply_to_text, unsubscribe_link,
      international, billable_units, created_at, sent_at, sent_by)
    values (${id}, ${facts.serviceId ?? service.id}, ${facts.templateId ?? service.templates[channel]},
      ${facts.templateVersion ?? 1}, ${facts.keyType ?? "normal"}, ${channel}, ${status}, ${to}, ${normalisedTo},
      ${facts.clientReference ?? null}, ${facts.reference ?? null}, ${sealed}, ${replyToText},
      ${facts.unsubscribeLink ?? null}, ${facts.international ?? false}, ${facts.billableUnits ?? 0},
      ${createdAt}, ${sentAt}, ${sentBy})`;
  if (channel === "letter") {
    await sql`
      insert into letters (notification_id, service_id, reference, precompiled, postage, created_at)
      values (${id}, ${facts.serviceId ?? service.id}, ${newLetterReference()}, ${facts.precompiled ?? false},
        ${facts.postage ?? "second"}, ${createdAt})`;
  }
  return id;
}

const person = { name: "Ada", day: "Monday" };

const usual = {
  sms: { to: "07700 900123", personalisation: person, replyToText: "TownHall", provider: "mmg" },
  email: {
    to: "Ada@example.com",
    personalisation: person,
    replyToText: "answers@town-hall.example",
    provider: "ses",
  },
  letter: {
    to: "Ada Archer\n1 Mill Lane\nLeeds\nLS1 4AP",
    personalisation: {
      ...person,
      address_line_1: "Ada Archer",
      address_line_2: "1 Mill Lane",
      address_line_3: "Leeds",
      postcode: "ls1 4ap",
    },
    replyToText: null,
    provider: "dvla",
  },
};

export interface NotificationRow {
  status: Status;
  sentAt: Date | null;
  sentBy: string | null;
  updatedAt: Date | null;
  reference: string | null;
  reason: string | null;
  billableUnits: number;
  claimed: boolean;
  lastTried: string | null;
}

/** What a notification's row holds now. Throws where there is none. */
export async function notificationRow(sql: Pool, id: string): Promise<NotificationRow> {
  const [row] = await sql<NotificationRow[]>`
    select status, sent_at as "sentAt", sent_by as "sentBy", updated_at as "updatedAt", reference,
      status_reason as reason, billable_units as "billableUnits", last_tried as "lastTried",
      coalesce(claimed_until > now(), false) as claimed
    from notifications where id = ${id}`;
  if (!row) throw new Error(`Cannot find notification ${id}`);
  return row;
}

export interface JobRow {
  id: string;
  state: string;
  data: Record<string, unknown>;
  groupId: string | null;
  startAfter: Date;
  createdOn: Date;
}

/** The jobs of a queue about one notification, oldest first. */
export async function jobsAbout(sql: Pool, queue: keyof typeof queues, id: string): Promise<JobRow[]> {
  return await sql<JobRow[]>`
    select id, state, data, group_id as "groupId", start_after as "startAfter", created_on as "createdOn"
    from pgboss.job
    where name = ${queue} and ${id} in (data->>'notificationId', data->>'subjectId', data->>'reference')
    order by created_on, id`;
}
