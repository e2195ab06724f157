import { decodeWords } from "postal-mime";
import * as v from "valibot";
import { type Desk, exchange, readJson } from "./exchange.ts";
import { nothing } from "./message.ts";
import type { NewMessage } from "./messages.ts";
import { parseMime } from "./mime.ts";
import { emailOutcome } from "./outcome.ts";
import type { ReceiptRequest } from "./receipts.ts";
import type { SnsEnvelope } from "./sns.ts";

const Content = v.object({ Data: v.string(), Charset: v.optional(v.string()) });
const Addresses = v.array(v.pipe(v.string(), v.includes("@")));

const Header = v.object({
  Name: v.pipe(v.string(), v.regex(/^[!-9;-~]{1,126}$/)),
  Value: v.pipe(v.string(), v.regex(/^[ -~]{1,995}$/)),
});

const SendEmail = v.object({
  // A name outside ASCII must be in encoded words.
  FromEmailAddress: v.pipe(v.string(), v.includes("@"), v.regex(/^[ -~]{1,320}$/)),
  Destination: v.object({
    ToAddresses: v.pipe(Addresses, v.minLength(1)),
    CcAddresses: v.optional(Addresses),
    BccAddresses: v.optional(Addresses),
  }),
  ReplyToAddresses: v.optional(Addresses, []),
  Content: v.object({
    Simple: v.optional(
      v.object({
        Subject: Content,
        Body: v.object({ Text: v.optional(Content), Html: v.optional(Content) }),
        Headers: v.optional(v.array(Header), []),
        Attachments: v.optional(
          v.array(
            v.object({
              FileName: v.string(),
              ContentType: v.optional(v.string(), "application/octet-stream"),
              RawContent: v.string(),
            }),
          ),
        ),
      }),
    ),
    Raw: v.optional(v.object({ Data: v.string() })),
  }),
});
type SendEmail = v.InferOutput<typeof SendEmail>;

/** POST /ses/v2/email/outbound-emails: SES's SendEmail, version 2 (delivery.md 3.3). */
export function ses(desk: Desk, sign: (message: string) => Promise<SnsEnvelope>) {
  return async (request: Request): Promise<Response> => {
    if (!request.headers.get("authorization")) {
      return refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    const email = v.safeParse(SendEmail, await readJson(request));
    if (!email.success) {
      const wrong = v.getDotPath(email.issues[0]) ?? "the body";
      return refused(400, "BadRequestException", `Malformed request: ${wrong}`);
    }
    const messageId = newMessageId();
    const takenAt = new Date();
    const message = await toMessage(email.output, messageId);
    if (message === null) return refused(400, "BadRequestException", "Content has neither Simple nor Raw");
    return exchange(desk, {
      provider: "ses",
      message,
      receipts: () => receiptsFor(message, { messageId, takenAt }, sign),
      accepted: () => Response.json({ MessageId: messageId }),
      refused: (status) =>
        refused(status, errorTypes[status] ?? "InternalFailure", "Refused by a sandbox fault"),
    });
  };
}

const errorTypes: Record<number, string> = {
  400: "BadRequestException",
  403: "AccessDeniedException",
  404: "NotFoundException",
  429: "TooManyRequestsException",
  503: "ServiceUnavailable",
};

function refused(status: number, type: string, message: string) {
  return Response.json({ message }, { status, headers: { "x-amzn-errortype": type } });
}

/** Shaped like one of SES in eu-west-1. */
function newMessageId(): string {
  return `0102${Date.now().toString(16).padStart(12, "0")}-${crypto.randomUUID()}-000000`;
}

async function toMessage(request: SendEmail, reference: string): Promise<NewMessage | null> {
  const { Destination, FromEmailAddress: from, ReplyToAddresses, Content } = request;
  const email = {
    ...nothing,
    channel: "email",
    provider: "ses",
    to: Destination.ToAddresses.join(", "),
    from: readable(from),
    reference,
  } as const;
  if (Content.Raw) {
    return { ...email, ...(await parseMime(Buffer.from(Content.Raw.Data, "base64"))), from };
  }
  if (!Content.Simple) return null;
  const { Subject, Body, Headers, Attachments } = Content.Simple;
  const headers = Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value]));
  if (ReplyToAddresses.length > 0) headers["Reply-To"] = ReplyToAddresses.join(", ");
  return {
    ...email,
    subject: Subject.Data,
    body: Body.Text?.Data ?? "",
    html: Body.Html?.Data ?? null,
    headers,
    attachments:
      Attachments?.map(({ FileName, ContentType, RawContent }) => ({
        filename: FileName,
        contentType: ContentType,
        contentBase64: RawContent,
      })) ?? [],
  };
}

/** A sender as a mailbox shows it: encoded words decoded. */
function readable(from: string): string {
  return from.replace(/^=\?.*(?= <)/, (words) => `"${decodeWords(words)}"`);
}

async function receiptsFor(
  { to, from }: NewMessage,
  { messageId, takenAt }: { messageId: string; takenAt: Date },
  sign: (message: string) => Promise<SnsEnvelope>,
): Promise<ReceiptRequest[]> {
  const destination = to.split(", ");
  const mail = {
    timestamp: takenAt.toISOString(),
    source: from,
    sourceArn: "arn:aws:ses:eu-west-1:000000000000:identity/sandbox",
    sendingAccountId: "000000000000",
    messageId,
    destination,
  };
  const reports = [deliveryOrBounce(to, destination)];
  // As SES's own mailbox simulator does: delivered, then complained of.
  if (to === "complaint@simulator.notify") reports.push(complaint(destination));
  return Promise.all(
    reports.map(async (report) => toRequest(await sign(JSON.stringify({ ...report, mail })))),
  );
}

function deliveryOrBounce(to: string, recipients: string[]): object {
  const timestamp = new Date().toISOString();
  const outcome = emailOutcome(to);
  if (outcome === "delivered") {
    return {
      notificationType: "Delivery",
      delivery: {
        timestamp,
        recipients,
        processingTimeMillis: 500,
        smtpResponse: "250 2.0.0 OK",
        remoteMtaIp: "127.0.0.1",
        reportingMTA: "sandbox",
      },
    };
  }
  const permanent = outcome === "permanent-failure";
  return {
    notificationType: "Bounce",
    bounce: {
      bounceType: permanent ? "Permanent" : "Transient",
      bounceSubType: "General",
      bouncedRecipients: recipients.map((emailAddress) => ({
        emailAddress,
        action: "failed",
        status: permanent ? "5.1.1" : "4.2.2",
        diagnosticCode: permanent ? "smtp; 550 5.1.1 user unknown" : "smtp; 452 4.2.2 mailbox full",
      })),
      timestamp,
      feedbackId: newMessageId(),
      remoteMtaIp: "127.0.0.1",
      reportingMTA: "dns; sandbox",
    },
  };
}

function complaint(recipients: string[]): object {
  return {
    notificationType: "Complaint",
    complaint: {
      complainedRecipients: recipients.map((emailAddress) => ({ emailAddress })),
      complaintFeedbackType: "abuse",
      timestamp: new Date().toISOString(),
      feedbackId: newMessageId(),
      userAgent: "Pillarbox sandbox",
    },
  };
}

function toRequest(envelope: SnsEnvelope): ReceiptRequest {
  return {
    path: "/notifications/email/ses",
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": envelope.Type,
      "x-amz-sns-message-id": envelope.MessageId,
      "x-amz-sns-topic-arn": envelope.TopicArn,
    },
    body: JSON.stringify(envelope),
  };
}
