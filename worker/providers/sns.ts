import type { SmsMessage, SmsProvider } from "../../shared/provider/provider.ts";
import { type AwsKeys, awsEndpoint, awsSigner } from "./aws.ts";
import { type Answer, call, isAccepted, type ProviderRequest, unavailable } from "./http.ts";

export interface SnsConfig extends AwsKeys {
  /** Null for AWS's own endpoint of the region. */
  url: string | null;
  /** The most one text may cost; null for what the account allows. */
  maxPriceUsd: number | null;
  timeoutMs: number;
}

const throttlings = new Set(["Throttled", "Throttling", "ThrottlingException", "TooManyRequestsException"]);

/**
 * Texts by Amazon SNS: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. It knows a text by its own
 * MessageId alone, and notes what became of it in CloudWatch Logs, from where `read-sns-receipts` takes it.
 */
export function sns(config: SnsConfig): SmsProvider {
  const { url, maxPriceUsd, timeoutMs } = config;
  const endpoint = `${awsEndpoint(url, `sns.${config.region}`)}/`;
  const sign = awsSigner("sns", config);

  return {
    name: "sns",
    supportsInternational: true,
    async send(text, signal) {
      const request = await sign(endpoint, toRequest(text, maxPriceUsd));
      const answer = await call(endpoint, request, timeoutMs, signal);
      if (answer.status === null) return unavailable(`SNS: ${answer.reason}`);
      if (isAccepted(answer)) return { outcome: "accepted", reference: element(answer, "MessageId") };
      const code = element(answer, "Code")?.replace(/\W/g, "") || null;
      const reason = `SNS answered ${answer.status} ${code ?? "without an error code"}`;
      // Who told AWS to stop is not to be reached by another provider either.
      if (code === "OptedOut" || code === "OptedOutException") return { outcome: "rejected", reason };
      const throttled = answer.status === 429 || (code !== null && throttlings.has(code));
      return unavailable(throttled ? `${reason}: throttled` : reason);
    },
  };
}

function toRequest({ to, body, sender }: SmsMessage, maxPriceUsd: number | null): ProviderRequest {
  const form = new URLSearchParams({
    Action: "Publish",
    Version: "2010-03-31",
    PhoneNumber: `+${to.replace(/^\+/, "")}`,
    Message: body,
  });
  const attributes: [name: string, type: "String" | "Number", value: string][] = [
    ["AWS.SNS.SMS.SMSType", "String", "Transactional"],
    ...senderAttribute(sender),
  ];
  if (maxPriceUsd !== null) attributes.push(["AWS.SNS.SMS.MaxPrice", "Number", String(maxPriceUsd)]);
  for (const [index, [name, type, value]] of attributes.entries()) {
    const entry = `MessageAttributes.entry.${index + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, type);
    form.set(`${entry}.Value.StringValue`, value);
  }
  return {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  };
}

/**
 * A name is SNS's SenderID: letters, digits and hyphens within, a letter among them; of others, such as the space that
 * Notify allows, it would refuse the text. A number must be one of the account's; a short code has no country.
 */
function senderAttribute(sender: string): [name: string, type: "String", value: string][] {
  if (/^\+?\d+$/.test(sender)) {
    const digits = sender.replace("+", "").replace(/^0(?=\d{10}$)/, "44");
    return [["AWS.MM.SMS.OriginationNumber", "String", digits.length > 8 ? `+${digits}` : digits]];
  }
  const id = sender.replace(/[^A-Za-z0-9-]/g, "").replace(/^-+|-+$/g, "");
  return /[A-Za-z]/.test(id) ? [["AWS.SNS.SMS.SenderID", "String", id]] : [];
}

/** The text of an element of AWS's XML, in which it stands once and holds no markup. */
function element({ text }: Answer, name: "MessageId" | "Code"): string | null {
  return new RegExp(`<${name}>\\s*([^<>\\s]{1,255})\\s*</${name}>`).exec(text ?? "")?.[1] ?? null;
}
