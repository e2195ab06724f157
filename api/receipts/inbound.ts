import type { Context, Handler } from "hono";
import type { InboundNumber } from "../../shared/inbound/numbers.ts";
import type { IncomingText, ParsedText } from "../../shared/inbound/text.ts";
import type { Log } from "../../shared/log.ts";
import type { Credentials } from "./require-credentials.ts";

/** Everything the routes of inbound texts need of the world. */
export interface InboundDeps {
  /** Null where no service has the number, or it is switched off. */
  findInboundNumber: (number: string) => Promise<InboundNumber | null>;
  /** Stores a job that stores the text. Throws when it could not; the provider is then told to try again. */
  acceptText: (text: IncomingText, number: InboundNumber, receivedAt: Date) => Promise<void>;
  /** What providers must authenticate with; null where they need not. */
  credentials: { mmg: readonly Credentials[] | null; firetext: readonly Credentials[] | null };
  log: Log;
  now: () => Date;
}

/** POST /notifications/sms/receive/mmg and …/firetext: somebody texted a service (`spec/delivery.md` 6). */
export function postText(
  parse: (body: string) => ParsedText,
  { findInboundNumber, acceptText, log, now }: InboundDeps,
): Handler {
  return async (c) => {
    const receivedAt = now();
    const parsed = parse(await c.req.text());
    if (!parsed.ok) {
      log.warn({ path: c.req.path, errors: parsed.errors }, "Inbound text refused");
      return c.json({ result: "error", message: parsed.errors }, 400);
    }
    const { text } = parsed;
    const { provider } = text;
    const number = await findInboundNumber(text.to);
    if (number === null) {
      log.warn(
        { provider, numberEndsIn: lastDigits(text.to) },
        "Inbound text for a number that no service has",
      );
      return unwanted(c, text);
    }
    const { serviceId } = number;
    if (!number.mayReceive) {
      log.warn({ provider, serviceId }, "Inbound text for a service that may not receive any");
      return unwanted(c, text);
    }
    if (number.provider !== provider) {
      log.warn({ provider, serviceId, expected: number.provider }, "Inbound text by another provider");
    }
    await acceptText(text, number, receivedAt);
    return c.json({ status: "ok" });
  };
}

/** Thrown away: a 200 keeps the provider from bringing it again. */
function unwanted(c: Context, { provider }: IncomingText): Response {
  if (provider === "firetext") return c.json({ status: "ok" });
  return c.body("RECEIVED", 200, { "Content-Type": "text/plain; charset=UTF-8" });
}

/** For the log, which is to hold no whole number: this one may be a person's. */
function lastDigits(number: string): string | null {
  return /^\d{4,}$/.test(number) ? number.slice(-3) : null;
}
