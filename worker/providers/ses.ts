import { AwsV4Signer } from "aws4fetch";
import * as v from "valibot";
import type { EmailMessage, EmailProvider } from "../../shared/provider/provider.ts";
import { type Answer, call, isAccepted, jsonOf, unavailable } from "./http.ts";

export interface SesConfig {
  region: string;
  /** What the API's paths are appended to; null for AWS's own endpoint of the region. */
  url: string | null;
  accessKeyId: string;
  secretAccessKey: string;
  timeoutMs: number;
}

const Accepted = v.object({ MessageId: v.pipe(v.string(), v.minLength(1)) });
const Refusal = v.looseObject({ __type: v.optional(v.string()), code: v.optional(v.string()) });

/** The email itself is at fault. `InvalidParameterValue` is version 1's word for it. */
const rejections = new Set(["BadRequestException", "MessageRejected", "InvalidParameterValue"]);
const throttlings = new Set(["TooManyRequestsException", "ThrottlingException", "Throttling"]);

/**
 * Amazon SES, API version 2, SendEmail:
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export function ses({ region, url, accessKeyId, secretAccessKey, timeoutMs }: SesConfig): EmailProvider {
  const base = (url ?? `https://email.${region}.amazonaws.com`).replace(/\/+$/, "");
  const endpoint = `${base}/v2/email/outbound-emails`;
  // Day keys, derived once a day each.
  const cache = new Map<string, ArrayBuffer>();

  return {
    name: "ses",
    reports: true,
    async send(email, signal) {
      const body = JSON.stringify(toRequest(email));
      const signer = new AwsV4Signer({
        method: "POST",
        url: endpoint,
        headers: { "Content-Type": "application/json" },
        body,
        accessKeyId,
        secretAccessKey,
        service: "ses",
        region,
        cache,
      });
      const signed = await signer.sign();
      const headers = Object.fromEntries(signed.headers);
      const answer = await call(endpoint, { method: "POST", headers, body }, timeoutMs, signal);
      if (answer.status === null) return unavailable(`SES: ${answer.reason}`);
      if (isAccepted(answer)) {
        const accepted = v.safeParse(Accepted, jsonOf(answer));
        return { outcome: "accepted", reference: accepted.success ? accepted.output.MessageId : null };
      }
      const code = errorCode(answer);
      const reason = `SES answered ${answer.status} ${code ?? "without an error code"}`;
      if (code !== null && rejections.has(code)) return { outcome: "rejected", reason };
      const throttled = answer.status === 429 || (code !== null && throttlings.has(code));
      return unavailable(throttled ? `${reason}: throttled` : reason);
    },
  };
}

function toRequest({ to, from, replyTo, subject, text, html, unsubscribeUrl }: EmailMessage) {
  const headers = [
    { Name: "List-Unsubscribe", Value: `<${unsubscribeUrl}>` },
    { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
  ];
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [to], CcAddresses: [], BccAddresses: [] },
    ReplyToAddresses: replyTo === null ? [] : [replyTo],
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: "UTF-8" },
        Body: { Text: { Data: text, Charset: "UTF-8" }, Html: { Data: html, Charset: "UTF-8" } },
        Headers: unsubscribeUrl === null ? [] : headers,
      },
    },
  };
}

/** The error's name, from where AWS's REST protocols put it; its message may hold an address. */
function errorCode(answer: Answer): string | null {
  const body = v.safeParse(Refusal, jsonOf(answer));
  const given =
    answer.headers.get("x-amzn-errortype") ??
    (body.success ? (body.output.__type ?? body.output.code) : null);
  // `com.amazonaws.ses#MessageRejected`, `MessageRejected:http://internal.amazon.com/…`
  return given?.split(":")[0]?.split("#").at(-1)?.replace(/\W/g, "") || null;
}
