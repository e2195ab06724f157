import * as v from "valibot";
import { clean } from "./clean.ts";
import { parseJson } from "./parse-json.ts";
import type { SesReceipt } from "./payload.ts";

const Text = v.fallback(
  v.pipe(
    v.nullish(v.string(), null),
    v.transform((text) => (text === null ? null : clean(text) || null)),
  ),
  null,
);
const Instant = v.fallback(v.pipe(v.nullish(v.string(), null), v.transform(toInstant)), null);

/** Recipients, headers and SMTP answers are left out: they hold addresses. */
const Mail = v.object({
  messageId: v.pipe(
    v.string(),
    v.transform((id) => clean(id)),
    v.minLength(1),
  ),
  timestamp: Instant,
});

/** What SNS's `Message` holds. Event publishing says `eventType` where feedback notifications say `notificationType`. */
const Report = v.pipe(
  v.looseObject({ notificationType: v.optional(v.string()), eventType: v.optional(v.string()) }),
  v.transform((report) => ({ ...report, type: report.notificationType ?? report.eventType })),
  v.variant("type", [
    v.object({ type: v.literal("Delivery"), mail: Mail, delivery: v.object({ timestamp: Instant }) }),
    v.object({
      type: v.literal("Bounce"),
      mail: Mail,
      bounce: v.object({ bounceType: Text, bounceSubType: Text, timestamp: Instant, remoteMtaIp: Text }),
    }),
    v.object({
      type: v.literal("Complaint"),
      mail: Mail,
      complaint: v.object({ feedbackId: Text, complaintFeedbackType: Text, timestamp: Instant }),
    }),
  ]),
);

/**
 * Reads the `Message` of an SNS notification. Null for what says nothing of a notification's fate: SES's greeting to
 * a new topic, delivery delays and other events, a report on an email without id.
 */
export function parseSesReceipt(
  message: string,
  { eventId, receivedAt }: { eventId: string; receivedAt: Date },
): SesReceipt | null {
  const parsed = v.safeParse(Report, parseJson(message));
  if (!parsed.success) return null;
  const report = parsed.output;
  const email = {
    v: 1,
    provider: "ses",
    reference: report.mail.messageId,
    eventId: clean(eventId),
    mailedAt: report.mail.timestamp,
    receivedAt: receivedAt.toISOString(),
  } as const;
  switch (report.type) {
    case "Delivery":
      return { ...email, type: "delivery", happenedAt: report.delivery.timestamp };
    case "Bounce": {
      const { timestamp, ...bounce } = report.bounce;
      return { ...email, type: "bounce", happenedAt: timestamp, ...bounce };
    }
    case "Complaint": {
      const { feedbackId, complaintFeedbackType, timestamp } = report.complaint;
      return {
        ...email,
        type: "complaint",
        happenedAt: timestamp,
        feedbackId,
        complaintType: complaintFeedbackType,
      };
    }
  }
}

/** What SES calls an event, for a log; null for a greeting and what has no such name. */
export function sesEventOf(message: string): string | null {
  const parsed = v.safeParse(Named, parseJson(message));
  return parsed.success ? (parsed.output.notificationType ?? parsed.output.eventType ?? null) : null;
}

const Name = v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z ]{1,40}$/)));
const Named = v.object({ notificationType: Name, eventType: Name });

/** SES writes UTC with `Z`; anything else is not known. */
function toInstant(text: string | null): string | null {
  if (text === null || !/^(?:19[7-9]\d|2\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text)) return null;
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
