import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { sealLetter } from "../../shared/letter/files.ts";
import { newLetterReference } from "../../shared/letter/reference.ts";
import type { Status } from "../../shared/notification/notification.ts";
import type { Postage } from "../../shared/recipient/postage.ts";
import type { Storage } from "../../shared/storage/storage.ts";

/** What a test may say of a letter that has its PDF; the rest is as one's that waits to be printed. */
export interface LetterFacts {
  serviceId?: string;
  status?: Status;
  keyType?: "normal" | "test";
  postage?: Postage;
  createdAt?: Date;
  /** 0 where it has no valid PDF. */
  sheets?: number;
  /** Of its PDF, which is no PDF but as long as one: a thousand unless said otherwise. */
  bytes?: number;
  /** Null where there is no file. */
  pdf?: Uint8Array<ArrayBuffer> | null;
}

export interface StoredLetter {
  id: string;
  reference: string;
  pdf: Uint8Array<ArrayBuffer>;
}

interface Place {
  sql: Pool;
  cipher: Cipher;
  storage: Storage;
  service: { id: string };
}

/** Stores letters with their PDFs, in a few statements however many they are. */
export async function storeLetters(
  { sql, cipher, storage, service }: Place,
  facts: readonly LetterFacts[],
): Promise<StoredLetter[]> {
  const letters = await Promise.all(
    facts.map(async (fact) => {
      const id = crypto.randomUUID();
      const pdf = fact.pdf ?? randomPdf(fact.bytes ?? 1000);
      const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", pdf)).toHex();
      return { id, reference: newLetterReference(), pdf, sha256, fact };
    }),
  );
  const rows = letters.map(({ id, reference, pdf, sha256, fact }) => ({
    ...{ id, reference, bytes: pdf.length, sha256 },
    service: fact.serviceId ?? service.id,
    status: fact.status ?? "created",
    key: fact.keyType ?? "normal",
    postage: fact.postage ?? "second",
    created: fact.createdAt ?? new Date(Date.now() - 7 * 24 * 3_600_000),
    sheets: fact.sheets ?? 1,
  }));
  for (let at = 0; at < rows.length; at += 10_000) {
    const some = JSON.stringify(rows.slice(at, at + 10_000));
    await sql`
      with given as (
        select * from json_to_recordset(${some}::text::json) as g (id uuid, reference text, bytes integer, sha256 text,
          service uuid, status text, key text, postage text, created timestamptz, sheets integer)
      ), notified as (
        insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
          recipient, billable_units, created_at)
        select id, service, service, 1, key, 'letter', status, 'Ada Archer, 1 Mill Lane, Leeds', sheets, created
        from given
      )
      insert into letters (notification_id, service_id, reference, postage, created_at, pages, bytes, sha256, made_at)
      select id, service, reference, postage, created, 2 * sheets, bytes, decode(sha256, 'hex'), created from given`;
  }
  const kept = letters.filter(({ fact }) => fact.pdf !== null);
  for (let at = 0; at < kept.length; at += 500) {
    const some = kept.slice(at, at + 500);
    await storage.put(await Promise.all(some.map(({ id, pdf }) => sealLetter(cipher, id, "letter", pdf))));
  }
  return letters.map(({ id, reference, pdf }) => ({ id, reference, pdf }));
}

function randomPdf(bytes: number): Uint8Array<ArrayBuffer> {
  const pdf = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(pdf.subarray(at, at + 65_536));
  return pdf;
}
