import type { Context, Handler } from "hono";
import * as v from "valibot";
import { parseJson } from "../../shared/receipt/parse-json.ts";
import { parseSesReceipt, sesEventOf } from "../../shared/receipt/ses.ts";
import { createSns, SnsEnvelope } from "../../shared/receipt/sns.ts";
import type { ReceiptDeps } from "./deps.ts";

const MessageType = v.picklist(["SubscriptionConfirmation", "Notification", "UnsubscribeConfirmation"]);

/**
 * POST /notifications/email/ses: what became of an email, by way of SNS (`spec/delivery.md` 5.4). A 400 keeps SNS
 * from trying again, a 503 asks it to.
 */
export function postSesReceipt({ sns: config, enqueueReceipt, log, now }: ReceiptDeps): Handler {
  const sns = createSns(config);

  return async (c) => {
    const receivedAt = now();
    const type = v.safeParse(MessageType, c.req.header("x-amz-sns-message-type"));
    if (!type.success) return refuse(c, 400, "invalid message type");
    const json = parseJson(await c.req.text());
    if (json === undefined) return refuse(c, 400, "invalid JSON given");
    const parsed = v.safeParse(SnsEnvelope, json);
    if (!parsed.success || parsed.output.Type !== type.output) return refuse(c, 400, "validation failed");

    const envelope = parsed.output;
    const facts = { eventId: envelope.MessageId, topicArn: envelope.TopicArn };
    switch (await sns.verify(envelope)) {
      case "forged":
        log.warn(facts, "SNS message refused: unknown topic, certificate or signature");
        return refuse(c, 400, "validation failed");
      case "unavailable":
        log.error(facts, "SNS message put off: its certificate could not be fetched");
        return refuse(c, 503, "certificate unavailable");
      case "genuine":
    }

    switch (envelope.Type) {
      case "SubscriptionConfirmation":
        if (!(await sns.confirm(envelope))) {
          log.error(facts, "SNS subscription could not be confirmed");
          return refuse(c, 503, "subscription not confirmed");
        }
        log.info(facts, "SNS subscription confirmed");
        break;
      case "UnsubscribeConfirmation":
        log.warn(facts, "SNS subscription ended: no more receipts will come from this topic");
        break;
      case "Notification": {
        const receipt = parseSesReceipt(envelope.Message, { eventId: envelope.MessageId, receivedAt });
        if (receipt) await enqueueReceipt("ses-receipts", receipt);
        else
          log.info(
            { ...facts, event: sesEventOf(envelope.Message) },
            "SNS message says nothing of an email's fate",
          );
      }
    }
    return c.json({ result: "success", message: "SES-SNS callback succeeded" });
  };
}

function refuse(c: Context, status: 400 | 503, reason: string): Response {
  return c.json({ result: "error", message: `SES-SNS callback failed: ${reason}` }, status);
}
