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

/** For people: which recipients end how, by which provider. */
export const outcomes: readonly { providers: string; recipient: string; becomes: string }[] = [
  {
    providers: "MMG, Firetext, SNS",
    recipient: "a number that ends in 7700900002",
    becomes: "permanent-failure: MMG status 5, Firetext code 101, SNS “Invalid phone number”",
  },
  {
    providers: "MMG, Firetext, SNS",
    recipient: "a number that ends in 7700900003",
    becomes:
      "temporary-failure: MMG status 4, Firetext pending and then code 102, SNS “unreachable/unavailable”",
  },
  { providers: "MMG, Firetext, SNS", recipient: "any other number", becomes: "delivered" },
  {
    providers: "SES",
    recipient: "an address that begins perm-fail",
    becomes: "permanent-failure: a Permanent bounce",
  },
  {
    providers: "SES",
    recipient: "an address that begins temp-fail",
    becomes: "temporary-failure: a Transient bounce",
  },
  {
    providers: "SES",
    recipient: "complaint@simulator.notify",
    becomes: "delivered, and then complained of",
  },
  { providers: "SES", recipient: "any other address", becomes: "delivered" },
  {
    providers: "SMTP",
    recipient: "an address that begins perm-fail",
    becomes: "refused with 550: technical-failure",
  },
  {
    providers: "SMTP",
    recipient: "an address that begins temp-fail",
    becomes: "refused with 451 at every attempt",
  },
  { providers: "SMTP", recipient: "any other address", becomes: "taken, which counts as delivered" },
  { providers: "DVLA", recipient: "any address", becomes: "printed, and then delivered" },
];

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
