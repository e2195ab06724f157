import type { Handler } from "hono";
import type { ParsedReceipt } from "../../shared/receipt/sms-fields.ts";
import type { ReceiptDeps } from "./deps.ts";

/** POST /notifications/sms/mmg and /notifications/sms/firetext: what became of a text (`spec/delivery.md` 5.1). */
export function postSmsReceipt(
  parse: (body: string, receivedAt: Date) => ParsedReceipt,
  { enqueueReceipt, log, now }: ReceiptDeps,
): Handler {
  return async (c) => {
    const receivedAt = now();
    const parsed = parse(await c.req.text(), receivedAt);
    if (!parsed.ok) {
      log.warn({ path: c.req.path, errors: parsed.errors }, "Receipt refused");
      return c.json({ result: "error", message: parsed.errors }, 400);
    }
    await enqueueReceipt("sms-receipts", parsed.receipt);
    return c.json({ result: "success" });
  };
}
