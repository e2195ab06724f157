import * as v from "valibot";
import { wellFormed } from "../../v2/notifications/idempotency-key.ts";
import { letterValues } from "../../v2/notifications/letter-request.ts";
import { NotificationsQuery } from "../../v2/notifications/list-notifications.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import type { Answer, Operation } from "../operation.ts";
import {
  anyService,
  noResult,
  notId,
  notOneOf,
  pdfRefusals,
  refusals,
  sendEmailRefusals,
  sendLetterRefusals,
  sendSmsRefusals,
  unexpected,
  unstorable,
} from "../refusals.ts";

const templateId = "f33517ff-2a88-4f6e-b855-c550268ce08a";

export const IdempotencyHeader = v.object({
  "Idempotency-Key": v.optional(
    v.pipe(
      v.string(),
      v.regex(wellFormed),
      v.metadata({
        description:
          "Any text of your own, for 24 hours: a request with the same key and the same body is answered as the first one was, and sends nothing more. Only what was accepted is remembered.",
        examples: ["order-1234-confirmation"],
      }),
    ),
  ),
});

export const idempotencyRefusals = [
  ...refusals(
    400,
    "BadRequestError",
    "Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces",
  ),
  ...refusals(
    409,
    "ConflictError",
    "A request with this Idempotency-Key is still in progress, try again later",
  ),
  ...refusals(422, "UnprocessableEntityError", "This Idempotency-Key was used for a different request"),
];

const sent = (schema: string): Answer => ({
  status: 201,
  description: "The message is stored and will be sent.",
  schema,
  headers: {
    "Idempotency-Replayed": "`true` where this is the answer to an earlier request with the same key.",
  },
});

export const notificationOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v2/notifications/sms",
    id: "sendSms",
    tag: "Send",
    summary: "Send a text message",
    secured: true,
    headers: IdempotencyHeader,
    body: {
      schema: "SmsRequest",
      required: true,
      example: { phone_number: "+447900900123", template_id: templateId, personalisation: { name: "Amala" } },
    },
    answers: [sent("SentSms")],
    refusals: [...sendSmsRefusals, ...idempotencyRefusals],
  },
  {
    method: "post",
    path: "/v2/notifications/email",
    id: "sendEmail",
    tag: "Send",
    summary: "Send an email",
    description:
      "A placeholder's value can be a file: an object with its content as `file`. The recipient gets a link to it.",
    secured: true,
    headers: IdempotencyHeader,
    body: {
      schema: "EmailRequest",
      required: true,
      example: {
        email_address: "amala@example.com",
        template_id: templateId,
        personalisation: { name: "Amala" },
      },
    },
    answers: [sent("SentEmail")],
    refusals: [...sendEmailRefusals, ...idempotencyRefusals],
  },
  {
    method: "post",
    path: "/v2/notifications/letter",
    id: "sendLetter",
    tag: "Send",
    summary: "Send a letter",
    description: "From a template, or, as `content`, a PDF of your own: it is checked later.",
    secured: true,
    headers: IdempotencyHeader,
    body: {
      schema: "AnyLetterRequest",
      required: true,
      example: {
        template_id: templateId,
        personalisation: letterValues,
      },
    },
    answers: [sent("AnySentLetter")],
    refusals: [...sendLetterRefusals, ...idempotencyRefusals],
  },
  {
    method: "get",
    path: "/v2/notifications/{notification_id}",
    id: "getNotification",
    tag: "Read",
    summary: "Get one message and what became of it",
    secured: true,
    params: v.object({ notification_id: describedUuid("The notification's id.") }),
    answers: [{ status: 200, description: "The notification.", schema: "Notification" }],
    refusals: [...anyService, ...notId("notification_id"), ...noResult],
  },
  {
    method: "get",
    path: "/v2/notifications/{notification_id}/pdf",
    id: "getLetterPdf",
    tag: "Read",
    summary: "Get a letter as a PDF",
    description: "As it is printed, or, where it was refused, as it came.",
    secured: true,
    params: v.object({ notification_id: describedUuid("The notification's id.") }),
    headers: v.object({
      Range: v.optional(
        v.pipe(
          v.string(),
          v.metadata({ description: "The part that is wanted.", examples: ["bytes=0-1023"] }),
        ),
      ),
    }),
    answers: [
      { status: 200, description: "The PDF.", schema: null, type: "application/pdf" },
      {
        status: 206,
        description: "The part of it that was asked for.",
        schema: null,
        type: "application/pdf",
        headers: { "Content-Range": "Which part it is." },
      },
    ],
    refusals: [...anyService, ...notId("notification_id"), ...noResult, ...pdfRefusals],
  },
  {
    method: "get",
    path: "/v2/notifications",
    id: "listNotifications",
    tag: "Read",
    summary: "List messages",
    description: "Those sent with keys of the same type as yours, newest first, 250 a page.",
    secured: true,
    query: NotificationsQuery,
    answers: [{ status: 200, description: "One page.", schema: "Notifications" }],
    refusals: [
      ...anyService,
      ...notOneOf("{parameter}"),
      ...notId("older_than"),
      ...unstorable("reference"),
      ...unexpected,
    ],
  },
];
