import * as v from "valibot";
import { type Desk, exchange } from "./exchange.ts";
import { nothing } from "./message.ts";
import { smsOutcome } from "./outcome.ts";
import type { SnsLogs } from "./sns-logs.ts";

const Publish = v.object({
  Action: v.literal("Publish"),
  PhoneNumber: v.pipe(v.string(), v.regex(/^\+\d{5,15}$/)),
  Message: v.pipe(v.string(), v.minLength(1)),
});

/** The attributes SNS takes with a text, and what it takes of them. */
const senders: Record<string, RegExp> = {
  "AWS.SNS.SMS.SenderID": /^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,9}[A-Za-z0-9])?$/,
  "AWS.MM.SMS.OriginationNumber": /^\+?\d{5,14}$/,
};

/** POST /sns: SNS's Publish of a text. What becomes of it is noted in the log, after a delay as a receipt would be. */
export function snsTexts(desk: Desk, logs: SnsLogs) {
  return async (request: Request): Promise<Response> => {
    if (!request.headers.get("authorization")) {
      return refused(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    }
    const form = new URLSearchParams(await request.text());
    const text = v.safeParse(Publish, Object.fromEntries(form));
    if (!text.success) {
      const wrong = v.getDotPath(text.issues[0]) ?? "the body";
      return refused(400, "InvalidParameter", `Invalid parameter: ${wrong}`);
    }
    const attributes = attributesOf(form);
    const from = attributes.find(([name]) => name in senders);
    if (from && !senders[from[0]]?.test(from[1])) {
      return refused(400, "InvalidParameter", `Invalid parameter: ${from[0]}`);
    }
    const { PhoneNumber, Message: body } = text.output;
    const to = PhoneNumber.slice(1);
    const reference = crypto.randomUUID();
    return exchange(desk, {
      provider: "sns",
      message: {
        ...nothing,
        channel: "sms",
        provider: "sns",
        to,
        from: from?.[1] ?? null,
        body,
        reference,
        headers: Object.fromEntries(attributes),
      },
      receipts: () => {
        logs.add({ reference, to, outcome: smsOutcome(to) });
        return [];
      },
      accepted: () =>
        xml(
          200,
          `<PublishResponse xmlns="${namespace}"><PublishResult><MessageId>${reference}</MessageId></PublishResult><ResponseMetadata><RequestId>${crypto.randomUUID()}</RequestId></ResponseMetadata></PublishResponse>`,
        ),
      refused: (status) =>
        refused(status, errorCodes[status] ?? "InternalError", "Refused by a sandbox fault"),
    });
  };
}

const errorCodes: Record<number, string> = {
  400: "InvalidParameter",
  403: "AuthorizationError",
  429: "Throttled",
  500: "InternalError",
};

function attributesOf(form: URLSearchParams): [name: string, value: string][] {
  const attributes: [string, string][] = [];
  for (let entry = 1; form.has(`MessageAttributes.entry.${entry}.Name`); entry++) {
    const of = (part: string) => form.get(`MessageAttributes.entry.${entry}.${part}`) ?? "";
    attributes.push([of("Name"), of("Value.StringValue")]);
  }
  return attributes;
}

const namespace = "https://sns.amazonaws.com/doc/2010-03-31/";

function refused(status: number, code: string, message: string) {
  return xml(
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>${crypto.randomUUID()}</RequestId></ErrorResponse>`,
  );
}

function xml(status: number, body: string) {
  return new Response(body, { status, headers: { "content-type": "text/xml" } });
}
