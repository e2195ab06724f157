const fixtures = new URL("./fixtures/", import.meta.url);

const certificate = await Bun.file(new URL("sns-certificate.pem", fixtures)).text();
export const topicArn = "arn:aws:sns:eu-west-1:123456789012:receipts";

export type SnsMessage = Record<string, string>;

/** An SNS that signs with a key of the fixtures. Its certificate is served by `serveCertificate`. */
export async function openSnsSender(keyFile: "sns-key.pem" | "other-key.pem" = "sns-key.pem") {
  const pem = await Bun.file(new URL(keyFile, fixtures)).text();
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ""), "base64");

  /** Signs whatever fields AWS says are signed, written out here by hand for each type. */
  return async (message: SnsMessage): Promise<SnsMessage> => {
    const names =
      message.Type === "Notification"
        ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
        : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    const text = names
      .filter((name) => message[name] !== undefined)
      .map((name) => `${name}\n${message[name]}\n`)
      .join("");
    const hash = message.SignatureVersion === "1" ? "SHA-1" : "SHA-256";
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash };
    const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
    const signature = await crypto.subtle.sign(algorithm, key, Buffer.from(text));
    return { ...message, Signature: Buffer.from(signature).toString("base64") };
  };
}

export function notification(fields: SnsMessage = {}): SnsMessage {
  return {
    Type: "Notification",
    MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    TopicArn: topicArn,
    Message: '{"notificationType":"Delivery"}',
    Timestamp: "2026-03-14T12:35:26.567Z",
    SignatureVersion: "2",
    ...fields,
  };
}

export function confirmation(fields: SnsMessage): SnsMessage {
  return notification({
    Type: "SubscriptionConfirmation",
    Token: "token",
    Message: "You have chosen…",
    ...fields,
  });
}

/** Serves the certificate at `/cert.pem` and takes confirmations at `/confirm`; lists what was asked for. */
export function serveSns() {
  const requests: string[] = [];
  const answers = new Map<string, () => Response>([
    ["/cert.pem", () => new Response(certificate)],
    ["/confirm", () => new Response("<ConfirmSubscriptionResponse/>")],
  ]);
  const server = Bun.serve({
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      requests.push(pathname);
      return answers.get(pathname)?.() ?? new Response(null, { status: 404 });
    },
  });
  return {
    origin: server.url.origin,
    requests,
    answers,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
