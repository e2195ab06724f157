import * as v from "valibot";
import type { EmailMessage, EmailProvider } from "../../shared/provider/provider.ts";
import { type AwsKeys, awsEndpoint, awsErrorCode, awsSigner } from "./aws.ts";
import { formatAddress } from "./display-name.ts";
import { call, isAccepted, jsonOf, unavailable } from "./http.ts";
import { unsubscribeHeaders } from "./unsubscribe-headers.ts";

export interface SesConfig extends AwsKeys {
  /** What the API's paths are appended to; null for AWS's own endpoint of the region. */
  url: string | null;
  /** Null for the one that is the account's default, if any. */
  configurationSet: string | null;
  timeoutMs: number;
}

const Accepted = v.object({ MessageId: v.pipe(v.string(), v.minLength(1)) });

/** The email itself is at fault. `InvalidParameterValue` is version 1's word for it. */
const rejections = new Set(["BadRequestException", "MessageRejected", "InvalidParameterValue"]);
const throttlings = new Set(["TooManyRequestsException", "ThrottlingException", "Throttling"]);

/**
 * Amazon SES, API version 2, SendEmail:
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
export function ses(config: SesConfig): EmailProvider {
  const { region, url, configurationSet, timeoutMs } = config;
  const endpoint = `${awsEndpoint(url, `email.${region}`)}/v2/email/outbound-emails`;
  const sign = awsSigner("ses", config);

  return {
    name: "ses",
    reports: true,
    async send(email, signal) {
      const request = await sign(endpoint, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(toRequest(email, configurationSet)),
      });
      const answer = await call(endpoint, request, timeoutMs, signal);
      if (answer.status === null) return unavailable(`SES: ${answer.reason}`);
      if (isAccepted(answer)) {
        const accepted = v.safeParse(Accepted, jsonOf(answer));
        return { outcome: "accepted", reference: accepted.success ? accepted.output.MessageId : null };
      }
      const code = awsErrorCode(answer);
      const reason = `SES answered ${answer.status} ${code ?? "without an error code"}`;
      if (code !== null && rejections.has(code)) return { outcome: "rejected", reason };
      const throttled = answer.status === 429 || (code !== null && throttlings.has(code));
      return unavailable(throttled ? `${reason}: throttled` : reason);
    },
  };
}

function toRequest(
  { to, from, replyTo, subject, text, html, unsubscribeUrl }: EmailMessage,
  configurationSet: string | null,
) {
  const headers = Object.entries(unsubscribeHeaders(unsubscribeUrl));
  return {
    FromEmailAddress: formatAddress(from),
    Destination: { ToAddresses: [to], CcAddresses: [], BccAddresses: [] },
    ReplyToAddresses: replyTo === null ? [] : [replyTo],
    Content: {
      Simple: {
        Subject: { Data: subject, Charset: "UTF-8" },
        Body: { Text: { Data: text, Charset: "UTF-8" }, Html: { Data: html, Charset: "UTF-8" } },
        Headers: headers.map(([Name, Value]) => ({ Name, Value })),
      },
    },
    ConfigurationSetName: configurationSet ?? undefined,
  };
}
