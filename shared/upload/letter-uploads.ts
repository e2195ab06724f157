import type { Db } from "../database.ts";

/** A letter that a person uploaded as a PDF and may send. */
export interface LetterUpload {
  /** The letter's, once it is sent. */
  id: string;
  serviceId: string;
  fileName: string;
  createdAt: Date;
}

const dayMs = 24 * 60 * 60 * 1000;

/** For so long one can be sent: it holds a person's address and what is written to them. */
const letterUploadDays = 2;

export async function insertLetterUpload(db: Db, upload: LetterUpload): Promise<void> {
  await db`
    insert into letter_uploads (id, service_id, file_name, created_at)
    values (${upload.id}, ${upload.serviceId}, ${upload.fileName}, ${upload.createdAt})`;
}

/** Of two who take one at once, one gets it. False where the service has no such upload, or it is too old. */
export async function takeLetterUpload(
  db: Db,
  { serviceId, id, now }: { serviceId: string; id: string; now: Date },
): Promise<boolean> {
  const { count } = await db`
    delete from letter_uploads
    where id = ${id} and service_id = ${serviceId}
      and created_at > ${new Date(now.getTime() - letterUploadDays * dayMs)}`;
  return count === 1;
}

/** Some of the uploads that nobody can send any more; a day later, as one may have been taken at the last moment. */
export async function listOldLetterUploads(
  db: Db,
  { now, limit }: { now: Date; limit: number },
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from letter_uploads where created_at < ${new Date(now.getTime() - (letterUploadDays + 1) * dayMs)}
    order by created_at limit ${limit}`;
  return rows.map(({ id }) => id);
}

export async function deleteLetterUploads(db: Db, ids: readonly string[]): Promise<void> {
  await db`delete from letter_uploads where id = any (${[...ids]}::uuid[])`;
}
