import * as v from "valibot";
import type { Cipher } from "../encryption.ts";
import { derivedId } from "../queue/derived-id.ts";
import type { NewJob } from "../queue/enqueue.ts";
import type { Payload } from "../queue/jobs.ts";
import type { Signer } from "../signing.ts";
import type { InboundNumber } from "./numbers.ts";
import { type IncomingText, inboundProviders } from "./text.ts";

const Instant = v.pipe(v.string(), v.isoTimestamp());

/** What is encrypted of a job that stores a text. */
const Body = v.object({
  provider: v.picklist(inboundProviders),
  notifyNumber: v.string(),
  userNumber: v.string(),
  content: v.string(),
  providerReference: v.nullable(v.string()),
  /** The provider's time where it said one, ours where not. */
  providerDate: Instant,
  receivedAt: Instant,
});

type Body = v.InferOutput<typeof Body>;

interface Given {
  text: IncomingText;
  number: InboundNumber;
  receivedAt: Date;
  cipher: Cipher;
  signer: Signer;
}

/** The job that stores a text. One that its provider brings again makes the same job, and so the same row. */
export async function textJob({
  text,
  number,
  receivedAt,
  cipher,
  signer,
}: Given): Promise<NewJob<"inbound-sms">> {
  const { serviceId } = number;
  const id = await idOf(text, serviceId, signer);
  const body: Body = {
    provider: text.provider,
    notifyNumber: number.number,
    userNumber: text.from,
    content: text.content,
    providerReference: text.reference,
    providerDate: (text.sentAt ?? receivedAt).toISOString(),
    receivedAt: receivedAt.toISOString(),
  };
  const sealed = await cipher.encrypt(JSON.stringify(body), textJobOf(id));
  return {
    name: "inbound-sms",
    id,
    data: { v: 1, subjectId: id, serviceId, body: sealed },
    groupId: serviceId,
  };
}

/**
 * A provider that had no answer brings a text again, alike in everything; without a reference nothing tells that from
 * somebody who writes the same again. The content counts too, so that a reference used for two texts loses neither, and
 * by a secret key, because the id must not let anyone guess it.
 */
async function idOf(text: IncomingText, serviceId: string, signer: Signer): Promise<string> {
  const { provider, reference, to, from, content, sentAt } = text;
  if (reference === null) return crypto.randomUUID();
  const facts = [serviceId, provider, reference, to, from, content, sentAt];
  return await derivedId(await signer.sign(JSON.stringify(facts), "inbound text"));
}

/** What a job holds, decrypted. */
export async function openTextJob(
  { subjectId, body }: Payload<"inbound-sms">,
  cipher: Cipher,
): Promise<Omit<Body, "providerDate"> & { providerDate: Date }> {
  const text = v.parse(Body, JSON.parse(await cipher.decrypt(body, textJobOf(subjectId))));
  return { ...text, providerDate: new Date(text.providerDate) };
}

/** What the encryption of a queued text is bound to. */
export function textJobOf(id: string): string {
  return `inbound-sms:${id}`;
}
