import type { Context } from "hono";
import * as v from "valibot";
import { platformCommand } from "../../../shared/platform/platform.ts";
import { sendPlatformEmails } from "../../../shared/platform/send-emails.ts";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { listSenders } from "../../../shared/service/senders.ts";
import { findServiceName } from "../../../shared/service/setup.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, text } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { alreadyReplyTo } from "./kinds.ts";

const Request = v.object({
  email: v.pipe(
    text(500),
    v.check((address) => parseEmailAddress(address) !== null, "Not a valid email address"),
  ),
});

const notSetUp = `Nothing can be sent to check an address: the platform’s own service is not set up, run “${platformCommand}”`;

/**
 * POST /service/{id}/email-reply-to/verify: sends an email from the platform's own service to an address that is to be
 * one of the service's, and answers its id. Who asks looks at what becomes of it in that service, and adds the address
 * once it arrived.
 */
export function verifyReplyTo({ ask, log, now }: Pick<ApiDeps, "ask" | "log" | "now">) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const { email } = readObject(Request, await readBody(c.req.raw));
    const [name, senders] = await ask((sql) =>
      Promise.all([findServiceName(sql, serviceId), listSenders(sql, "email", serviceId)]),
    );
    if (name === null) throw noResult();
    if (senders.some(({ value }) => value.toLowerCase() === email.toLowerCase())) throw alreadyReplyTo(email);
    const emails = [{ address: email, values: { "service name": name, address: email } }];
    const sent = await ask((sql, cipher) =>
      sendPlatformEmails(sql, cipher, "replyToCheck", { emails, at: now() }),
    );
    if (sent === null) throw new Refusal(400, notSetUp);
    const [id] = sent;
    if (id === undefined)
      throw new Refusal(429, "The platform’s own service has reached its limit for today");
    log.info({ notificationId: id, serviceId }, "Checking a reply-to address");
    return answerJson(201, { data: { id } });
  };
}
