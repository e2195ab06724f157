import { sandboxOnlyPrivateKey } from "./sns-certificate.ts";

const topicArn = "arn:aws:sns:eu-west-1:000000000000:sandbox";
export const certificatePath = "/sns/cert.pem";

/** 1 signs a SHA-1 digest, 2 a SHA-256 one. */
export type SignatureVersion = "1" | "2";

export interface SnsEnvelope {
  Type: "Notification";
  MessageId: string;
  TopicArn: string;
  Message: string;
  Timestamp: string;
  SignatureVersion: SignatureVersion;
  Signature: string;
  SigningCertURL: string;
  UnsubscribeURL: string;
}

/** Signs as SNS does: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export async function createSnsSigner(version: SignatureVersion, sandboxUrl: () => string) {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: version === "1" ? "SHA-1" : "SHA-256" };
  const der = Buffer.from(sandboxOnlyPrivateKey.replace(/-----[A-Z ]+-----/g, ""), "base64");
  const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);

  return async (Message: string): Promise<SnsEnvelope> => {
    const signed = {
      Message,
      MessageId: crypto.randomUUID(),
      Timestamp: new Date().toISOString(),
      TopicArn: topicArn,
      Type: "Notification" as const,
    };
    const lines = Object.entries(signed).map(([name, value]) => `${name}\n${value}\n`);
    const signature = await crypto.subtle.sign(algorithm, key, Buffer.from(lines.join("")));
    return {
      ...signed,
      SignatureVersion: version,
      Signature: Buffer.from(signature).toString("base64"),
      SigningCertURL: sandboxUrl() + certificatePath,
      UnsubscribeURL: `${sandboxUrl()}/sns/unsubscribe`,
    };
  };
}
