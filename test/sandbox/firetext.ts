import * as v from "valibot";
import { type Desk, exchange } from "./exchange.ts";
import { londonTime } from "./london-time.ts";
import { nothing } from "./message.ts";
import { smsOutcome } from "./outcome.ts";
import type { ReceiptRequest } from "./receipts.ts";

/** Firetext answers 200 to a text it refuses, with one of these. */
const errors: Record<string, { code: number; description: string }> = {
  apiKey: { code: 1, description: "Authentication error" },
  to: { code: 2, description: "Destination number(s) error" },
  from: { code: 3, description: "From error" },
  message: { code: 5, description: "Message error" },
};

const Text = v.object({
  apiKey: v.pipe(v.string(), v.minLength(1)),
  to: v.pipe(v.string(), v.regex(/^\d{5,15}$/)),
  from: v.pipe(v.string(), v.minLength(1)),
  message: v.pipe(v.string(), v.minLength(1)),
  reference: v.optional(v.string()),
});

/** POST /firetext: Firetext's `sendsms/json` (delivery.md 3.2). */
export function firetext(desk: Desk) {
  return async (request: Request): Promise<Response> => {
    const text = v.safeParse(Text, Object.fromEntries(new URLSearchParams(await request.text())));
    if (!text.success) {
      const wrong = v.getDotPath(text.issues[0]) ?? "";
      return answer(errors[wrong] ?? { code: 5, description: "Message error" });
    }
    const { to, from, message: body, reference } = text.output;
    return exchange(desk, {
      provider: "firetext",
      message: {
        ...nothing,
        channel: "sms",
        provider: "firetext",
        to,
        from,
        body,
        reference: reference ?? null,
      },
      receipts: () => receiptsFor(to, reference ?? ""),
      accepted: () => answer({ code: 0, description: "SMS successfully queued" }),
      refused: (status) => answer({ code: 500, description: "Refused by a sandbox fault" }, status),
      refusesIn: (answer) => v.is(NonZero, answer),
    });
  };
}

function answer({ code, description }: { code: number; description: string }, status = 200) {
  return Response.json({ data: [], description, code, responseData: code === 0 ? 1 : null }, { status });
}

const NonZero = v.pipe(v.string(), v.parseJson(), v.object({ code: v.pipe(v.number(), v.notValue(0)) }));

/** A temporary failure is told in two: "waiting for handset", then undelivered for an absent subscriber. */
function receiptsFor(to: string, reference: string): ReceiptRequest[] {
  const time = londonTime(new Date());
  const receipt = (status: string, code: string) => ({
    path: "/notifications/sms/firetext",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ mobile: to, status, code, time, reference }).toString(),
  });
  switch (smsOutcome(to)) {
    case "delivered":
      return [receipt("0", "000")];
    case "permanent-failure":
      return [receipt("1", "101")];
    case "temporary-failure":
      return [receipt("2", "000"), receipt("1", "102")];
  }
}
