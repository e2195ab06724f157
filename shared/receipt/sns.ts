import * as v from "valibot";
import { type Fetch, fetchText } from "./limited-fetch.ts";
import { createPublicKeys, verifySignature } from "./sns-certificates.ts";

export interface SnsConfig {
  /** The topics to listen to. Null listens to any, even a stranger's: for a sandbox only. */
  topicArns: readonly string[] | null;
  /** Origins beside AWS's own, such as `http://localhost:6099`, for certificates and confirmations. */
  trustedOrigins: readonly string[];
  fetch: Fetch;
}

const Text = v.string();
const Id = v.pipe(Text, v.maxLength(300));
const signed = {
  /** Logged before anything is proven, so not at any length. */
  MessageId: Id,
  TopicArn: Id,
  Message: Text,
  Timestamp: Text,
  SignatureVersion: v.picklist(["1", "2"]),
  Signature: Text,
};
const confirmation = { ...signed, SubscribeURL: Text, Token: Text, SigningCertURL: Text };

/** The envelope SNS posts. Lambda writes `SigningCertUrl` where HTTP has `SigningCertURL`. */
export const SnsEnvelope = v.pipe(
  v.looseObject({ SigningCertURL: v.optional(Text), SigningCertUrl: v.optional(Text) }),
  v.transform((envelope) => ({
    ...envelope,
    SigningCertURL: envelope.SigningCertURL ?? envelope.SigningCertUrl,
  })),
  v.variant("Type", [
    v.object({ Type: v.literal("Notification"), ...signed, Subject: v.nullish(Text), SigningCertURL: Text }),
    v.object({ Type: v.literal("SubscriptionConfirmation"), ...confirmation }),
    v.object({ Type: v.literal("UnsubscribeConfirmation"), ...confirmation }),
  ]),
);

export type SnsEnvelope = v.InferOutput<typeof SnsEnvelope>;

/** `unavailable`: its certificate could not be fetched, so nobody knows; SNS should send it again. */
export type Verdict = "genuine" | "forged" | "unavailable";

export interface Sns {
  verify(envelope: SnsEnvelope): Promise<Verdict>;
  /** Takes up a subscription; the envelope must be genuine. False when that failed. */
  confirm(envelope: SnsEnvelope & { Type: "SubscriptionConfirmation" }): Promise<boolean>;
}

const certificateTimeoutMs = 5_000;
const confirmationTimeoutMs = 30_000;

/**
 * Amazon SNS over HTTP:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export function createSns({ topicArns, trustedOrigins, fetch }: SnsConfig): Sns {
  const findPublicKey = createPublicKeys(fetch, certificateTimeoutMs);

  return {
    async verify(envelope) {
      if (topicArns !== null && !topicArns.includes(envelope.TopicArn)) return "forged";
      if (!isCertificateUrl(envelope.SigningCertURL, trustedOrigins)) return "forged";
      const key = await findPublicKey(envelope.SigningCertURL).catch(() => null);
      if (key === null) return "unavailable";
      const { SignatureVersion, Signature } = envelope;
      return (await verifySignature(key, SignatureVersion, Signature, stringToSign(envelope)))
        ? "genuine"
        : "forged";
    },

    async confirm({ SubscribeURL }) {
      if (!isTrusted(SubscribeURL, trustedOrigins)) return false;
      return fetchText(fetch, SubscribeURL, confirmationTimeoutMs).then(
        () => true,
        () => false,
      );
    },
  };
}

/** What the signature is over: names and values in turn, each on a line, names in the order of the alphabet. */
export function stringToSign(envelope: SnsEnvelope): string {
  const { Message, MessageId, Timestamp, TopicArn, Type } = envelope;
  const own =
    envelope.Type === "Notification"
      ? { Subject: envelope.Subject }
      : { SubscribeURL: envelope.SubscribeURL, Token: envelope.Token };
  const { Subject, SubscribeURL, Token } = { Subject: null, SubscribeURL: null, Token: null, ...own };
  return Object.entries({ Message, MessageId, Subject, SubscribeURL, Timestamp, Token, TopicArn, Type })
    .filter(([, value]) => typeof value === "string")
    .map(([name, value]) => `${name}\n${value}\n`)
    .join("");
}

/** AWS's certificates have names of one form; the check keeps strangers from having us fetch anything else. */
function isCertificateUrl(text: string, trustedOrigins: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url === null || !isTrusted(text, trustedOrigins)) return false;
  return trustedOrigins.includes(url.origin) || /^\/SimpleNotificationService-\w+\.pem$/.test(url.pathname);
}

/** An endpoint of SNS itself, over TLS on the usual port, or one of the given origins. */
function isTrusted(text: string, trustedOrigins: readonly string[]): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return (
    /^https:\/\/sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(url.origin) ||
    trustedOrigins.includes(url.origin)
  );
}
