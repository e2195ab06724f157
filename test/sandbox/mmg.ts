import * as v from "valibot";
import { type Desk, exchange, readJson } from "./exchange.ts";
import { londonTime } from "./london-time.ts";
import { nothing } from "./message.ts";
import { smsOutcome } from "./outcome.ts";
import type { ReceiptRequest } from "./receipts.ts";

const Text = v.object({
  reqType: v.literal("BULK"),
  MSISDN: v.pipe(v.string(), v.regex(/^\d{5,15}$/)),
  msg: v.pipe(v.string(), v.minLength(1)),
  sender: v.pipe(v.string(), v.minLength(1)),
  cid: v.pipe(v.string(), v.minLength(1)),
  multi: v.literal(true),
});

/** POST /mmg: MMG's `jsonv2a` API (delivery.md 3.1). */
export function mmg(desk: Desk) {
  let lastReference = 10_000_000;

  return async (request: Request): Promise<Response> => {
    if (!request.headers.get("authorization")) return refused(401, 101, "Authentication failed");
    const text = v.safeParse(Text, await readJson(request));
    if (!text.success) {
      const wrong = v.getDotPath(text.issues[0]) ?? "the body";
      return refused(400, 206, `Malformed request: ${wrong}`);
    }
    const { MSISDN: to, msg: body, sender: from, cid } = text.output;
    const reference = ++lastReference;
    return exchange(desk, {
      provider: "mmg",
      message: { ...nothing, channel: "sms", provider: "mmg", to, from, body, reference: cid },
      receipts: () => [receipt(to, cid, reference)],
      accepted: () => Response.json({ Reference: reference }),
      refused: (status) => refused(status, 206, "Refused by a sandbox fault"),
    });
  };
}

function refused(status: number, code: number, description: string) {
  return Response.json({ Error: code, Description: description }, { status });
}

/** Status and substatus. */
const codes = {
  delivered: ["3", "5"],
  "temporary-failure": ["4", "27"],
  "permanent-failure": ["5", "52"],
} as const;

function receipt(to: string, cid: string, reference: number): ReceiptRequest {
  const [status, substatus] = codes[smsOutcome(to)];
  const body = {
    CID: cid,
    status,
    substatus,
    MSISDN: to,
    reference: String(reference),
    deliverytime: londonTime(new Date()),
  };
  return {
    path: "/notifications/sms/mmg",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
