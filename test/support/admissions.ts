import { openDatabase, type Pool } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import type { Admission, Admit } from "../../shared/notification/admission.ts";
import { type AdmitOptions, createAdmit } from "../../shared/notification/admit.ts";
import { testDatabase } from "./postgres.ts";

export const testKeys = [{ id: "k", bytes: new Uint8Array(32) }];
export const cipher = await createCipher(testKeys);
export const noon = new Date("2026-05-14T12:00:00Z");
export const serviceId = crypto.randomUUID();

export interface AdmitWorld extends AsyncDisposable {
  url: string;
  sql: Pool;
  admit: Admit;
}

/** The accept path's write on a database of its own, at noon. */
export async function openAdmit(options: Partial<AdmitOptions> = {}): Promise<AdmitWorld> {
  const database = await testDatabase();
  const sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  return {
    url: database.url,
    sql,
    admit: createAdmit({ sql, cipher, now: () => noon, timeoutMs: 10_000, files: null, ...options }),
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A text of a normal key to be stored, unless told otherwise. */
export function admission(over: Partial<Admission> = {}): Admission {
  const id = crypto.randomUUID();
  const keyType = over.keyType ?? "normal";
  const channel = over.channel ?? "sms";
  const international = over.countsAsInternational ?? false;
  return {
    serviceId,
    keyType,
    channel,
    rateLimit: 3000,
    dailyLimit: 1000,
    internationalLimit: 100,
    countsAsInternational: international,
    tokens: 1,
    documents: [],
    idempotency: null,
    notification: {
      id,
      serviceId: over.serviceId ?? serviceId,
      templateId: crypto.randomUUID(),
      templateVersion: 1,
      apiKeyId: crypto.randomUUID(),
      keyType,
      channel,
      to: "07700 900123",
      normalisedTo: "447700900123",
      clientReference: "ref",
      personalisation: '{"name":"Ada"}',
      replyToText: "GOVUK",
      unsubscribeLink: null,
      international,
      phonePrefix: "44",
      rateMultiplier: 1,
      createdAt: noon,
      letter: null,
    },
    ...over,
  };
}

/** How many there are of what admitting stores. */
export async function stored(sql: Pool) {
  const [row] = await sql<{ notifications: number; jobs: number }[]>`
    select (select count(*)::int from notifications) as notifications, (select count(*)::int from pgboss.job) as jobs`;
  return row;
}
