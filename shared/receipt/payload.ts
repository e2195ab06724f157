import * as v from "valibot";

const Instant = v.pipe(v.string(), v.isoTimestamp());
const Short = v.pipe(v.string(), v.maxLength(255));

/** What a text provider reported, as the queue `sms-receipts` carries it. Instants are UTC. */
export const SmsReceipt = v.object({
  v: v.literal(1),
  provider: v.picklist(["mmg", "firetext", "sns"]),
  /** The notification's id as we gave it, but nothing has checked that it is one; SNS's MessageId. */
  reference: Short,
  /** The provider's own code. */
  providerStatus: Short,
  /** MMG's substatus, Firetext's code or, from SNS, the carrier's words. */
  detail: v.nullable(Short),
  /** When the provider says it happened. */
  deliveredAt: v.nullable(Instant),
  /** When the report reached us. */
  receivedAt: Instant,
});

const email = {
  v: v.literal(1),
  provider: v.literal("ses"),
  /** SES's MessageId, which the notification keeps as its reference. */
  reference: Short,
  /** SNS's MessageId: the same each time SNS repeats a message. */
  eventId: Short,
  /** When SES took the email. */
  mailedAt: v.nullable(Instant),
  /** When it was delivered, bounced or complained of. */
  happenedAt: v.nullable(Instant),
  receivedAt: Instant,
};

/** What SES reported, as the queue `ses-receipts` carries it. */
export const SesReceipt = v.variant("type", [
  v.object({ ...email, type: v.literal("delivery") }),
  v.object({
    ...email,
    type: v.literal("bounce"),
    bounceType: v.nullable(Short),
    bounceSubType: v.nullable(Short),
    remoteMtaIp: v.nullable(Short),
  }),
  v.object({
    ...email,
    type: v.literal("complaint"),
    feedbackId: v.nullable(Short),
    complaintType: v.nullable(Short),
  }),
]);

export type SmsReceipt = v.InferOutput<typeof SmsReceipt>;
export type SesReceipt = v.InferOutput<typeof SesReceipt>;
/** Only these say what became of a notification; a complaint leaves its status alone. */
export type StatusReceipt = SmsReceipt | Exclude<SesReceipt, { type: "complaint" }>;
