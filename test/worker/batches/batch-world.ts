import { sealBatch } from "../../../shared/batch/files.ts";
import { batchJob } from "../../../shared/batch/process.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import type { World } from "../../support/world.ts";

export interface BatchFacts {
  csv: string;
  rows: number;
  channel?: "sms" | "email" | "letter";
  serviceId?: string;
  templateId?: string;
  keyType?: "normal" | "team" | "test";
  status?: string;
  scheduledFor?: Date | null;
  createdAt?: Date;
  senderId?: string | null;
}

/** Stores a batch as it is after its file was checked, and answers its id; queued, it is worked. */
export async function storeBatch(world: World, facts: BatchFacts, { queued = false } = {}): Promise<string> {
  const { channel = "sms", serviceId = world.service.id, status = "pending", createdAt = new Date() } = facts;
  const id = crypto.randomUUID();
  await world.deps.storage.put([await sealBatch(world.cipher, { serviceId, id }, facts.csv)]);
  await world.sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, sender_id, notification_count,
      job_status, scheduled_for, key_type, created_at)
    values (${id}, ${serviceId}, 'people.csv', ${facts.templateId ?? world.service.templates[channel]}, 1,
      ${facts.senderId ?? null}, ${facts.rows}, ${status}, ${facts.scheduledFor ?? null}, ${facts.keyType ?? "normal"},
      ${createdAt})`;
  if (queued) await enqueue(world.sql, [await batchJob({ id, serviceId })]);
  return id;
}

/** A file of texts to so many people. */
export function peopleCsv(count: number, { from = 0 } = {}): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `07900${String(900_000 - from - n).padStart(6, "0")},Ada ${n},Monday`,
  );
  return ["phone number,name,day", ...rows].join("\r\n");
}

export async function statusOf({ sql }: World, id: string): Promise<string> {
  const [row] = await sql<{ status: string }[]>`select job_status as status from jobs where id = ${id}`;
  return row?.status ?? "none";
}

export interface MadeRow {
  number: number;
  status: string;
  to: string;
}

export async function rowsOfBatch({ sql }: World, id: string): Promise<MadeRow[]> {
  return await sql<MadeRow[]>`
    select job_row_number as number, status, recipient as "to" from notifications where job_id = ${id} order by 1`;
}
