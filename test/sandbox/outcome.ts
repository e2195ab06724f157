/** What the providers here make of a message, so that a sender can choose by recipient. */
export type Outcome = "delivered" | "temporary-failure" | "permanent-failure";

/** By the same endings as Notify's test numbers (delivery.md 1.3). */
export function smsOutcome(to: string): Outcome {
  if (to.endsWith("7700900003")) return "temporary-failure";
  if (to.endsWith("7700900002")) return "permanent-failure";
  return "delivered";
}

/** Notify's `perm-fail@simulator.notify` and `temp-fail@simulator.notify`, and any address that starts alike. */
export function emailOutcome(to: string): Outcome {
  if (to.startsWith("temp-fail")) return "temporary-failure";
  if (to.startsWith("perm-fail")) return "permanent-failure";
  return "delivered";
}

/** Null where nobody reports one: SMTP sends no receipts. */
export function outcomeOf({
  channel,
  provider,
  to,
}: {
  channel: string;
  provider: string | null;
  to: string;
}): Outcome | null {
  if (channel === "sms") return smsOutcome(to);
  return provider === "ses" ? emailOutcome(to) : null;
}
