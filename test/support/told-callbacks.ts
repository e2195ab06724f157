import {
  type NewCallbackAttempt,
  newAttempt,
  recordCallbackAttempts,
  type Told,
} from "../../shared/callback/attempts.ts";
import { callbackBodyOf } from "../../shared/callback/job.ts";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import type { CallbackType } from "../../shared/service/callback-types.ts";

/** What a test may say of an attempt; the rest is as where a receiver did not answer in time, for the last time. */
export interface AttemptFacts extends Partial<Told> {
  subjectId?: string;
  type?: CallbackType;
  attempt?: number;
  body?: string;
  replayId?: string;
}

interface Place {
  sql: Pool;
  cipher: Cipher;
  serviceId: string;
}

/** Records attempts as if they had been made, and answers what they told of. */
export async function storeAttempts(
  { sql, cipher, serviceId }: Place,
  all: readonly AttemptFacts[],
): Promise<string[]> {
  // Of one moment, whichever is encrypted first: so they stand in the order given.
  const at = new Date(Date.now() - 60_000);
  const rows = await Promise.all(all.map((facts) => attemptOf({ cipher, serviceId }, { at, ...facts })));
  await recordCallbackAttempts(sql, rows);
  return rows.map(({ subjectId }) => subjectId);
}

async function attemptOf(
  { cipher, serviceId }: Omit<Place, "sql">,
  facts: AttemptFacts & Pick<Told, "at">,
): Promise<NewCallbackAttempt> {
  const { subjectId = crypto.randomUUID(), type = "delivery_status", attempt = 1, replayId, ...told } = facts;
  const body = await cipher.encrypt(
    facts.body ?? JSON.stringify({ id: subjectId }),
    callbackBodyOf(subjectId),
  );
  return await newAttempt(
    { v: 1, type, serviceId, subjectId, attempt, body, ...(replayId !== undefined && { replayId }) },
    { ...timedOut, ...told },
    cipher,
  );
}

const timedOut: Omit<Told, "at"> = {
  outcome: "exhausted",
  status: null,
  error: "timeout",
  address: "192.0.2.7",
  durationMs: 5000.4,
  reason: "No answer in 5000 ms",
  excerpt: "",
};
