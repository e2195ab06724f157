import type { Cipher } from "../encryption.ts";
import type { NewJob } from "../queue/enqueue.ts";
import type { CallbackType } from "../service/callback-types.ts";
import { complaintCallback } from "./complaint.ts";
import { deliveryStatusCallback } from "./delivery-status.ts";
import { inboundSmsCallback } from "./inbound-sms.ts";
import { callbackBodyOf } from "./job.ts";
import { returnedLetterCallback } from "./returned-letter.ts";

export interface Sample {
  subjectId: string;
  body: string;
}

interface SampleOf {
  type: CallbackType;
  serviceId: string;
  /** Of what it tells of, which does not exist. */
  subjectId: string;
  at: Date;
}

/** What a service might be told: written as the real ones are, of something that never was. */
export async function createSample(sample: SampleOf, cipher: Cipher): Promise<Sample> {
  const job = await sampleJob(sample, cipher);
  if (!job) throw new Error(`Cannot make a sample: a ${sample.type} callback tells of nothing`);
  const { subjectId, body } = job.data;
  return { subjectId, body: await cipher.decrypt(body, callbackBodyOf(subjectId)) };
}

/** Numbers and addresses that are nobody's (Ofcom's for drama, RFC 2606). */
const person = { number: "07700900123", international: "447700900123", email: "sample@example.com" };
const templateId = "00000000-0000-4000-8000-000000000000";
const reference = "sample";

async function sampleJob(
  { type, serviceId, subjectId: id, at }: SampleOf,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks"> | null> {
  const message = { id, serviceId, clientReference: reference };
  switch (type) {
    case "delivery_status":
      return await deliveryStatusCallback(
        {
          ...message,
          to: person.number,
          channel: "sms",
          status: "sending",
          createdAt: at,
          sentAt: at,
          templateId,
          templateVersion: 1,
          international: false,
          normalisedTo: person.international,
          phonePrefix: null,
          hasCallback: true,
        },
        "delivered",
        at,
        cipher,
      );
    case "inbound_sms":
      return await inboundSmsCallback(
        {
          id,
          serviceId,
          userNumber: person.international,
          notifyNumber: "07700900456",
          content: "A sample, which nobody sent",
          providerDate: at,
          receivedAt: at.toISOString(),
        },
        cipher,
      );
    case "complaint":
      return await complaintCallback(
        { id, happenedAt: at, receivedAt: at.toISOString() },
        { ...message, id: templateId, to: person.email },
        cipher,
      );
    case "returned_letter":
      return await returnedLetterCallback(
        {
          id,
          serviceId,
          createdAt: at,
          sent: { by: "API", reference },
          template: { id: templateId, name: "Sample", version: 1 },
          spreadsheet: null,
        },
        cipher,
      );
  }
}
