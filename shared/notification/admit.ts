import { isDataFault, type Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { inGroups } from "../group.ts";
import type { Storage } from "../storage/storage.ts";
import type { Admit, Refusal } from "./admission.ts";
import { admitGroup, type Prepared } from "./admit-group.ts";
import { keptResponseOf } from "./idempotency-keys.ts";

export interface AdmitOptions {
  sql: Pool;
  cipher: Cipher;
  now: () => Date;
  /** How long one commit may take before its requests are refused. */
  timeoutMs: number;
  /** Where letters' files are put before their rows; null: stored with them. */
  files: Storage | null;
  /** As in `inGroups`. */
  measured?: (size: number, seconds: number) => void;
}

/**
 * The accept path's only write. Requests that arrive while a commit is in flight share the next one
 * (`inGroups`); each commit is one statement that counts limits, stores rows and queues their delivery.
 */
export function createAdmit({ sql, cipher, now, timeoutMs, files, measured }: AdmitOptions): Admit {
  const common = { timeoutMs, isItemsFault: isDataFault, measured };
  const write = inGroups<Prepared, Refusal>((group) => admitGroup(sql, group, now()), {
    ...common,
    largest: 128,
    waiting: 20_000,
    // An email's values may take 8 MB, and Postgres takes no parameter of a gigabyte.
    weight: { of: weigh, heaviest: 32_000_000, waiting: 256_000_000 },
  });
  // By themselves and few at once: no text waits while files are written.
  const writeFiles = inGroups<Prepared, Refusal>((group) => admitGroup(sql, group, now()), {
    ...common,
    largest: 32,
    waiting: 2000,
    weight: { of: weigh, heaviest: 8_000_000, waiting: 128_000_000 },
  });

  /** A letter's file goes with its row, or is put before it: no row is ever without. */
  async function writeWithFile(prepared: Prepared): Promise<Refusal> {
    const original = prepared.admission.notification?.letter?.original;
    if (!original || original === "kept") return await write(prepared);
    if (files === null) return await writeFiles({ ...prepared, file: original });
    await files.put([original]);
    // Where that throws the row may be there all the same, so the file stays.
    const refusal = await write(prepared);
    // What cannot be removed is a file that nobody knows of: no reason to answer otherwise.
    if (refusal !== null) await files.delete([original.key]).catch(() => {});
    return refusal;
  }

  return async (admission) => {
    const { notification } = admission;
    const personalisation =
      notification?.personalisation == null
        ? null
        : await cipher.encrypt(notification.personalisation, personalisationOf(notification.id));
    const { idempotency } = admission;
    const prepared = { admission, personalisation, idempotency, file: null };
    if (idempotency === null) return await writeWithFile(prepared);

    const { key, fingerprint, response } = idempotency;
    const purpose = keptResponseOf(admission.serviceId, admission.keyType, key);
    const sealed = response === null ? null : await cipher.encrypt(response, purpose);
    const refusal = await writeWithFile({ ...prepared, idempotency: { key, fingerprint, response: sealed } });
    if (refusal === null || typeof refusal === "string") return refusal;
    return { response: await cipher.decrypt(refusal.response, purpose) };
  };
}

/** The characters that grow with a request; a byte goes to the database as two. */
function weigh({ personalisation, idempotency, file }: Prepared): number {
  return (
    (personalisation?.length ?? 0) + (idempotency?.response?.length ?? 0) + 2 * (file?.content.length ?? 0)
  );
}

/** What a stored personalisation's encryption is bound to. */
export function personalisationOf(notificationId: string): string {
  return `notifications.personalisation:${notificationId}`;
}
