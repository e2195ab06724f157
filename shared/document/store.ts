import type { Pool } from "../database.ts";
import { inTime } from "../group.ts";
import type { Storage } from "../storage/storage.ts";
import type { CheckedFile } from "./check-file.ts";
import type { DocumentLink } from "./link.ts";
import { type DocumentRow, findDocument, insertDocuments, tryAddress } from "./queries.ts";
import { hashOfAddress, hashOfKey, isSameHash, openDocument, sealDocument } from "./seal.ts";

/** A file that is to be sent by email. */
export interface NewDocument extends DocumentLink {
  file: CheckedFile;
  /** Normalised; who must be asked for it before the file is shown. Null: nobody. */
  recipient: string | null;
}

/** Files sent by email. Each function throws when database or storage cannot be reached in time. */
export interface DocumentStore {
  /** Stores files for a day: the email that links to them makes it longer, so what no email follows goes by itself. */
  add(documents: readonly NewDocument[]): Promise<void>;
  /** Null where there is none, or not any more, or the key is another's. */
  find(link: DocumentLink): Promise<DocumentRow | null>;
  /** Null where it is gone. */
  read(link: DocumentLink): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Whether this is the recipient's address, given normalised; null where too many wrong ones were tried of late. */
  isRecipient(link: DocumentLink, address: string): Promise<boolean | null>;
}

const dayMs = 24 * 60 * 60 * 1000;

export interface DocumentStoreOptions {
  sql: Pool;
  storage: Storage;
  now: () => Date;
  /** For one statement. */
  timeoutMs: number;
}

export function createDocumentStore({ sql, storage, now, timeoutMs }: DocumentStoreOptions): DocumentStore {
  return {
    async add(documents) {
      const expiresAt = new Date(now().getTime() + dayMs);
      const rows = await Promise.all(documents.map((document) => toRow(document, expiresAt)));
      const files = await Promise.all(
        documents.map(async (document) => ({
          key: documentKey(document.id),
          content: await sealDocument(document.file.bytes, document),
        })),
      );
      // First, so that no content is ever without the row that says when it goes.
      await inTime(insertDocuments(sql, rows), timeoutMs);
      await storage.put(files);
    },
    async find({ serviceId, id, key }) {
      const row = await inTime(findDocument(sql, { serviceId, id, at: now() }), timeoutMs);
      return row && isSameHash(await hashOfKey(key), row.keyHash) ? row : null;
    },
    async read(link) {
      const sealed = await storage.get(documentKey(link.id));
      return sealed && (await openDocument(sealed, link));
    },
    async isRecipient({ id, key }, address) {
      const emailHash = await hashOfAddress(address, key);
      return await inTime(tryAddress(sql, { id, emailHash, at: now() }), timeoutMs);
    },
  };
}

async function toRow(document: NewDocument, expiresAt: Date): Promise<DocumentRow> {
  const { id, serviceId, key, file, recipient } = document;
  return {
    id,
    serviceId,
    filename: file.filename,
    mimeType: file.mimeType,
    size: file.bytes.length,
    keyHash: await hashOfKey(key),
    emailHash: recipient === null ? null : await hashOfAddress(recipient, key),
    expiresAt,
  };
}

/** What a document's content is stored under. */
export function documentKey(id: string): string {
  return `documents/${id}`;
}
