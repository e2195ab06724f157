import { describe, expect, test } from "bun:test";
import type { Service } from "../../shared/service/service.ts";
import {
  base,
  letterTemplate,
  letterTemplateId,
  liveKey,
  newId,
  now,
  openApiWorld,
  precompiledTemplateId,
  serviceId,
  unknownId,
} from "./deps.ts";
import { badRequest, faults, invalid, post } from "./post.ts";

const address = { address_line_1: "Amala Bird ", address_line_2: "1 Mill Lane", postcode: "ls14ap" };
const personalisation = { ...address, name: "Amala", who: "us" };
const letter = (over: object = {}) => ({ template_id: letterTemplateId, personalisation, ...over });
const addressed = (lines: object) => letter({ personalisation: { name: "Amala", who: "us", ...lines } });

const openLetters = (service: Partial<Service> = {}, template: object = {}) =>
  openApiWorld({ service, templates: [{ ...letterTemplate, ...template }] });

async function answer(world: ReturnType<typeof openLetters>, body: unknown) {
  const response = await post(world, "letter", body);
  return { status: response.status, body: await response.json() };
}

const refusal = (body: { status_code: number }) => ({ status: body.status_code, body });

describe("a letter from a template", () => {
  test("is answered byte for byte as by Notify", async () => {
    const response = await post(openLetters(), "letter", letter({ reference: "ref" }));

    expect(response.status).toBe(201);
    expect(await response.text()).toBe(
      `{"content":{"body":"Dear Amala,\\n\\nAll is well.","subject":"To Amala &amp; yours"},"id":"${newId}","reference":"ref","scheduled_for":null,"template":{"id":"${letterTemplateId}","uri":"${base}/services/${serviceId}/templates/${letterTemplateId}","version":4},"uri":"${base}/v2/notifications/${newId}"}\n`,
    );
  });

  test("is stored with its address as printed, the values as they came, and takes two tokens", async () => {
    const world = openLetters();
    await post(world, "letter", letter({ reference: "ref" }));

    expect(world.admissions).toEqual([
      {
        serviceId,
        keyType: "normal",
        channel: "letter",
        rateLimit: 3000,
        dailyLimit: 300,
        internationalLimit: 40,
        countsAsInternational: false,
        tokens: 2,
        documents: [],
        idempotency: null,
        notification: {
          id: newId,
          serviceId,
          templateId: letterTemplateId,
          templateVersion: 4,
          apiKeyId: liveKey.id,
          keyType: "normal",
          channel: "letter",
          to: "Amala Bird\n1 Mill Lane\nLS1 4AP",
          normalisedTo: "amalabird1milllanels14ap",
          clientReference: "ref",
          personalisation:
            '{"address_line_1":"Amala Bird ","address_line_2":"1 Mill Lane","postcode":"ls14ap","name":"Amala","who":"us"}',
          replyToText: "Ask ((who))",
          unsubscribeLink: null,
          international: false,
          phonePrefix: null,
          rateMultiplier: null,
          createdAt: now,
          letter: { reference: expect.stringMatching(/^[0-9A-Z]{16}$/), postage: "economy", original: null },
        },
      },
    ]);
  });

  test.each([
    ["Paris", "France", "europe"],
    ["Tokyo", "Japan", "rest-of-world"],
  ])("goes abroad by its zone: %s, %s", async (city, country, postage) => {
    const world = openLetters();
    const lines = { address_line_1: "A", address_line_2: city, address_line_3: country };
    expect((await answer(world, addressed(lines))).status).toBe(201);

    expect(world.admissions[0]?.notification).toMatchObject({
      to: `A\n${city}\n${country}`,
      international: true,
      letter: { postage },
    });
  });

  test.each<[string, object, Partial<Service>, string]>([
    ["too few lines", { address_line_1: "A" }, {}, "Address must be at least 3 lines"],
    [
      "too many lines",
      { ...address, address_line_3: "a\nb\nc\nd\ne" },
      {},
      "Address must be no more than 7 lines",
    ],
    [
      "no letters",
      { ...address, address_line_2: "-" },
      {},
      "The first 2 lines of the address must both include at least one alphanumeric character",
    ],
    [
      "a country after BFPO",
      { ...address, address_line_3: "BFPO 12", postcode: "Germany" },
      {},
      "The last line of a BFPO address must not be a country.",
    ],
    [
      "no postcode, where countries are allowed",
      { ...address, postcode: "Leeds" },
      {},
      "Last line of address must be a real UK postcode or another country",
    ],
    [
      "no postcode",
      { ...address, postcode: "Leeds" },
      { permissions: new Set(["letter"]) },
      "Must be a real UK postcode",
    ],
    [
      "a country that is not allowed",
      { ...address, postcode: "France" },
      { permissions: new Set(["letter"]) },
      "Must be a real UK postcode",
    ],
    [
      "an odd start",
      { ...address, address_line_2: "~a" },
      {},
      "Address lines must not start with any of the following characters: @ ( ) = [ ] ” \\ / , < >",
    ],
    ["nowhere", { ...address, address_line_2: "nfa" }, {}, "Must be a real address"],
    ["NUL", { ...address, address_line_2: "a\0b" }, {}, "personalisation must not contain NUL characters"],
    [
      "half a pair",
      { ...address, address_line_2: "\ud800" },
      {},
      "personalisation must not contain unpaired surrogates",
    ],
    ["a blank seventh line", { ...address, address_line_7: "" }, {}, "Address must be at least 3 lines"],
  ])("is refused with %s", async (_what, lines, service, message) => {
    expect(await answer(openLetters(service), addressed(lines))).toEqual(refusal(invalid(message)));
  });

  test.each<[string, unknown, string[]]>([
    ["nothing", {}, ["template_id is a required property", "personalisation is a required property"]],
    [
      "wrong types",
      { reference: null, template_id: 5, personalisation: "x" },
      [
        "reference None is not of type string",
        "template_id is not a valid UUID",
        "personalisation x is not of type object",
      ],
    ],
    [
      "what only others take",
      letter({ scheduled_for: null, postage: "first" }),
      ["Additional properties are not allowed (postage, scheduled_for were unexpected)"],
    ],
    ["a list", [1], ["[1] is not of type object"]],
    ["a text", '"content"', ["content is not of type object"]],
    ["a number", "5", ["5 is not of type object"]],
    ["true", "true", ["True is not of type object"]],
  ])("is refused for %s", async (_what, body, messages) => {
    expect(await answer(openLetters(), body)).toEqual(refusal(invalid(...messages)));
  });

  test("names missing values in order: contact block, subject, body", async () => {
    const template = { contactBlock: "((c))((b))", subject: "((B)) ((a))", content: "((d)) ((a))" };

    expect(await answer(openLetters({}, template), letter())).toEqual(
      refusal(badRequest("Missing personalisation: c, b, a, d")),
    );
  });

  test("is refused for a QR code that holds too much, with how much", async () => {
    const data = "é".repeat(253);
    const template = { content: "qr: ((name))" };
    const response = await post(openLetters({}, template), "letter", {
      ...letter(),
      personalisation: { ...personalisation, name: data },
    });

    expect(response.status).toBe(400);
    expect(JSON.parse(await response.text())).toEqual({
      errors: [
        {
          data,
          error: "ValidationError",
          max_bytes: 504,
          message: "Cannot create a usable QR code - the link is too long",
          num_bytes: 506,
        },
      ],
      status_code: 400,
    });
  });

  test.each<[string, object, Partial<Service>, object, object]>([
    [
      "the permission",
      {},
      { permissions: new Set(["sms"]) },
      {},
      badRequest("Service is not allowed to send letters"),
    ],
    ["an unknown template", { template_id: unknownId }, {}, {}, badRequest("Template not found")],
    ["a hidden template", {}, {}, { hidden: true }, badRequest("Template not found")],
    [
      "a text's template",
      {},
      {},
      { type: "sms" },
      badRequest("sms template is not suitable for letter notification"),
    ],
    ["a deleted template", {}, {}, { archived: true }, badRequest("Template has been deleted")],
    ["an empty template", {}, {}, { content: "" }, badRequest("Your message is empty.")],
    [
      "a file",
      { personalisation: { ...personalisation, file: { file: "" } } },
      {},
      {},
      badRequest("Can only send a file by email"),
    ],
    [
      "a team key",
      {},
      { apiKeys: [{ ...liveKey, type: "team" }], restricted: true },
      {},
      faults(403, "BadRequestError", "Cannot send letters with a team api key"),
    ],
    [
      "trial mode",
      {},
      { restricted: true },
      {},
      faults(403, "BadRequestError", "Cannot send letters when service is in trial mode"),
    ],
  ])("is refused for %s, and counted", async (_what, over, service, template, expected) => {
    const world = openLetters(service, template);
    const { status, body } = await answer(world, letter(over));

    expect({ status, body }).toEqual({ status: body.status_code, body: expected });
    expect(world.admissions).toMatchObject([{ channel: "letter", tokens: 2, notification: null }]);
  });

  test("may be sent in trial mode by a test key, whose daily limit is the usual one", async () => {
    const world = openLetters({ restricted: true, apiKeys: [{ ...liveKey, type: "test" }] });

    expect((await answer(world, letter())).status).toBe(201);
    expect(world.admissions).toMatchObject([{ keyType: "test", dailyLimit: 20_000 }]);
  });

  test.each([
    ["rate", "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"],
    ["daily", "TooManyRequestsError", "Exceeded send limits (letter: 300) for today"],
  ] as const)("is refused over the limit: %s", async (limit, error, message) => {
    const world = openApiWorld({ templates: [letterTemplate], refusal: limit });

    expect(await answer(world, letter())).toEqual(refusal(faults(429, error, message)));
  });
});

describe("a letter made by its service", () => {
  const content = btoa("%PDF-1.7");
  const precompiled = (over: object = {}) => ({ reference: "ref", content, ...over });

  test("is answered byte for byte as by Notify", async () => {
    const response = await post(openLetters(), "letter", precompiled());

    expect(response.status).toBe(201);
    expect(await response.text()).toBe(`{"id":"${newId}","postage":"second","reference":"ref"}\n`);
  });

  test("is stored with its bytes, under the hidden template, and takes one token", async () => {
    const world = openLetters();
    await post(world, "letter", precompiled({ postage: "first", reference: "r".repeat(1001) }));

    expect(world.admissions).toMatchObject([
      {
        tokens: 1,
        notification: {
          templateId: precompiledTemplateId,
          templateVersion: 1,
          to: "Provided as PDF",
          normalisedTo: "providedaspdf",
          clientReference: "r".repeat(1001),
          personalisation: '{"address_line_1":"Provided as PDF"}',
          replyToText: null,
          international: false,
          letter: { postage: "first", original: { content: new TextEncoder().encode("%PDF-1.7") } },
        },
      },
    ]);
  });

  test.each([
    ["nothing", "", ""],
    ["characters that are none of base64's", "Y\nQ=_-= é".replace(" é", ""), "a"],
    ["more after the padding", "YQ==YQ==", "a"],
  ])("may be %s", async (_what, text, bytes) => {
    const world = openLetters();
    expect((await answer(world, precompiled({ content: text }))).status).toBe(201);

    expect(world.admissions[0]?.notification?.letter?.original).toMatchObject({
      content: new TextEncoder().encode(bytes),
    });
  });

  test.each<[string, object, string[]]>([
    ["no reference", { reference: undefined }, ["reference is a required property"]],
    ["no text", { content: null }, ["content None is not of type string"]],
    ["null", { postage: null }, ["postage None is not of type string"]],
    ["a zone", { postage: "europe" }, ["postage invalid. It must be either first, second or economy."]],
    [
      "what only others take",
      { template_id: letterTemplateId, personalisation: {} },
      ["Additional properties are not allowed (personalisation, template_id were unexpected)"],
    ],
  ])("is refused for %s", async (_what, over, messages) => {
    expect(await answer(openLetters(), precompiled(over))).toEqual(refusal(invalid(...messages)));
  });

  test.each([
    ["padding is missing", "YWE"],
    ["it is not ASCII", "YQ==é"],
  ])("is refused where %s", async (_what, text) => {
    expect(await answer(openLetters(), precompiled({ content: text }))).toEqual(
      refusal(badRequest("Cannot decode letter content (invalid base64 encoding)")),
    );
  });

  test("may be 2 MB large, and no byte more", async () => {
    const large = "A".repeat(699_051 * 4 - 1);

    expect((await answer(openLetters(), precompiled({ content: `${large}=` }))).status).toBe(201);
    expect(await answer(openLetters(), precompiled({ content: `${large}A` }))).toEqual(
      refusal(
        badRequest(
          "Letter content is too large: the PDF cannot be larger than 2097152 bytes, and is 2097153 bytes",
        ),
      ),
    );
  });

  test("is refused where nothing looks for viruses, and counted; letters from templates are not", async () => {
    const world = openLetters();
    const unscanned = { ...world, letters: { ...world.letters, takesPrecompiled: false } };

    expect(await answer(unscanned, precompiled())).toEqual(
      refusal(
        faults(
          503,
          "ServiceUnavailable",
          "Precompiled letters cannot be accepted: no virus scanner is configured",
        ),
      ),
    );
    expect((await answer(unscanned, letter())).status).toBe(201);
    expect(world.admissions).toMatchObject([{ tokens: 1, notification: null }, { tokens: 2 }]);
  });
});
