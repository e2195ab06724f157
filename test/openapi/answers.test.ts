import { afterAll, describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { describeApi } from "../../api/openapi/document.ts";
import { Busy } from "../../shared/group.ts";
import { bearer, openApiWorld, smsTemplateId, type World } from "../api/deps.ts";
import { type Answered, createAnswerCheck, read } from "./check-answer.ts";
import { type AskInit, type FurnishedWorld, furnishWorld } from "./furnished-world.ts";
import { operationsOf } from "./known-paths.ts";

const document = describeApi();
const check = createAnswerCheck(document);
const operations = operationsOf(document);
const furnished = await furnishWorld();
afterAll(() => furnished[Symbol.asyncDispose]());

type Call = [status: number, what: string, path: string | ((f: FurnishedWorld) => string), init?: AskInit];

const unknownId = "99999999-9999-4999-8999-999999999999";
const { service } = furnished.world;
const templates = { ...service.templates, letter: furnished.letterTemplateId };
const personalisation = { name: "A", day: "Monday" };
const json = (value: unknown): AskInit => ({ body: JSON.stringify(value) });
const sms = (over: object = {}) =>
  json({ phone_number: "07900900123", template_id: templates.sms, personalisation, ...over });
const email = (over: object = {}) =>
  json({ email_address: "a@example.com", template_id: templates.email, personalisation, ...over });
const address = {
  address_line_1: "A",
  address_line_2: "1 Mill Lane",
  address_line_3: "Leeds",
  postcode: "LS1 4AP",
};
const letter = (over: object = {}) =>
  json({ template_id: templates.letter, personalisation: { ...personalisation, ...address }, ...over });
const pdf = (over: object = {}) => json({ reference: "r", content: btoa("%PDF"), ...over });
const row = { "phone number": "07900900123", name: "A", day: "B" };
const bulk = (over: object = {}) => json({ template_id: templates.sms, rows: [row], ...over });
const withFile = (file: object) => email({ personalisation: { name: "A", day: file } });
const keyed = (key: string, init: AskInit): AskInit => ({ ...init, headers: { "Idempotency-Key": key } });
const form = (text: string): AskInit => ({
  body: text,
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  key: null,
});

/** For each operation, requests that end in each way we can bring about. */
const calls: Readonly<Record<string, readonly Call[]>> = {
  sendSms: [
    [201, "a text", "", sms({ reference: "r" })],
    [
      201,
      "a text abroad by a test key",
      "",
      { ...sms({ phone_number: "+33612345678" }), key: service.keys.test },
    ],
    [201, "a text to nobody", "", sms({ phone_number: "07700900000" })],
    [201, "with a key", "", keyed("one", sms())],
    [201, "again with that key", "", keyed("one", sms())],
    [422, "another body with that key", "", keyed("one", sms({ reference: "other" }))],
    [400, "a key with spaces", "", keyed("a b", sms())],
    [400, "no JSON", "", { body: "{" }],
    [400, "a list", "", json([1])],
    [
      400,
      "all wrong",
      "",
      json({ reference: 1, phone_number: "1", template_id: 2, scheduled_for: "x", b: 1, a: 2 }),
    ],
    [400, "nothing", "", json({})],
    [400, "text that cannot be stored", "", sms({ reference: "a\0b" })],
    [400, "half a pair", "", { body: JSON.stringify({ reference: "\ud800" }) }],
    [400, "an unknown template", "", sms({ template_id: unknownId })],
    [400, "an email's template", "", sms({ template_id: templates.email })],
    [400, "too few values", "", sms({ personalisation: {} })],
    [400, "too long", "", sms({ personalisation: { name: "a".repeat(1000), day: "" } })],
    [400, "a file", "", sms({ personalisation: { name: { file: "" }, day: "" } })],
    [400, "an unknown sender", "", sms({ sms_sender_id: unknownId })],
    [400, "a landline", "", sms({ phone_number: "02079460000" })],
    [400, "a stranger by a team key", "", { ...sms(), key: service.keys.team }],
    [401, "no token", "", { ...sms(), key: null }],
    [403, "an unknown service's token", "", { ...sms(), key: `a-${unknownId}-${unknownId}` }],
    [403, "a wrong key", "", { ...sms(), key: `a-${service.id}-${unknownId}` }],
    [413, "too much", "", { body: "x", headers: { "Content-Length": "9000000" } }],
  ],
  sendEmail: [
    [201, "with a key", "", keyed("two", email())],
    [422, "another body with that key", "", keyed("two", email({ reference: "other" }))],
    [413, "too much", "", { body: "x", headers: { "Content-Length": "9000000" } }],
    [201, "an email", "", email({ one_click_unsubscribe_url: "https://example.com/u" })],
    [
      201,
      "sanitised",
      "",
      email({ personalisation: { name: "*a.uk/b*", day: "" }, sanitise_content_for: ["name"] }),
    ],
    [201, "a file", "", withFile({ file: btoa("Some text"), filename: "a.txt" })],
    [
      400,
      "all wrong",
      "",
      email({ email_address: "a", one_click_unsubscribe_url: "a", sanitise_content_for: 1 }),
    ],
    [400, "a wrong file", "", withFile({ file: 1, is_csv: 1, filename: "a", retention_period: "", x: 1 })],
    [400, "a file that is no base64", "", withFile({ file: "é" })],
    [400, "an empty file", "", withFile({ file: "" })],
    [400, "a file of no known type", "", withFile({ file: btoa("MZ\0\0"), filename: "a.exe" })],
    [400, "a file with a long name", "", withFile({ file: btoa("a"), filename: `${"a".repeat(100)}.txt` })],
    [400, "a file that is too large", "", withFile({ file: "AAAA".repeat(800_000), filename: "a.txt" })],
    [400, "a text's template", "", email({ template_id: templates.sms })],
    [400, "an unknown reply-to address", "", email({ email_reply_to_id: unknownId })],
    [400, "too long", "", email({ personalisation: { name: "a".repeat(2_000_001), day: "" } })],
    [401, "no token", "", { ...email(), key: null }],
    [403, "a wrong key", "", { ...email(), key: `a-${service.id}-${unknownId}` }],
  ],
  sendLetter: [
    [201, "a letter", "", letter({ reference: "r" })],
    [201, "a letter of a test key", "", { ...letter(), key: service.keys.test }],
    [201, "a PDF", "", pdf({ postage: "first" })],
    [201, "with a key", "", keyed("three", pdf())],
    [201, "again with that key", "", keyed("three", pdf())],
    [422, "another body with that key", "", keyed("three", pdf({ reference: "other" }))],
    [400, "no JSON", "", { body: "{" }],
    [400, "a list", "", json([1])],
    [400, "a number", "", json(5)],
    [
      400,
      "all wrong",
      "",
      json({ reference: 1, template_id: 2, personalisation: [], b: 1, scheduled_for: null }),
    ],
    [400, "a wrong PDF", "", json({ reference: 1, content: 2, postage: "europe", b: 1 })],
    [400, "nothing", "", json({})],
    [400, "a text's template", "", letter({ template_id: templates.sms })],
    [400, "too few values", "", letter({ personalisation: {} })],
    [
      400,
      "a long QR code",
      "",
      letter({ personalisation: { ...address, name: `A\n\nqr: ${"a".repeat(505)}` } }),
    ],
    [400, "no address", "", letter({ personalisation })],
    [400, "no base64", "", pdf({ content: "a" })],
    [400, "too large a PDF", "", pdf({ content: "AAAA".repeat(800_000) })],
    [403, "a team key", "", { ...letter(), key: service.keys.team }],
    [413, "too much", "", { body: "x", headers: { "Content-Length": "9000000" } }],
    [401, "no token", "", { ...letter(), key: null }],
  ],
  sendBulk: [
    [201, "objects", "", bulk({ name: "n" })],
    [
      201,
      "lists",
      "",
      bulk({
        rows: [
          ["phone number", "name", "day"],
          ["07900900123", "A", "B"],
        ],
      }),
    ],
    [201, "later", "", bulk({ scheduled_for: new Date(Date.now() + 60_000).toISOString() })],
    [201, "with a key", "", keyed("four", bulk())],
    [422, "another body with that key", "", keyed("four", bulk({ reference: "other" }))],
    [400, "no JSON", "", { body: "{" }],
    [400, "a list", "", json([1])],
    [
      400,
      "all wrong",
      "",
      json({ reference: 1, template_id: 2, name: "", rows: 1, csv: 1, scheduled_for: "x", b: 1 }),
    ],
    [400, "nothing", "", json({})],
    [400, "no rows", "", bulk({ rows: undefined })],
    [400, "too few columns", "", bulk({ rows: [{ name: "A" }] })],
    [400, "wrong rows", "", bulk({ rows: [row, { ...row, "phone number": "1" }, { ...row, name: null }] })],
    [400, "an unknown template", "", bulk({ template_id: unknownId })],
    [400, "an unknown sender", "", bulk({ sms_sender_id: unknownId })],
    [
      403,
      "letters of a team key",
      "",
      { ...bulk({ template_id: templates.letter }), key: service.keys.team },
    ],
    [413, "too much", "", { body: "x", headers: { "Content-Length": "9000000" } }],
    [401, "no token", "", { ...bulk(), key: null }],
  ],
  getBulk: [
    [200, "a batch", (f) => `/v2/notifications/bulk/${f.batchId}`],
    [400, "no id", "/v2/notifications/bulk/1"],
    [404, "an unknown one", `/v2/notifications/bulk/${unknownId}`],
    [401, "no token", `/v2/notifications/bulk/${unknownId}`, { key: null }],
    [403, "a wrong key", `/v2/notifications/bulk/${unknownId}`, { key: `a-${service.id}-${unknownId}` }],
  ],
  getLetterPdf: [
    [200, "a letter", (f) => `/v2/notifications/${f.letters.ready}/pdf`],
    [
      206,
      "its start",
      (f) => `/v2/notifications/${f.letters.ready}/pdf`,
      { headers: { Range: "bytes=0-3" } },
    ],
    [
      416,
      "past its end",
      (f) => `/v2/notifications/${f.letters.ready}/pdf`,
      { headers: { Range: "bytes=8-" } },
    ],
    [400, "a text", (f) => `/v2/notifications/${f.smsId}/pdf`],
    [400, "one that failed", (f) => `/v2/notifications/${f.letters.failed}/pdf`],
    [400, "one that waits", (f) => `/v2/notifications/${f.letters.waiting}/pdf`],
    [400, "no id", "/v2/notifications/1/pdf"],
    [404, "an unknown one", `/v2/notifications/${unknownId}/pdf`],
    [401, "no token", `/v2/notifications/${unknownId}/pdf`, { key: null }],
    [403, "a wrong key", `/v2/notifications/${unknownId}/pdf`, { key: `a-${service.id}-${unknownId}` }],
  ],
  getNotification: [
    [200, "a text", (f) => `/v2/notifications/${f.smsId}`],
    [200, "an email", (f) => `/v2/notifications/${f.emailId}`],
    [200, "a letter", (f) => `/v2/notifications/${f.letters.ready}`],
    [200, "a letter whose cost is not known", (f) => `/v2/notifications/${f.letters.waiting}`],
    [400, "no id", "/v2/notifications/sms"],
    [404, "an unknown one", `/v2/notifications/${unknownId}`],
    [401, "no token", `/v2/notifications/${unknownId}`, { key: null }],
    [403, "a wrong key", `/v2/notifications/${unknownId}`, { key: `a-${service.id}-${unknownId}` }],
  ],
  listNotifications: [
    [200, "all", ""],
    [
      200,
      "few",
      "/v2/notifications?status=created&status=failed&template_type=sms&include_jobs=true&reference=first",
    ],
    [200, "none", `/v2/notifications?older_than=${unknownId}`],
    [
      400,
      "all wrong",
      "/v2/notifications?status=a&template_type=b&include_jobs=c&older_than=d&page=2&a=b&reference=%00",
    ],
    [401, "no token", "", { key: null }],
    [403, "a wrong key", "", { key: `a-${service.id}-${unknownId}` }],
  ],
  listReceivedTexts: [
    [200, "all", ""],
    [200, "none", `/v2/received-text-messages?older_than=${unknownId}`],
    [400, "all wrong", "/v2/received-text-messages?older_than=1&page=2"],
    [401, "no token", "", { key: null }],
    [403, "a wrong key", "", { key: `a-${service.id}-${unknownId}` }],
  ],
  listUnsubscribeRequests: [
    [200, "all", ""],
    [200, "none", `/v2/unsubscribe-requests?older_than=${unknownId}`],
    [400, "all wrong", "/v2/unsubscribe-requests?older_than=1&page=2"],
    [401, "no token", "", { key: null }],
    [403, "a wrong key", "", { key: `a-${service.id}-${unknownId}` }],
  ],
  getTemplate: [
    ...Object.entries(templates).map(([type, id]): Call => [200, type, `/v2/template/${id}`]),
    [400, "no id", "/v2/template/1"],
    [404, "an unknown one", `/v2/template/${unknownId}`],
    [401, "no token", `/v2/template/${unknownId}`, { key: null }],
    [403, "a wrong key", `/v2/template/${unknownId}`, { key: `a-${service.id}-${unknownId}` }],
  ],
  getTemplateVersion: [
    [200, "the first", `/v2/template/${templates.sms}/version/1`],
    [200, "the latest", `/v2/template/${templates.letter}/version/0`],
    [400, "no id", "/v2/template/1/version/1"],
    [404, "one there is not", `/v2/template/${templates.sms}/version/99999999999999`],
    [401, "no token", `/v2/template/${unknownId}/version/1`, { key: null }],
    [403, "a wrong key", `/v2/template/${unknownId}/version/1`, { key: `a-${service.id}-${unknownId}` }],
  ],
  listTemplates: [
    [200, "all", ""],
    [200, "emails", "/v2/templates?type=email"],
    [400, "all wrong", "/v2/templates?type=a&page=2"],
    [401, "no token", "", { key: null }],
    [403, "a wrong key", "", { key: `a-${service.id}-${unknownId}` }],
  ],
  previewTemplate: [
    ...Object.entries(templates).map(
      ([type, id]): Call => [200, type, `/v2/template/${id}/preview`, json({ personalisation, other: 1 })],
    ),
    [400, "no JSON", `/v2/template/${templates.sms}/preview`, { body: "{" }],
    [400, "a list", `/v2/template/${templates.sms}/preview`, json([1])],
    [400, "no id, null values", "/v2/template/1/preview", json({ personalisation: null })],
    [400, "too few values", `/v2/template/${templates.sms}/preview`],
    [404, "an unknown one", `/v2/template/${unknownId}/preview`],
    [
      413,
      "too much",
      `/v2/template/${unknownId}/preview`,
      { body: "x", headers: { "Content-Length": "9000000" } },
    ],
    [401, "no token", `/v2/template/${unknownId}/preview`, { key: null }],
    [403, "a wrong key", `/v2/template/${unknownId}/preview`, { key: `a-${service.id}-${unknownId}` }],
  ],
  showUnsubscribe: [
    [200, "a link of ours", (f) => `/unsubscribe/${f.emailId}/${f.unsubscribeToken}`],
    [404, "a wrong token", (f) => `/unsubscribe/${f.emailId}/a.b`],
    [404, "no id", "/unsubscribe/1/a"],
  ],
  unsubscribe: [
    [200, "once", (f) => `/unsubscribe/${f.emailId}/${f.unsubscribeToken}`],
    [
      200,
      "in a browser",
      (f) => `/unsubscribe/${f.emailId}/${f.unsubscribeToken}`,
      { headers: { Accept: "text/html" } },
    ],
    [404, "a wrong token", (f) => `/unsubscribe/${f.emailId}/a.b`],
    [404, "no id", "/unsubscribe/1/a"],
  ],
  showFile: [
    [200, "the file", (f) => f.files.open],
    [200, "a form", (f) => f.files.confirmed],
    [404, "a wrong key", (f) => `${f.files.open.slice(0, -1)}?`],
  ],
  confirmFile: [
    [303, "the address", (f) => f.files.confirmed, form("email_address=A%40example.com")],
    [400, "another address", (f) => f.files.confirmed, form("email_address=b%40example.com")],
    [404, "a wrong key", "/d/a/b?key=c", form("")],
    [413, "a large form", (f) => f.files.confirmed, form("a".repeat(5000))],
  ],
  downloadFile: [
    [200, "the file", (f) => f.files.open.replace("?", "/download?")],
    [303, "not before the address is confirmed", (f) => f.files.confirmed.replace("?", "/download?")],
    [404, "a wrong key", "/d/a/b/download?key=c"],
  ],
  getStatus: [
    [200, "all", ""],
    [200, "simple", "/_status?simple=1"],
  ],
  postStatus: [[200, "all", ""]],
  getRoot: [[200, "all", ""]],
  getReady: [[200, "yes", ""]],
  getLiveCounts: [[200, "counts", ""]],
  mmgReceipt: [
    [200, "a receipt", "", json({ CID: unknownId, status: "3" })],
    [400, "no receipt", "", json({})],
    [400, "no JSON", "", { body: "{" }],
    [413, "too much", "", { body: "x".repeat(300_000) }],
  ],
  firetextReceipt: [
    [200, "a receipt", "", form(`reference=${unknownId}&status=0`)],
    [400, "no receipt", "", form("")],
  ],
  sesReceipt: [
    [400, "no type", "", { body: "{}" }],
    [400, "no JSON", "", { body: "{", headers: { "x-amz-sns-message-type": "Notification" } }],
  ],
};

describe("real answers are as our document says", () => {
  for (const { method, path, operation } of operations) {
    const { operationId } = operation;
    test.each((calls[operationId] ?? []).map((call) => [operationId, call[1], call] as const))(
      "%s: %s",
      async (_id, _what, [status, , given, init]) => {
        const asked = (typeof given === "string" ? given : given(furnished)) || path;
        const answered = await read(await furnished.ask(method, asked, init));

        expect([answered.status, ...check(operation, answered)]).toEqual([status]);
      },
    );

    test(`${operationId} is called for each status that a request alone can bring about`, () => {
      const tried = new Set(calls[operationId]?.map(([status]) => String(status)));
      const elsewhere = new Set(["409", "429", "500", "503", "504"]);
      const receipts = operation.tags.includes("Providers") ? ["200", "401", "403", "413"] : [];
      const left = Object.keys(operation.responses).filter(
        (status) => !tried.has(status) && !elsewhere.has(status) && !receipts.includes(status),
      );
      expect(left).toEqual([]);
    });
  }

  test.each([
    ["GET", "/nowhere", 404],
    ["GET", "/v2/template/1/version/x", 404],
    ["DELETE", "/v2/notifications/sms", 405],
    ["PUT", "/docs", 405],
  ])("where no endpoint is: %s %s", async (method, path, status) => {
    const answered = await read(await furnished.ask(method, path));

    expect([answered.status, ...check(null, answered)]).toEqual([status]);
  });
});

describe("answers that a request alone does not bring about are as our document says", () => {
  const sendSms = operations.find(({ operation }) => operation.operationId === "sendSms")?.operation ?? null;
  const body = JSON.stringify({
    phone_number: "07400900111",
    template_id: smsTemplateId,
    personalisation: { name: "A" },
  });
  const never = async () => await new Promise<never>(() => {});
  const ask = async (world: World, headers: Record<string, string> = {}) => {
    const init = { method: "POST", body, headers: { ...(await bearer()), ...headers } };
    return await createApp(world).request("/v2/notifications/sms", init);
  };

  test.each<[number, string, World]>([
    [429, "the rate limit", openApiWorld({ refusal: "rate" })],
    [429, "the daily limit", openApiWorld({ refusal: "daily" })],
    [429, "the daily limit of texts abroad", openApiWorld({ refusal: "international" })],
    [500, "a fault of ours", openApiWorld({}, { admit: () => Promise.reject(new Error("Oh")) })],
    [503, "no database", openApiWorld({}, { admit: () => Promise.reject(new Busy()) })],
    [504, "no end", openApiWorld({}, { admit: never, requestLimitMs: 5 })],
  ])("%i: %s", async (status, _what, world) => {
    const answered = await read(await ask(world));

    expect([answered.status, ...check(sendSms, answered)]).toEqual([status]);
  });

  test("409: the same request once more, before it is answered", async () => {
    const asked = Promise.withResolvers<void>();
    const world = openApiWorld(
      {},
      {
        // The second only takes from the rate limit.
        admit: async ({ notification }) => {
          asked.resolve();
          return notification ? await never() : null;
        },
      },
    );
    const app = createApp(world);
    const init = { method: "POST", body, headers: { ...(await bearer()), "Idempotency-Key": "k" } };
    void app.request("/v2/notifications/sms", init);
    await asked.promise;
    const answered = await read(await app.request("/v2/notifications/sms", init));

    expect([answered.status, ...check(sendSms, answered)]).toEqual([409]);
  });

  test("503: not ready", async () => {
    const getReady =
      operations.find(({ operation }) => operation.operationId === "getReady")?.operation ?? null;
    const world = openApiWorld({}, { ready: async () => false });
    const answered = await read(await createApp(world).request("/_ready"));

    expect([answered.status, ...check(getReady, answered)]).toEqual([503]);
  });
});

describe("the check itself", () => {
  const operation =
    operations.find(({ operation: { operationId } }) => operationId === "getLiveCounts")?.operation ?? null;
  const good = async () =>
    await read(await furnished.ask("GET", "/_status/live-service-and-organisation-counts"));
  const bare = new Headers({ "Content-Type": "application/json" });

  test.each<[string, (answered: Answered) => Answered, RegExp]>([
    [
      "an unknown field",
      (a) => ({ ...a, body: '{"organisations":1,"services":1,"more":1}' }),
      /additional properties/,
    ],
    ["a missing field", (a) => ({ ...a, body: '{"services":1}' }), /required property/],
    ["a wrong type", (a) => ({ ...a, body: '{"organisations":"1","services":1}' }), /must be integer/],
    ["no JSON", (a) => ({ ...a, body: "<p>" }), /is no JSON/],
    ["a status that is not listed", (a) => ({ ...a, status: 418 }), /status 418/],
    ["a header that is not there", (a) => ({ ...a, headers: bare }), /has no header X-B3-TraceId/],
    [
      "an error that is not listed",
      (a) => ({
        ...a,
        status: 500,
        body: '{"errors":[{"error":"Exception","message":"Oh"}],"status_code":500}',
      }),
      /error is not in the document: Exception Oh/,
    ],
  ])("finds %s", async (_what, spoil, fault) => {
    const answered = await good();

    expect(check(operation, answered)).toEqual([]);
    expect(check(operation, spoil(answered)).join("\n")).toMatch(fault);
  });
});
