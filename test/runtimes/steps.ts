import { assetPath } from "../../api/console/assets.ts";
import { townSquare } from "../support/broadcasts.ts";
import { capXml, polygonText } from "../support/cap.ts";
import type { Place } from "./place.ts";

/** One request of the suite, and what must come back on every runtime. */
export interface Step {
  name: string;
  method?: string;
  path: string | ((place: Place, kept: Kept) => string);
  key?: "normal" | "team" | "test" | null;
  headers?: Record<string, string>;
  body?: (place: Place) => unknown;
  status: number;
  /** What the body is, or how it begins; ids and addresses replaced as in `transcript.ts`. */
  says?: string;
  begins?: string;
  /** What later steps need of the answer. */
  keep?: (body: string, kept: Kept) => void;
}

/** What steps leave for those after them. */
export type Kept = Map<"notification" | "file" | "unsubscribe", string>;

const personalisation = { name: "Ada ŵ £ 👋", day: "Monday" };
const sms = (place: Place, more: object = {}) => ({
  phone_number: "07700900123",
  template_id: place.world.service.templates.sms,
  personalisation,
  ...more,
});
const email = (place: Place, address: string, more: object = {}) => ({
  email_address: address,
  template_id: place.world.service.templates.email,
  personalisation: { name: "Ada", day: "Monday" },
  ...more,
});

const letter = (place: Place, more: object = {}) => ({
  template_id: place.world.service.templates.letter,
  personalisation: {
    ...personalisation,
    address_line_1: "Ada ŵ",
    address_line_2: "1 Mill Lane",
    address_line_3: "Ffrainc",
    ...more,
  },
});

const error = (status: number, kind: string, message: string) =>
  `{"errors":[{"error":"${kind}","message":"${message}"}],"status_code":${status}}\n`;
const unknownUrl =
  '{"message":"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.","result":"error"}\n';
const noMethod = '{"message":"The method is not allowed for the requested URL.","result":"error"}\n';
const unknownId = "99999999-9999-4999-8999-999999999999";

const sending: Step[] = [
  {
    name: "a text is accepted",
    path: "/v2/notifications/sms",
    body: (place) => sms(place, { reference: "one" }),
    status: 201,
    says: String.raw`{"content":{"body":"Hello Ada \u0175 \u00a3 ?, come on Monday","from_number":"TownHall"},"id":"<id 1>","reference":"one","scheduled_for":null,"template":{"id":"<sms>","uri":"<root>services/<service>/templates/<sms>","version":1},"uri":"<root>v2/notifications/<id 1>"}
`,
    keep: (body, kept) =>
      kept.set("notification", /v2\/notifications\/([0-9a-f-]{36})/.exec(body)?.[1] ?? ""),
  },
  {
    name: "it can be read",
    path: (_, kept) => `/v2/notifications/${kept.get("notification")}`,
    status: 200,
    begins: '{"body":"Hello Ada ',
  },
  {
    name: "a team key does not send to strangers",
    path: "/v2/notifications/sms",
    key: "team",
    body: (place) => sms(place),
    status: 400,
    begins:
      '{"errors":[{"error":"BadRequestError","message":"Can\\u2019t send to this recipient using a team-only API key',
  },
  {
    name: "a limit that is reached",
    path: "/v2/notifications/sms",
    body: (place) => sms(place, { phone_number: "+33612345678" }),
    status: 429,
  },
  { name: "an empty body", path: "/v2/notifications/sms", body: () => "", status: 400 },
  {
    name: "no JSON",
    path: "/v2/notifications/sms",
    body: () => "{",
    status: 400,
    says: error(400, "BadRequestError", "Invalid JSON supplied in POST data"),
  },
  {
    name: "many faults",
    path: "/v2/notifications/sms",
    body: () => ({ phone_number: 1, template_id: "ü\u0000", personalisation: [], odd: 1 }),
    status: 400,
  },
  {
    name: "deep JSON",
    path: "/v2/notifications/sms",
    body: () => `{"personalisation":${"[".repeat(100_000)}`,
    status: 400,
  },
  { name: "an unknown kind", path: "/v2/notifications/pigeon", body: () => ({}), status: 404 },
  {
    name: "a key that was not used before",
    path: "/v2/notifications/sms",
    headers: { "Idempotency-Key": "once" },
    body: (place) => sms(place),
    status: 201,
  },
  {
    name: "a key again",
    path: "/v2/notifications/sms",
    headers: { "Idempotency-Key": "once" },
    body: (place) => sms(place),
    status: 201,
  },
  {
    name: "a key again for another body",
    path: "/v2/notifications/sms",
    headers: { "Idempotency-Key": "once" },
    body: (place) => sms(place, { reference: "another" }),
    status: 422,
  },
  {
    name: "an email with a file",
    path: "/v2/notifications/email",
    body: (place) =>
      email(place, "ada@example.com", {
        personalisation: {
          name: { file: btoa("a,b\n1,2\n"), filename: "table.csv", confirm_email_before_download: false },
          day: "Monday",
        },
      }),
    status: 201,
    keep: (body, kept) => kept.set("file", /\/d\/[\w-]+\/[\w-]+\?key=[\w-]+/.exec(body)?.[0] ?? ""),
  },
  {
    name: "the file's page",
    key: null,
    path: (_, kept) => kept.get("file") ?? "",
    status: 200,
    begins: "<!DOCTYPE html>",
  },
  {
    name: "the file",
    key: null,
    path: (_, kept) => (kept.get("file") ?? "").replace("?", "/download?"),
    status: 200,
    says: "a,b\n1,2\n",
  },
  {
    name: "the file's head",
    key: null,
    method: "HEAD",
    path: (_, kept) => (kept.get("file") ?? "").replace("?", "/download?"),
    status: 200,
    says: "",
  },
  {
    name: "a file that is not there",
    key: null,
    path: "/d/a/b?key=c",
    status: 404,
    begins: "<!DOCTYPE html>",
  },
];

const letters: Step[] = [
  {
    name: "a letter is accepted",
    path: "/v2/notifications/letter",
    body: (place) => letter(place),
    status: 201,
    says: String.raw`{"content":{"body":"Dear Ada \u0175 \u00a3 \ud83d\udc4b\n\nCome on Monday.","subject":"Your visit on Monday"},"id":"<id 1>","reference":null,"scheduled_for":null,"template":{"id":"<letter>","uri":"<root>services/<service>/templates/<letter>","version":1},"uri":"<root>v2/notifications/<id 1>"}
`,
    keep: (body, kept) =>
      kept.set("notification", /v2\/notifications\/([0-9a-f-]{36})/.exec(body)?.[1] ?? ""),
  },
  {
    name: "the letter can be read",
    path: (_, kept) => `/v2/notifications/${kept.get("notification")}`,
    status: 200,
    begins: '{"body":"Dear Ada ',
  },
  {
    name: "it has no PDF yet",
    path: (_, kept) => `/v2/notifications/${kept.get("notification")}/pdf`,
    status: 400,
    says: error(400, "PDFNotReadyError", "PDF not available yet, try again later"),
  },
  {
    name: "a letter to nowhere",
    path: "/v2/notifications/letter",
    body: (place) => letter(place, { address_line_3: "Nowhere" }),
    status: 400,
    says: error(400, "ValidationError", "Last line of address must be a real UK postcode or another country"),
  },
  {
    name: "a letter that its service made",
    path: "/v2/notifications/letter",
    body: () => ({ reference: "ŵ", content: btoa("%PDF-1.7\n".repeat(20_000)), postage: "first" }),
    status: 201,
    says: '{"id":"<id 1>","postage":"first","reference":"\\u0175"}\n',
  },
  {
    name: "a letter that is too large",
    path: "/v2/notifications/letter",
    body: () => ({ reference: "r", content: "AAAA".repeat(700_000) }),
    status: 400,
  },
  {
    name: "a letter's PDF",
    path: ({ printed }) => `/v2/notifications/${printed}/pdf`,
    status: 200,
    says: "%PDF-1.7 printed",
  },
  {
    name: "a part of it",
    headers: { Range: "bytes=9-" },
    path: ({ printed }) => `/v2/notifications/${printed}/pdf`,
    status: 206,
    says: "printed",
  },
  {
    name: "its head",
    method: "HEAD",
    path: ({ printed }) => `/v2/notifications/${printed}/pdf`,
    status: 200,
    says: "",
  },
];

/** Names whose reading differs between libraries: each runtime brings its own. */
const hosts: [host: string, status: number][] = [
  ["münchen.example", 201],
  ["straße.example", 201],
  ["βόλος.example", 201],
  ["例え。テスト", 201],
  ["ａｂｃ.example", 201],
  ["क्‍ष.example", 201],
  ["😀.example", 201],
  ["ü.xn--a.example", 201],
  ["ü.example.１", 400],
  ["１.２.３.４", 400],
  ["ü％41.example", 400],
  ["℀.example", 400],
  ["xn--ü.example", 400],
  ["אa.example", 400],
  ["ü_b.example", 400],
  [`${"ü".repeat(57)}.example`, 201],
  [`${"ü".repeat(58)}.example`, 400],
];

const addresses = hosts.map(
  ([host, status]): Step => ({
    name: `an email to a@${host.replace(/(.)\1{9,}/, `${[...host].length} × $1`)}`,
    path: "/v2/notifications/email",
    body: (place) => email(place, `a@${host}`),
    status,
  }),
);

const cap = { "Content-Type": "application/cap+xml" };
/** More polygons than go out as they are. */
const manyPolygons = Array.from({ length: 13 }, (_, n) =>
  polygonText(townSquare.map(([lat, long]) => [lat + n * 0.01, long] as const)),
);

const broadcasts: Step[] = [
  {
    name: "an emergency alert",
    path: "/v2/broadcast",
    headers: cap,
    body: () => capXml({ identifier: "one", description: "Leave – now ŵ 👋" }),
    status: 201,
    begins: '{"approved_at":null,',
  },
  {
    name: "its identifier again",
    path: "/v2/broadcast",
    headers: cap,
    body: () => capXml({ identifier: "one" }),
    status: 400,
    says: error(400, "BadRequestError", "An alert with this identifier already exists"),
  },
  {
    name: "an alert whose areas are simplified",
    path: "/v2/broadcast",
    headers: cap,
    body: () => capXml({ identifier: "two", areas: [{ name: "Here", polygons: manyPolygons }] }),
    status: 201,
  },
  {
    name: "a document type",
    path: "/v2/broadcast",
    headers: cap,
    body: () => capXml().replace("<alert", "<!DOCTYPE alert><alert"),
    status: 400,
    says: error(400, "BadRequestError", "Request data is not valid CAP XML"),
  },
  {
    name: "an alert called off",
    path: "/v2/broadcast",
    headers: cap,
    body: () => capXml({ msgType: "Cancel", references: "a,one,2026-11-20T23:01:13-00:00", info: null }),
    status: 201,
  },
];

const reading: Step[] = [
  { name: "no token", key: null, path: "/v2/notifications", status: 401 },
  {
    name: "no bearer",
    key: null,
    headers: { Authorization: "Basic eDp5" },
    path: "/v2/notifications",
    status: 401,
    says: error(401, "AuthError", "Unauthorized: authentication bearer scheme must be used"),
  },
  {
    name: "no JWT",
    key: null,
    headers: { Authorization: "Bearer a.b.c" },
    path: "/v2/notifications",
    status: 403,
  },
  {
    name: "a page",
    key: "team",
    path: "/v2/notifications",
    status: 200,
    begins: '{"links":{"current":"<root>',
  },
  {
    name: "a page of few",
    path: "/v2/notifications?reference=one&status=created&status=sending&template_type=sms",
    status: 200,
  },
  { name: "a page behind none", path: `/v2/notifications?older_than=${unknownId}`, status: 200 },
  { name: "a page of odd things", path: "/v2/notifications?status=a%C3%BC&template_type=b&x=y", status: 400 },
  { name: "no such notification", path: `/v2/notifications/${unknownId}`, status: 404 },
  { name: "no id", path: "/v2/notifications/%E2%82%AC", status: 400 },
  { name: "a template", path: ({ world }) => `/v2/template/${world.service.templates.email}`, status: 200 },
  {
    name: "a version of it",
    path: ({ world }) => `/v2/template/${world.service.templates.sms}/version/1`,
    status: 200,
  },
  {
    name: "no such version",
    path: ({ world }) => `/v2/template/${world.service.templates.sms}/version/99`,
    status: 404,
  },
  { name: "templates", path: "/v2/templates?type=sms", status: 200, begins: '{"templates":[{' },
  { name: "templates of an odd type", path: "/v2/templates?type=pigeon", status: 400 },
  {
    name: "a preview",
    path: ({ world }) => `/v2/template/${world.service.templates.email}/preview`,
    body: () => ({ personalisation }),
    status: 200,
  },
  {
    name: "a preview that lacks something",
    path: ({ world }) => `/v2/template/${world.service.templates.email}/preview`,
    body: () => ({ personalisation: { name: "Ada" } }),
    status: 400,
    says: error(400, "BadRequestError", "Missing personalisation: day"),
  },
  {
    name: "received texts",
    path: "/v2/received-text-messages",
    status: 200,
    says: String.raw`{"links":{"current":"<root>v2/received-text-messages","next":"<root>v2/received-text-messages?older_than=<id 1>"},"received_text_messages":[{"content":"\u0175y \ud83d\udc4b","created_at":"2026-07-01T12:01:00.000000Z","id":"<id 2>","notify_number":"07700900999","service_id":"<service>","user_number":"447700900123"},{"content":"Hello \u00a35","created_at":"2026-07-01T12:00:00.000000Z","id":"<id 1>","notify_number":"07700900999","service_id":"<service>","user_number":"447700900123"}]}
`,
  },
  { name: "received texts, asked oddly", path: "/v2/received-text-messages?x=y", status: 400 },
];

const other: Step[] = [
  { name: "the root", key: null, path: "/", status: 200 },
  { name: "the status", key: null, path: "/_status", status: 200 },
  { name: "the status, posted", key: null, method: "POST", path: "/_status", status: 200 },
  { name: "alive", key: null, path: "/_status?simple=1", status: 200, says: '{"status":"ok"}\n' },
  { name: "counts", key: null, path: "/_status/live-service-and-organisation-counts", status: 200 },
  { name: "ready", key: null, path: "/_ready", status: 200, says: '{"status":"ok"}\n' },
  { name: "the OpenAPI document", key: null, path: "/openapi.json", status: 200 },
  { name: "the guide", key: null, path: "/docs", status: 200, begins: "<!DOCTYPE html>" },
  { name: "no such page", key: null, path: "/nowhere", status: 404, says: unknownUrl },
  { name: "a path with odd bytes", key: null, path: "/%ff%00/%2e%2e/ü", status: 404, says: unknownUrl },
  { name: "another method", method: "DELETE", path: "/v2/notifications/sms", status: 405, says: noMethod },
  { name: "a head", method: "HEAD", path: "/v2/notifications?reference=one", status: 200, says: "" },
  { name: "the head of nothing", key: null, method: "HEAD", path: "/nowhere", status: 404, says: "" },
  { name: "options", method: "OPTIONS", path: "/v2/notifications/sms", status: 200, says: "" },
  { name: "options of strangers", key: null, method: "OPTIONS", path: "/v2/notifications", status: 401 },
  {
    name: "trace ids that were sent",
    key: null,
    path: "/_status?simple=1",
    headers: { "X-B3-TraceId": "0123456789abcdef", "X-B3-SpanId": "fedcba9876543210" },
    status: 200,
  },
  {
    name: "a link to unsubscribe that nobody made",
    key: null,
    path: `/unsubscribe/${unknownId}/token`,
    status: 404,
    begins: "<!DOCTYPE html>",
  },
  {
    name: "the same from a mail program",
    key: null,
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    path: `/unsubscribe/${unknownId}/token`,
    body: () => "List-Unsubscribe=One-Click",
    status: 404,
    says: '{"message":{"unsubscribe request":"This is not a valid unsubscribe link."},"result":"error"}\n',
  },
];

const unsubscribing: Step[] = [
  {
    name: "an email with a link to unsubscribe",
    path: "/v2/notifications/email",
    body: ({ unsubscribeTemplate }) => ({ email_address: "a@example.com", template_id: unsubscribeTemplate }),
    status: 201,
    keep: (body, kept) =>
      kept.set("notification", /v2\/notifications\/([0-9a-f-]{36})/.exec(body)?.[1] ?? ""),
  },
  {
    name: "that email, read",
    path: (_, kept) => `/v2/notifications/${kept.get("notification")}`,
    status: 200,
    keep: (body, kept) => kept.set("unsubscribe", /\/unsubscribe\/[0-9a-f-]+\/[\w.-]+/.exec(body)?.[0] ?? ""),
  },
  { name: "its link's page", key: null, path: (_, kept) => kept.get("unsubscribe") ?? "", status: 200 },
  {
    name: "its link, used by a mail program",
    key: null,
    method: "POST",
    path: (_, kept) => kept.get("unsubscribe") ?? "",
    status: 200,
    says: '{"message":"Unsubscribe successful","result":"success"}\n',
  },
  {
    name: "its link, used by a person",
    key: null,
    method: "POST",
    headers: { Accept: "text/html", "Content-Type": "application/x-www-form-urlencoded" },
    path: (_, kept) => kept.get("unsubscribe") ?? "",
    status: 200,
    begins: "<!DOCTYPE html>",
  },
];

const receipts: Step[] = [
  {
    name: "MMG's receipt",
    key: null,
    path: "/notifications/sms/mmg",
    body: () => ({ status: "3", CID: unknownId, reference: "r", MSISDN: "447700900123", substatus: "5" }),
    status: 200,
    says: '{"result":"success"}',
  },
  { name: "MMG's receipt, empty", key: null, path: "/notifications/sms/mmg", body: () => ({}), status: 400 },
  {
    name: "Firetext's receipt",
    key: null,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    path: "/notifications/sms/firetext",
    body: () => `status=0&reference=${unknownId}&mobile=447700900123&time=2026-08-01+10%3A00%3A00`,
    status: 200,
    says: '{"result":"success"}',
  },
  {
    name: "SES's receipt, unsigned",
    key: null,
    path: "/notifications/email/ses",
    body: () => ({}),
    status: 400,
  },
  {
    name: "a receipt that is too large",
    key: null,
    path: "/notifications/sms/mmg",
    body: () => "x".repeat(256 * 1024 + 1),
    status: 413,
  },
];

const form = { "Content-Type": "application/x-www-form-urlencoded" };

const consoles: Step[] = [
  {
    name: "the console, for nobody who signed in",
    key: null,
    path: "/console/services?page=2",
    status: 303,
    says: "",
  },
  {
    name: "the console's page to sign in",
    key: null,
    path: "/console/sign-in?next=%2Fconsole",
    status: 200,
    begins: "<!DOCTYPE html>",
  },
  { name: "a script of the console", key: null, path: assetPath("live.js"), status: 200, begins: "/**" },
  { name: "the console's charts", key: null, path: assetPath("uplot.js"), status: 200, begins: "/*! https" },
  { name: "no script of the console", key: null, path: "/console/assets/x.js", status: 404 },
  {
    name: "a wrong password",
    key: null,
    headers: form,
    path: "/console/sign-in",
    body: ({ operator }) => `${new URLSearchParams({ ...operator, password: "wombat teacup w 93" })}`,
    status: 403,
    begins: "<!DOCTYPE html>",
  },
  {
    name: "a form of another site",
    key: null,
    headers: { ...form, Origin: "https://elsewhere.example" },
    path: "/console/sign-in",
    body: ({ operator }) => `${new URLSearchParams(operator)}`,
    status: 403,
  },
];

/** In this order: later ones read what earlier ones stored. */
export const steps: readonly Step[] = [
  ...sending,
  ...letters,
  ...broadcasts,
  ...addresses,
  ...reading,
  ...other,
  ...unsubscribing,
  ...receipts,
  ...consoles,
];
