import { describe, expect, test } from "bun:test";
import type { StoredTemplate } from "../../shared/notification/notification.ts";
import type { KeyType, Service } from "../../shared/service/service.ts";
import {
  emailTemplateId,
  liveKey,
  liveService,
  newId,
  now,
  openApiWorld,
  serviceId,
  smsTemplate,
  smsTemplateId,
  unknownId,
} from "./deps.ts";
import { badRequest, faults, invalid, post } from "./post.ts";

const good = { phone_number: "07400 900111", template_id: smsTemplateId, personalisation: { name: "Amala" } };

async function answer(body: unknown, world = openApiWorld()) {
  const response = await post(world, "sms", body);
  return [response.status, await response.json()];
}

describe("an accepted text", () => {
  test("is answered byte for byte as Notify does", async () => {
    const response = await post(openApiWorld(), "sms", good);

    expect(response.status).toBe(201);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(
      '{"content":{"body":"Hi Amala","from_number":"GOVUK"},"id":"740e5834-3a29-46b4-9a6f-16142fde533a","reference":null,"scheduled_for":null,"template":{"id":"f33517ff-2a88-4f6e-b855-c550268ce08a","uri":"https://api.notifications.service.gov.uk/services/26785a09-ab16-4eb0-8407-a37497a57506/templates/f33517ff-2a88-4f6e-b855-c550268ce08a","version":3},"uri":"https://api.notifications.service.gov.uk/v2/notifications/740e5834-3a29-46b4-9a6f-16142fde533a"}\n',
    );
  });

  test("is admitted with everything there is to store", async () => {
    const world = openApiWorld();
    await post(world, "sms", { ...good, phone_number: " 07400 900111\u200b ", reference: "ref" });

    expect(world.admissions).toEqual([
      {
        serviceId,
        keyType: "normal",
        channel: "sms",
        rateLimit: 3000,
        dailyLimit: 1000,
        internationalLimit: 40,
        countsAsInternational: false,
        tokens: 1,
        documents: [],
        idempotency: null,
        notification: {
          id: newId,
          serviceId,
          templateId: smsTemplateId,
          templateVersion: 3,
          apiKeyId: liveKey.id,
          keyType: "normal",
          channel: "sms",
          to: "07400 900111",
          normalisedTo: "447400900111",
          clientReference: "ref",
          personalisation: '{"name":"Amala"}',
          replyToText: "GOVUK",
          unsubscribeLink: null,
          international: false,
          phonePrefix: "44",
          rateMultiplier: 1,
          createdAt: now,
          letter: null,
        },
      },
    ]);
  });

  test("keeps personalisation as it was written, order, floats and all", async () => {
    const world = openApiWorld();
    const personalisation =
      '{"na_me":"x","name":1.0,"b":[1e16,NaN,null],"é":"\\ud800\\u0000","__proto__":{"a":1}}';
    await post(
      world,
      "sms",
      `{"phone_number":"07400900111","template_id":"${smsTemplateId}","personalisation":${personalisation}}`,
    );

    expect(world.admissions[0]?.notification?.personalisation).toBe(
      '{"na_me":"x","name":1.0,"b":[1e+16,NaN,null],"\\u00e9":"\\ud800\\u0000","__proto__":{"a":1}}',
    );
  });

  test.each<[unknown, string]>([
    [5, "Hi 5"],
    [true, "Hi True"],
    ["", "Hi"],
    [["tea", null, " milk ", "", "jam"], "Hi tea, milk and jam"],
    [{ a: true, b: null }, "Hi {'a': True, 'b': None}"],
    ["“quoted” – 你", `Hi "quoted" - ?`],
  ])("prints the value %p as Python does", async (name, text) => {
    const [status, body] = await answer({ ...good, personalisation: { NAME: name } });

    expect([status, body.content.body]).toEqual([201, text]);
  });

  test("prints floats as Python does", async () => {
    const [, body] = await answer(JSON.stringify(good).replace('"Amala"', "1.0"));

    expect(body.content.body).toBe("Hi 1.0");
  });

  test.each<[unknown]>([
    [null],
    ["2026-08-01T09:31:00Z"],
    ["2026-08-02 09:30"],
    ["20260801T1000"],
    ["2026-08-01T09:31:00+05:00"],
  ])("is sent at once though scheduled for %p", async (scheduled_for) => {
    const [status, body] = await answer({ ...good, scheduled_for });

    expect([status, body.scheduled_for]).toEqual([201, null]);
  });

  test("comes from the sender asked for, a number in its international form", async () => {
    const world = openApiWorld();
    const [, body] = await answer({ ...good, sms_sender_id: "33333333-3333-4333-8333-333333333333" }, world);

    expect(body.content.from_number).toBe("447123123123");
    expect(world.admissions[0]?.notification?.replyToText).toBe("447123123123");
  });

  test.each([
    smsTemplateId.toUpperCase(),
    smsTemplateId.replaceAll("-", ""),
    `{${smsTemplateId}}`,
    `urn:uuid:${smsTemplateId}`,
  ])("may name its template as %s", async (template_id) => {
    const [status, body] = await answer({ ...good, template_id });

    expect([status, body.template.id]).toEqual([201, smsTemplateId]);
  });

  test.each(["", "a".repeat(1000), "😀".repeat(1000)])("may have the reference %.10s…", async (reference) => {
    const [status, body] = await answer({ ...good, reference });

    expect([status, body.reference]).toEqual([201, reference]);
  });

  test("to another country counts against its own limit", async () => {
    const world = openApiWorld();
    await post(world, "sms", { ...good, phone_number: "+33 6 12 34 56 78" });

    expect(world.admissions[0]).toMatchObject({
      countsAsInternational: true,
      notification: {
        to: "+33 6 12 34 56 78",
        normalisedTo: "33612345678",
        international: true,
        phonePrefix: "33",
      },
    });
  });

  test("to a crown dependency does not, though it is international", async () => {
    const world = openApiWorld();
    await post(world, "sms", { ...good, phone_number: "07797 700001" });

    expect(world.admissions[0]).toMatchObject({
      countsAsInternational: false,
      notification: { international: true, phonePrefix: "44" },
    });
  });

  test.each(["07700900000", "+44 7700 900111", "07700 900222"])(
    "to the smoke-test number %s is answered but not stored",
    async (phone_number) => {
      const world = openApiWorld();
      const [status, body] = await answer({ ...good, phone_number }, world);

      expect([status, body.content.body]).toEqual([201, "Hi Amala"]);
      expect(world.admissions).toMatchObject([{ notification: null, channel: "sms" }]);
    },
  );
});

describe("a text that breaks the schema", () => {
  test.each<[string, unknown, string[]]>([
    [
      "with everything wrong, in the schema's order",
      { foo: 1, Baz: 2, bar: 3, sms_sender_id: null, personalisation: [], template_id: 5, reference: null },
      [
        "reference None is not of type string",
        "template_id is not a valid UUID",
        "personalisation [] is not of type object",
        "sms_sender_id is not a valid UUID",
        "phone_number is a required property",
        "Additional properties are not allowed (Baz, bar, foo were unexpected)",
      ],
    ],
    [
      "with one unexpected key",
      { ...good, "it's": 1 },
      ['Additional properties are not allowed ("its" was unexpected)'],
    ],
    [
      "with email's keys",
      { ...good, email_address: "a@b.uk" },
      ["Additional properties are not allowed (email_address was unexpected)"],
    ],
    [
      "with a long reference",
      { ...good, reference: "é'".repeat(501) },
      [`reference "${"é".repeat(501)}" is too long`],
    ],
    [
      "with a reference one too long",
      { ...good, reference: "😀".repeat(1001) },
      [`reference ${"😀".repeat(1001)} is too long`],
    ],
    ["with a number for a reference", { ...good, reference: 5 }, ["reference 5 is not of type string"]],
    [
      "with a list for a reference",
      { ...good, reference: ["a", null, true] },
      ["reference [a, None, True] is not of type string"],
    ],
    [
      "with an object for a reference",
      { ...good, reference: { k: "v" } },
      ["reference {k: v} is not of type string"],
    ],
    ["with no number", { ...good, phone_number: null }, ["phone_number None is not of type string"]],
    [
      "with a numeric number",
      { ...good, phone_number: 7400900111 },
      ["phone_number 7400900111 is not of type string"],
    ],
    ["with a short number", { ...good, phone_number: "0740" }, ["phone_number Not enough digits"]],
    ["with an empty number", { ...good, phone_number: "" }, ["phone_number Not enough digits"]],
    ["with a long number", { ...good, phone_number: "0740090011111" }, ["phone_number Too many digits"]],
    [
      "with letters",
      { ...good, phone_number: "07400 call me" },
      ["phone_number Must not contain letters or symbols"],
    ],
    [
      "with a number no one has",
      { ...good, phone_number: "09098765432" },
      ["phone_number Number is not valid – double check the phone number you entered"],
    ],
    [
      "with an id and a bit",
      { ...good, template_id: `${smsTemplateId} ` },
      ["template_id is not a valid UUID"],
    ],
    ["with null for an id", { ...good, template_id: null }, ["template_id is not a valid UUID"]],
    [
      "with null for personalisation",
      { ...good, personalisation: null },
      ["personalisation None is not of type object"],
    ],
    [
      "with text for personalisation",
      { ...good, personalisation: "a\\\n" },
      ["personalisation a\\\\\\n is not of type object"],
    ],
    ["scheduled by number", { ...good, scheduled_for: 5 }, ["scheduled_for 5 is not of type string, null"]],
    [
      "scheduled for the past",
      { ...good, scheduled_for: "2026-08-01T09:29:59" },
      ["scheduled_for datetime can not be in the past"],
    ],
    [
      "scheduled for today alone",
      { ...good, scheduled_for: "2026-08-01" },
      ["scheduled_for datetime can not be in the past"],
    ],
    [
      "scheduled too late, its offset dropped",
      { ...good, scheduled_for: "2026-08-02T09:30:01-05:00" },
      ["scheduled_for datetime can only be 24 hours in the future"],
    ],
    ...["tomorrow", "", "2026-02-30T10:00", "2026-08-01T25:00", "202608"].map(
      (scheduled_for): [string, unknown, string[]] => [
        `scheduled for ${scheduled_for}`,
        { ...good, scheduled_for },
        [
          "scheduled_for datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601",
        ],
      ],
    ),
    [
      "with a NUL in its reference",
      { ...good, reference: "a\0" },
      ["reference must not contain NUL characters"],
    ],
    [
      "with half a character in its reference",
      { ...good, reference: "a\ud83d" },
      ["reference must not contain unpaired surrogates"],
    ],
    [
      "with a NUL in its number",
      { ...good, phone_number: "07400900111\0" },
      ["phone_number Must not contain letters or symbols"],
    ],
  ])("is refused: %s", async (_how, body, messages) => {
    const world = openApiWorld();

    expect(await answer(body, world)).toEqual([400, invalid(...messages)]);
    expect(world.admissions).toMatchObject([{ notification: null }]);
  });

  test("shows floats as Python prints them", async () => {
    const body = JSON.stringify(good).replace('"07400 900111"', "1e16");

    expect(await answer(body)).toEqual([400, invalid("phone_number 1e+16 is not of type string")]);
  });
});

const keyOf = (type: KeyType): Partial<Service> => ({ apiKeys: [{ ...liveKey, type }] });
const without = (...names: string[]) => ({
  permissions: new Set([...liveService.permissions].filter((name) => !names.includes(name))),
});

describe("a text that may not be sent", () => {
  test.each<[string, unknown, Partial<Service>, Partial<StoredTemplate>, object]>([
    [
      "without permission",
      good,
      without("sms"),
      {},
      badRequest("Service is not allowed to send text messages"),
    ],
    ["of an unknown template", { ...good, template_id: unknownId }, {}, {}, badRequest("Template not found")],
    ["of a hidden template", good, {}, { hidden: true }, badRequest("Template not found")],
    [
      "of an email template",
      good,
      {},
      { type: "email" },
      badRequest("email template is not suitable for sms notification"),
    ],
    [
      "of a letter template",
      good,
      {},
      { type: "letter" },
      badRequest("letter template is not suitable for sms notification"),
    ],
    ["of a deleted template", good, {}, { archived: true }, badRequest("Template has been deleted")],
    [
      "with values missing",
      { ...good, personalisation: { middle: null, other: "x" } },
      {},
      { content: "((name)) ((Mid-dle)) ((late??now)) ((NAME))" },
      badRequest("Missing personalisation: name, Mid-dle, late"),
    ],
    [
      "without personalisation",
      { ...good, personalisation: undefined },
      {},
      {},
      badRequest("Missing personalisation: name"),
    ],
    [
      "that is empty",
      { ...good, personalisation: { name: " " } },
      {},
      { content: "((name))" },
      badRequest("Your message is empty."),
    ],
    [
      "with a file",
      { ...good, personalisation: { name: "x", file: { file: "YQ==" } } },
      {},
      {},
      badRequest("Can only send a file by email"),
    ],
    [
      "from an unknown sender",
      { ...good, sms_sender_id: unknownId },
      {},
      {},
      badRequest(`sms_sender_id ${unknownId} does not exist in database for service id ${serviceId}`),
    ],
    [
      "to a stranger with a team key",
      { ...good, phone_number: "07400900222" },
      keyOf("team"),
      {},
      badRequest("Can’t send to this recipient using a team-only API key"),
    ],
    [
      "to a stranger in trial mode",
      { ...good, phone_number: "07400900222" },
      { restricted: true },
      {},
      badRequest(
        "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
      ),
    ],
    [
      "to a smoke-test number with a team key",
      { ...good, phone_number: "07700900000" },
      keyOf("team"),
      {},
      badRequest("Can’t send to this recipient using a team-only API key"),
    ],
    [
      "abroad without permission",
      { ...good, phone_number: "+33612345678" },
      without("international_sms"),
      {},
      badRequest("Cannot send to international mobile numbers"),
    ],
    [
      "to a landline without permission",
      { ...good, phone_number: "020 7946 0991" },
      {},
      {},
      faults(400, "InvalidPhoneError", "Not a UK mobile number"),
    ],
    [
      "that is too long",
      { ...good, personalisation: { name: "a".repeat(916) } },
      {},
      {},
      badRequest(
        "Your message is too long. Text messages cannot be longer than 918 characters. Your message is 919 characters long.",
      ),
    ],
  ])("is refused: %s", async (_how, body, service, template, expected) => {
    const world = openApiWorld({ service, templates: [{ ...smsTemplate, ...template }] });

    expect(await answer(body, world)).toEqual([400, expected]);
    expect(world.admissions).toMatchObject([
      { channel: "sms", notification: null, countsAsInternational: false },
    ]);
  });

  test("is told the first thing that is wrong, in Notify's order", async () => {
    const wrong = {
      phone_number: "+33612345678",
      template_id: emailTemplateId,
      personalisation: { file: { file: "" } } as Record<string, unknown>,
      sms_sender_id: unknownId,
      extra: 1 as number | undefined,
    };
    const service = { ...keyOf("team"), ...without("sms", "international_sms") };
    const template = {
      ...smsTemplate,
      archived: true,
      content: `((empty))((file))`,
      type: "email" as StoredTemplate["type"],
    };
    const next = async () => {
      const world = openApiWorld({ service, templates: [{ ...template }] });
      const [, body] = await answer(wrong, world);
      return body.errors[0].message;
    };

    expect(await next()).toBe("Additional properties are not allowed (extra was unexpected)");
    wrong.extra = undefined;
    expect(await next()).toBe("Service is not allowed to send text messages");
    service.permissions = new Set(["sms"]);
    expect(await next()).toBe("Template not found");
    wrong.template_id = smsTemplateId;
    expect(await next()).toBe("email template is not suitable for sms notification");
    template.type = "sms";
    expect(await next()).toBe("Template has been deleted");
    template.archived = false;
    expect(await next()).toBe("Missing personalisation: empty");
    wrong.personalisation.empty = "";
    template.content = "((empty))";
    expect(await next()).toBe("Your message is empty.");
    wrong.personalisation.empty = "x".repeat(919);
    expect(await next()).toBe("Can only send a file by email");
    wrong.personalisation.file = "";
    expect(await next()).toStartWith("sms_sender_id");
    wrong.sms_sender_id = "33333333-3333-4333-8333-333333333333";
    expect(await next()).toBe("Can’t send to this recipient using a team-only API key");
    service.apiKeys = [liveKey];
    expect(await next()).toBe("Cannot send to international mobile numbers");
    service.permissions = new Set(["sms", "international_sms"]);
    expect(await next()).toStartWith("Your message is too long.");
  });

  test.each<[string, Partial<Service>, string]>([
    ["to a team member with a team key", keyOf("team"), "07400900111"],
    ["to a team member in trial mode", { restricted: true }, "+44 (0)7400 900111"],
    ["to anyone with a test key", { ...keyOf("test"), restricted: true }, "07400900222"],
    [
      "to a landline with permission",
      { permissions: new Set(["sms", "sms_to_uk_landlines"]) },
      "020 7946 0991",
    ],
    ["of 918 characters, its prefix not counted", { name: "Name" }, "07400900111"],
  ])("is another thing than one %s", async (_how, service, phone_number) => {
    const personalisation = { name: "a".repeat(915) };

    expect((await answer({ ...good, phone_number, personalisation }, openApiWorld({ service })))[0]).toBe(
      201,
    );
  });
});

test("a template is compiled anew once it has changed", async () => {
  const templates = [smsTemplate];
  const world = openApiWorld({ templates });
  expect((await answer(good, world))[1].content.body).toBe("Hi Amala");

  templates[0] = { ...smsTemplate, content: "Bye ((name))", version: 4 };

  expect((await answer(good, world))[1]).toMatchObject({
    content: { body: "Bye Amala" },
    template: { version: 4 },
  });
});
