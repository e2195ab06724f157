import * as v from "valibot";
import { clean } from "./clean.ts";
import { parseJson } from "./parse-json.ts";
import type { SmsReceipt } from "./payload.ts";

const Required = v.pipe(
  v.string(),
  v.transform((text) => clean(text)),
  v.minLength(1),
);

/** The carrier's words, where a number would be the recipient's. Null for what is no text. */
const Words = v.fallback(
  v.pipe(
    v.nullish(v.string(), null),
    v.transform((text) => (text === null ? null : clean(text.replace(/\+?\d(?: ?\d){5,}/g, "…")) || null)),
  ),
  null,
);

/** `{"notification":{"messageId":"…"},"delivery":{"providerResponse":"…","destination":"+44…"},"status":"SUCCESS"}` */
const Delivery = v.object({
  notification: v.object({ messageId: Required }),
  delivery: v.fallback(v.object({ providerResponse: Words }), { providerResponse: null }),
  status: Required,
});

/**
 * Reads a line of the log in which SNS notes what became of texts. Null for what is no such line:
 * https://docs.aws.amazon.com/sns/latest/dg/sms_stats_cloudwatch.html
 */
export function parseSnsSmsReceipt(
  line: string,
  { happenedAt, receivedAt }: { happenedAt: Date; receivedAt: Date },
): SmsReceipt | null {
  const parsed = v.safeParse(Delivery, parseJson(line));
  if (!parsed.success) return null;
  const { notification, delivery, status } = parsed.output;
  return {
    v: 1,
    provider: "sns",
    reference: notification.messageId,
    providerStatus: status,
    detail: delivery.providerResponse,
    deliveredAt: happenedAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
  };
}
