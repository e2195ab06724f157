import { fileFaultMessage } from "../../shared/batch/fault-messages.ts";
import type { Channel } from "../../shared/notification/notification.ts";
import { emailFaultMessage } from "../../shared/recipient/email-address.ts";
import { phoneFaultMessages, phonePermissionErrors } from "../../shared/recipient/phone-messages.ts";
import { postalFaultMessages } from "../../shared/recipient/postal-faults.ts";
import { maxBodyBytes } from "../middleware/read-body.ts";
import { bulkFaults } from "../v2/batches/bulk-request.ts";
import { postageFault } from "../v2/notifications/letter-request.ts";
import { letterFaults, pdfFaults } from "../v2/notifications/letter-words.ts";
import {
  datetimeFaults,
  hasLoneSurrogate,
  hasNul,
  notHttpsUrl,
  notUuid,
  required,
} from "../v2/schema/words.ts";

/** One way in which a request can be refused. What differs from one to the next stands in braces. */
export interface Refusal {
  status: number;
  /** The kind of error; null where the body is a plain one, which names none. */
  error: string | null;
  message: string;
}

export function refusals(status: number, error: string | null, ...messages: string[]): Refusal[] {
  return messages.map((message) => ({ status, error, message }));
}

const validation = (...messages: string[]) => refusals(400, "ValidationError", ...messages);
const badRequest = (...messages: string[]) => refusals(400, "BadRequestError", ...messages);

const authentication = [
  ...refusals(
    401,
    "AuthError",
    "Unauthorized: authentication token must be provided",
    "Unauthorized: authentication bearer scheme must be used",
  ),
  ...refusals(
    403,
    "AuthError",
    "Invalid token: make sure your API token matches the example at https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header",
    "Invalid token: iss field not provided",
    "Invalid token: service id is not the right data type",
    "Invalid token: service not found",
    "Invalid token: service has no API keys",
    "Invalid token: service is archived",
    "Invalid token: algorithm used is not HS256",
    "Error: Your system clock must be accurate to within 30 seconds",
    "Invalid token: API key revoked",
    "Invalid token: API key not found",
  ),
];

/** What any endpoint may answer: it is nobody's fault who asked. */
export const ours = [
  ...refusals(500, "Exception", "Internal server error"),
  ...refusals(503, "ServiceUnavailable", "The service is temporarily unavailable, try again later"),
];

/** What any endpoint for services may answer. */
export const anyService = [
  ...authentication,
  ...ours,
  ...refusals(504, "SoftEventletTimeout", "Timeout serving request"),
];

export const unexpected = validation(
  "Additional properties are not allowed ({name} was unexpected)",
  "Additional properties are not allowed ({names} were unexpected)",
);

export const noResult = refusals(404, "NoResultFound", "No result found");

export const notId = (name: string) => validation(`${name} ${notUuid}`);

export const notOneOf = (name: string) => validation(`${name} {value} is not one of [{values}]`);

export const unstorable = (name: string) => validation(`${name} ${hasNul}`, `${name} ${hasLoneSurrogate}`);

/** What any endpoint that reads a body may answer. */
export const anyBody = [
  ...badRequest("Invalid JSON supplied in POST data"),
  ...validation("{body} is not of type object", "{field} {value} is not of type {type}"),
  ...refusals(413, "RequestEntityTooLarge", `The request body cannot be larger than ${maxBodyBytes} bytes`),
];

export const missingPersonalisation = badRequest("Missing personalisation: {names}");

const anySend = (channel: Channel, plural: string) => [
  ...anyService,
  ...anyBody,
  ...validation(`{field} ${required}`),
  ...unexpected,
  ...unstorable("reference"),
  ...badRequest(`Service is not allowed to send ${plural}`),
  ...refusals(
    429,
    "RateLimitError",
    "Exceeded rate limit for key type {type} of {limit} requests per 60 seconds",
  ),
  ...refusals(429, "TooManyRequestsError", `Exceeded send limits (${channel}: {limit}) for today`),
];

/** With a template. */
const anyTemplated = (channel: Channel) => [
  ...notId("{field}"),
  ...validation("reference {value} is too long"),
  ...badRequest(
    "Template not found",
    `{type} template is not suitable for ${channel} notification`,
    "Template has been deleted",
  ),
  ...missingPersonalisation,
  ...badRequest("Your message is empty."),
];

/** To whom a service chooses, now. */
const anyMessage = (channel: Channel, plural: string) => [
  ...anySend(channel, plural),
  ...anyTemplated(channel),
  ...validation(...Object.values(datetimeFaults).map((fault) => `scheduled_for ${fault}`)),
  ...badRequest(
    "Can’t send to this recipient using a team-only API key",
    "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
  ),
];

export const sendSmsRefusals = [
  ...anyMessage("sms", "text messages"),
  ...refusals(429, "TooManyRequestsError", "Exceeded send limits (international_sms: {limit}) for today"),
  ...validation(...Object.values(phoneFaultMessages).map((fault) => `phone_number ${fault}`)),
  ...badRequest(
    "Can only send a file by email",
    "sms_sender_id {id} does not exist in database for service id {service id}",
    "Your message is too long. Text messages cannot be longer than 918 characters. Your message is {n} characters long.",
  ),
  ...Object.values(phonePermissionErrors).flatMap(({ error, message }) => refusals(400, error, message)),
];

export const sendEmailRefusals = [
  ...anyMessage("email", "emails"),
  ...validation(
    `email_address ${emailFaultMessage}`,
    `one_click_unsubscribe_url ${notHttpsUrl}`,
    "is_csv Unsupported value for is_csv: {value}. Use a boolean true or false value.",
    "confirm_email_before_download Unsupported value for confirm_email_before_download: {value}. Use a boolean true or false value.",
    "retention_period Unsupported value for retention_period: {value}. Supported periods are from 1 to 78 weeks.",
    "filename `filename` must end with a file extension. For example, filename.csv",
    "Do not set a value for `is_csv` if `filename` is set.",
  ),
  ...unstorable("filename"),
  ...badRequest(
    "email_reply_to_id {id} does not exist in database for service id {service id}",
    "Send files by email has not been set up - add contact details for your service at {link}",
    "Cannot send more than {n} files in one email",
    "Unsupported file type '{type}'. Supported types are: '.csv', '.doc', '.docx', '.jpeg', '.jpg', '.json', '.odt', '.pdf', '.png', '.rtf', '.txt', '.xlsx'",
    "`filename` cannot be longer than 100 characters",
    "Document is not base64 encoded",
    "Document must not be empty",
    "Uploaded file exceeds file size limit",
    "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is {n} bytes.",
  ),
];

export const sendLetterRefusals = [
  ...anySend("letter", "letters"),
  ...anyTemplated("letter"),
  ...unstorable("personalisation"),
  ...badRequest("Can only send a file by email"),
  ...refusals(403, "BadRequestError", letterFaults.teamKey, letterFaults.trialMode),
  ...validation(
    ...new Set(Object.values(postalFaultMessages)),
    letterFaults.qrCode,
    `postage ${postageFault}`,
  ),
  ...badRequest(letterFaults.base64, letterFaults.tooLarge("{n}")),
  ...refusals(503, "ServiceUnavailable", letterFaults.noScanner),
];

export const bulkRefusals = [
  ...anyService,
  ...anyBody,
  ...validation(`{field} ${required}`),
  ...notId("{field}"),
  ...unexpected,
  ...unstorable("{field}"),
  ...validation(
    "{field} {value} is too long",
    `name ${bulkFaults.noName}`,
    `scheduled_for ${datetimeFaults.format}`,
    `scheduled_for ${datetimeFaults.past}`,
    `scheduled_for ${bulkFaults.future}`,
    bulkFaults.either,
    bulkFaults.none,
    bulkFaults.tooMany,
    "The file has no column for: {names}",
    "The file has more than one column for the recipient: {names}",
    fileFaultMessage({ kind: "no-address-columns" }),
    "Row {n}: {message}",
  ),
  ...badRequest(
    "There is a problem with 1 row",
    "There is a problem with {n} rows",
    "{unreadable}",
    "Template not found",
    "Template has been deleted",
    "Service is not allowed to send {messages}",
    "{field} {id} does not exist in database for service id {service id}",
  ),
  ...refusals(403, "BadRequestError", letterFaults.teamKey, letterFaults.trialMode),
  ...refusals(
    429,
    "RateLimitError",
    "Exceeded rate limit for key type {type} of {limit} requests per 60 seconds",
  ),
  ...refusals(429, "TooManyRequestsError", "Exceeded send limits ({channel}: {limit}) for today"),
];

export const pdfRefusals = [
  ...badRequest(pdfFaults.noLetter, pdfFaults.virus, pdfFaults.failed),
  ...refusals(400, "PDFNotReadyError", pdfFaults.notReady),
  ...refusals(416, "RangeNotSatisfiable", pdfFaults.noPart("{n}")),
];
