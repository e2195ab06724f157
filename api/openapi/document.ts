import * as v from "valibot";
import { bulkRequest } from "../v2/batches/bulk-request.ts";
import { emailRequest } from "../v2/notifications/email-request.ts";
import {
  AnyLetterRequest,
  LetterRequest,
  PrecompiledLetterRequest,
} from "../v2/notifications/letter-request.ts";
import { smsRequest } from "../v2/notifications/sms-request.ts";
import { FileObject } from "../v2/schema/file-object.ts";
import { Preview as PreviewFields } from "../v2/templates/post-preview.ts";
import { Batch } from "./answers/batch.ts";
import { Errors, PlainError } from "./answers/errors.ts";
import {
  EmailNotification,
  LetterNotification,
  Links,
  Notification,
  Notifications,
  SmsNotification,
} from "./answers/notification.ts";
import { ReceivedText, ReceivedTexts } from "./answers/received-texts.ts";
import { ReceiptRefused, ReceiptTaken, Unsubscribed, UnsubscribeRefused } from "./answers/results.ts";
import { AnySentLetter, SentEmail, SentLetter, SentPrecompiledLetter, SentSms } from "./answers/sent.ts";
import { LiveCounts, Ready, Status } from "./answers/status.ts";
import { Preview, Template, Templates } from "./answers/template.ts";
import { UnsubscribeRequest, UnsubscribeRequests } from "./answers/unsubscribe-requests.ts";
import { toComponents } from "./convert.ts";
import { describeOperation, describeSharedResponses } from "./describe-operation.ts";
import type { OpenApiDocument } from "./model.ts";
import type { Operation } from "./operation.ts";
import { bulkOperations } from "./operations/bulk.ts";
import { notificationOperations } from "./operations/notifications.ts";
import { receiptOperations } from "./operations/receipts.ts";
import { receivedTextOperations } from "./operations/received-texts.ts";
import { recipientOperations } from "./operations/recipients.ts";
import { statusOperations } from "./operations/status.ts";
import { templateOperations } from "./operations/templates.ts";
import { unsubscribeRequestOperations } from "./operations/unsubscribe-requests.ts";

const operations: readonly Operation[] = [
  ...notificationOperations,
  ...bulkOperations,
  ...receivedTextOperations,
  ...unsubscribeRequestOperations,
  ...templateOperations,
  ...recipientOperations,
  ...statusOperations,
  ...receiptOperations,
];

const tags: Readonly<Record<string, string>> = {
  Send: "Send a message. Requests count towards your rate limit and daily limits, refused ones too.",
  Read: "What became of your messages, and what people wrote back.",
  Templates: "What your messages say.",
  Recipients: "Where links in emails lead.",
  Status: "For load balancers and monitoring.",
  Providers: "Where providers report what became of messages.",
};

const description = `Every endpoint below \`/v2\` asks for a token: \`Authorization: Bearer <JWT>\`, signed with HS256 by the last 36 characters of your API key, whose claims are \`iss\` (your service's id: the 36 characters before those and a hyphen) and \`iat\` (now, in seconds). It is good for 30 seconds. The official clients of GOV.UK Notify make it for you.

Bodies are JSON whatever their \`Content-Type\`, 8 MiB at most. Unknown fields are refused. A path that does not exist answers 404, a wrong method 405, each with a \`message\` and \`"result": "error"\`.`;

/** What this API takes and answers, from the schemas its routes read requests with. */
export function describeApi(): OpenApiDocument {
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Pillarbox", version: "2", description },
    servers: [{ url: "/" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: toComponents({
        SmsRequest: smsRequest(() => new Date()),
        EmailRequest: emailRequest(() => new Date()),
        FileObject,
        AnyLetterRequest,
        LetterRequest,
        PrecompiledLetterRequest,
        BulkRequest: bulkRequest(() => new Date()),
        PreviewRequest: v.looseObject({ personalisation: PreviewFields.entries.personalisation }),
        SentSms,
        SentEmail,
        AnySentLetter,
        SentLetter,
        SentPrecompiledLetter,
        Batch,
        Notification,
        SmsNotification,
        EmailNotification,
        LetterNotification,
        Notifications,
        Links,
        ReceivedText,
        ReceivedTexts,
        UnsubscribeRequest,
        UnsubscribeRequests,
        Template,
        Templates,
        Preview,
        Status,
        Ready,
        LiveCounts,
        Unsubscribed,
        UnsubscribeRefused,
        ReceiptTaken,
        ReceiptRefused,
        Errors,
        PlainError,
      }),
      responses: describeSharedResponses(),
      headers: {
        "X-B3-TraceId": {
          description: "The trace this request belongs to: the one you sent, or a new one.",
          required: true,
          schema: { type: "string" },
        },
        "X-B3-SpanId": {
          description: "The same for its span.",
          required: true,
          schema: { type: "string" },
        },
        "Retry-After": { description: "Seconds.", required: true, schema: { type: "string" } },
      },
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A JWT signed with an API key.",
        },
      },
    },
  };
}
