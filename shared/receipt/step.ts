import type { Status } from "../notification/notification.ts";
import type { ReceiptStep } from "../notification/timeline.ts";
import type { StatusReceipt } from "./payload.ts";

/** What a timeline says of a receipt that changed a notification's status. */
export function receiptStep(receipt: StatusReceipt, status: Status, reason: string | null): ReceiptStep {
  const step = { kind: "receipt", at: new Date(receipt.receivedAt), status, reason } as const;
  if (receipt.provider === "ses") {
    const { provider, type, happenedAt } = receipt;
    return { ...step, provider, code: type, detail: null, happenedAt: instant(happenedAt) };
  }
  const { provider, providerStatus, detail, deliveredAt } = receipt;
  return { ...step, provider, code: providerStatus, detail, happenedAt: instant(deliveredAt) };
}

function instant(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
