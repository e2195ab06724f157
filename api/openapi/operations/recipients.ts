import * as v from "valibot";
import { describedUuid } from "../../v2/schema/fields.ts";
import type { Answer, Operation } from "../operation.ts";
import { ours, refusals } from "../refusals.ts";

/* What the people who get our messages open: links in emails. */

const text = (description: string) => v.pipe(v.string(), v.metadata({ description }));
const html = "text/html";

const unsubscribeParams = v.object({
  notification_id: describedUuid("The email's id."),
  token: text("What proves that the link is ours."),
});

const unsubscribeRefusals = [
  ...refusals(
    404,
    null,
    "This is not a valid unsubscribe link.",
    "This unsubscribe link is invalid or expired.",
  ),
  ...ours,
];

const fileParams = v.object({
  service: text("The service's id, as 22 characters of base64url."),
  document: text("The file's id, likewise."),
});
const fileKey = v.object({ key: v.optional(text("What the file is encrypted with.")) });

const page = (status: number, description: string): Answer => ({
  status,
  description,
  schema: null,
  type: html,
});

const noFile = [
  page(404, "There is no such file, or no longer, or the key is wrong."),
  page(500, "Our fault."),
  page(503, "Try again later."),
];

export const recipientOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/unsubscribe/{notification_id}/{token}",
    id: "showUnsubscribe",
    tag: "Recipients",
    summary: "Ask whether to unsubscribe",
    secured: false,
    params: unsubscribeParams,
    answers: [
      page(200, "A page with one button. Opening it unsubscribes nobody."),
      { status: 404, description: "No link of ours, or too old a one.", schema: "PlainError", type: html },
    ],
    refusals: ours,
  },
  {
    method: "post",
    path: "/unsubscribe/{notification_id}/{token}",
    id: "unsubscribe",
    tag: "Recipients",
    summary: "Unsubscribe",
    description: "What mail programs do with one click (RFC 8058). Browsers get a page instead.",
    secured: false,
    params: unsubscribeParams,
    answers: [
      { status: 200, description: "Noted, now or before.", schema: "Unsubscribed", type: html },
      { status: 404, description: "No link at all.", schema: "PlainError", type: html },
    ],
    refusals: unsubscribeRefusals,
  },
  {
    method: "get",
    path: "/d/{service}/{document}",
    id: "showFile",
    tag: "Recipients",
    summary: "Show what a link in an email leads to",
    secured: false,
    params: fileParams,
    query: fileKey,
    answers: [
      page(200, "A page that says what the file is, and asks for the email address if need be."),
      ...noFile,
    ],
    refusals: [],
  },
  {
    method: "post",
    path: "/d/{service}/{document}",
    id: "confirmFile",
    tag: "Recipients",
    summary: "Confirm the email address",
    secured: false,
    params: fileParams,
    query: fileKey,
    body: { schema: null, type: "application/x-www-form-urlencoded", required: true },
    answers: [
      { status: 303, description: "It is the address: on to the download.", schema: null },
      page(400, "It is not the address the email went to."),
      page(413, "No form is that large."),
      page(429, "Too many wrong addresses: try again in an hour."),
      ...noFile,
    ],
    refusals: [],
  },
  {
    method: "get",
    path: "/d/{service}/{document}/download",
    id: "downloadFile",
    tag: "Recipients",
    summary: "Download the file",
    secured: false,
    params: fileParams,
    query: fileKey,
    answers: [
      { status: 200, description: "The file, always as an attachment.", schema: null, type: "*/*" },
      { status: 303, description: "The email address is to be confirmed first.", schema: null },
      ...noFile,
    ],
    refusals: [],
  },
];
