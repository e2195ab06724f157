import type { Cipher } from "../encryption.ts";
import type { NewJob } from "../queue/enqueue.ts";
import type { CallbackType } from "../service/callback-types.ts";

/** What a service shall be told. */
export interface Telling {
  type: CallbackType;
  serviceId: string;
  /** What it is about: a notification, say. */
  subjectId: string;
  /** JSON, as the service gets it. */
  body: string;
  /** When we heard of it, where that is known. */
  reportedAt?: string;
}

/** The job that tells it for the first time; its body is encrypted, because jobs outlive rows. */
export async function callbackJob(
  { body, ...telling }: Telling,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks">> {
  const sealed = await cipher.encrypt(body, callbackBodyOf(telling.subjectId));
  return {
    name: "service-callbacks",
    data: { v: 1, ...telling, attempt: 1, body: sealed },
    groupId: telling.serviceId,
  };
}

/** What a queued callback body's encryption is bound to. */
export function callbackBodyOf(subjectId: string): string {
  return `callback:${subjectId}`;
}
