import { describe, expect, test } from "bun:test";
import type { StoredTemplate } from "../../shared/notification/notification.ts";
import type { Service } from "../../shared/service/service.ts";
import {
  base,
  emailTemplate,
  emailTemplateId,
  liveKey,
  newId,
  now,
  openApiWorld,
  serviceId,
  smsTemplateId,
  unknownId,
} from "./deps.ts";
import { badRequest, invalid, post } from "./post.ts";

const good = {
  email_address: "ann@example.gov.uk",
  template_id: emailTemplateId,
  personalisation: { name: "Ann" },
};

async function answer(body: unknown, world = openApiWorld()) {
  const response = await post(world, "email", body);
  return [response.status, await response.json()];
}

describe("an accepted email", () => {
  test("is answered byte for byte as Notify does", async () => {
    const response = await post(openApiWorld(), "email", good);

    expect(response.status).toBe(201);
    expect(await response.text()).toBe(
      `{"content":{"body":"Dear Ann,\\n\\n# News\\n\\nAll is well.","from_email":"test.service@notifications.service.gov.uk","one_click_unsubscribe_url":null,"subject":"To Ann \\u2013 hello"},"id":"${newId}","reference":null,"sanitised_content":{},"scheduled_for":null,"template":{"id":"${emailTemplateId}","uri":"${base}/services/${serviceId}/templates/${emailTemplateId}","version":2},"uri":"${base}/v2/notifications/${newId}"}\n`,
    );
  });

  test("is admitted with everything there is to store", async () => {
    const world = openApiWorld();
    const one_click_unsubscribe_url = "https://example.gov.uk/unsubscribe?a=1";
    const [, body] = await answer(
      { ...good, email_address: " Ann@Example.GOV.UK ", reference: "ref", one_click_unsubscribe_url },
      world,
    );

    expect(body.content.one_click_unsubscribe_url).toBe(one_click_unsubscribe_url);
    expect(world.admissions).toEqual([
      {
        serviceId,
        keyType: "normal",
        channel: "email",
        rateLimit: 3000,
        dailyLimit: 2000,
        internationalLimit: 40,
        countsAsInternational: false,
        tokens: 1,
        documents: [],
        idempotency: null,
        notification: {
          id: newId,
          serviceId,
          templateId: emailTemplateId,
          templateVersion: 2,
          apiKeyId: liveKey.id,
          keyType: "normal",
          channel: "email",
          to: "Ann@Example.GOV.UK",
          normalisedTo: "ann@example.gov.uk",
          clientReference: "ref",
          personalisation: '{"name":"Ann"}',
          replyToText: "reply@example.gov.uk",
          unsubscribeLink: one_click_unsubscribe_url,
          international: false,
          phonePrefix: null,
          rateMultiplier: null,
          createdAt: now,
          letter: null,
        },
      },
    ]);
  });

  test.each<[string | undefined, Partial<Service>, string | null]>([
    ["55555555-5555-4555-8555-555555555555", {}, "other@example.gov.uk"],
    [undefined, { emailReplyTos: [] }, null],
  ])("is answered to the address of %p", async (email_reply_to_id, service, replyTo) => {
    const world = openApiWorld({ service });
    const [status] = await answer({ ...good, email_reply_to_id }, world);

    expect([status, world.admissions[0]?.notification?.replyToText]).toEqual([201, replyTo]);
  });

  test("lists values as bullets in its body and as a sentence in its subject", async () => {
    const [, body] = await answer({ ...good, personalisation: { name: ["a", "b"] } });

    expect(body.content.subject).toBe("To a and b – hello");
    expect(body.content.body).toStartWith("Dear \n\n* a\n* b,");
  });

  test("has the chosen values sanitised, and says what changed", async () => {
    const world = openApiWorld();
    const personalisation = { "First Name": "Jo *", Name: "see evil.example/x *now*", other: "*" };
    const [, body] = await answer(
      { ...good, personalisation, sanitise_content_for: ["name", "absent", 5, "first_name"] },
      world,
    );

    expect(body.sanitised_content).toEqual({
      "First Name": { sanitised: "Jo \\*", unsanitised: "Jo *" },
      Name: { sanitised: "see  \\*now\\*", unsanitised: "see evil.example/x *now*" },
    });
    expect(body.content.body).toStartWith("Dear see  \\*now\\*,");
    expect(JSON.parse(world.admissions[0]?.notification?.personalisation ?? "")).toEqual({
      "First Name": "Jo \\*",
      Name: "see  \\*now\\*",
      other: "*",
    });
  });

  test.each<[unknown]>([[null], [[]], [["name"]]])(
    "says that nothing was sanitised: %p",
    async (sanitise_content_for) => {
      expect((await answer({ ...good, sanitise_content_for }))[1].sanitised_content).toEqual({});
    },
  );

  test.each([
    "https://example.gov.uk",
    "https://user:pw@example.gov.uk:8443/a/b;c=1?d=/e?&f=%20#g",
    "https://[::1]/x",
    "https://[v1.a:b]/",
    "https://[1:2:3:4:5:6:1.2.3.4]:/",
    "https://:80",
    "https://?#",
    "https:80/%C3%A9",
    "httpsfoo:bar",
    "https:",
    "https:/a",
  ])("may carry the unsubscribe link %s", async (one_click_unsubscribe_url) => {
    const [status, body] = await answer({ ...good, one_click_unsubscribe_url });

    expect([status, body.content?.one_click_unsubscribe_url]).toEqual([201, one_click_unsubscribe_url]);
  });

  test.each(["simulate-delivered", "Simulate-Delivered-2", "simulate-delivered-3"])(
    "to the smoke-test address of %s is answered but not stored",
    async (name) => {
      const world = openApiWorld();
      const [status] = await answer(
        { ...good, email_address: `${name}@notifications.service.gov.uk` },
        world,
      );

      expect(status).toBe(201);
      expect(world.admissions).toMatchObject([{ notification: null, channel: "email" }]);
    },
  );
});

describe("an email that breaks the schema", () => {
  test.each<[string, unknown, string[]]>([
    [
      "with everything wrong, in the schema's order",
      {
        phone_number: "07400900111",
        sanitise_content_for: "name",
        one_click_unsubscribe_url: null,
        email_reply_to_id: 1,
        scheduled_for: false,
        personalisation: true,
        reference: {},
      },
      [
        "reference {} is not of type string",
        "personalisation True is not of type object",
        "scheduled_for False is not of type string, null",
        "email_reply_to_id is not a valid UUID",
        "one_click_unsubscribe_url is not a valid https url",
        "sanitise_content_for name is not of type array, null",
        "email_address is a required property",
        "template_id is a required property",
        "Additional properties are not allowed (phone_number was unexpected)",
      ],
    ],
    ["to nobody", { ...good, email_address: null }, ["email_address None is not of type string"]],
    ...[
      "",
      "ann",
      "ann@x",
      "ann@@x.org",
      "ann@x.org\0",
      "a\0@x.org",
      "ann@\ud800.org",
      `${"a".repeat(309)}@example.org`,
    ].map((email_address): [string, unknown, string[]] => [
      `to ${JSON.stringify(email_address).slice(0, 20)}`,
      { ...good, email_address },
      ["email_address Not a valid email address"],
    ]),
    ...[
      "http://example.gov.uk",
      "HTTPS://example.gov.uk",
      "https//example.gov.uk",
      "https://exämple.gov.uk",
      "https://example.gov.uk/?a[0]=1",
      "https://example.gov.uk/a b",
      "https://example.gov.uk/%zz",
      "https://example.gov.uk/\0",
      "https://[::g]/",
      "https://[",
      "https://[]/",
      "https://[1.2.3.4]/",
      "https://[1:2:3:4:5:6:7:8:9]/",
      "https://[fe80::1%25eth0]/",
      "https://[u@[::1]",
      "https://example.gov.uk/\n",
      "https://example.gov.uk/#a#b",
      "https://example.gov.uk/?q=[1]",
      "https://example.gov.uk\\",
      " https://example.gov.uk",
      "httpss//example.gov.uk",
      "https://x:port/",
      "",
    ].map((url): [string, unknown, string[]] => [
      `with the link ${JSON.stringify(url)}`,
      { ...good, one_click_unsubscribe_url: url },
      ["one_click_unsubscribe_url is not a valid https url"],
    ]),
  ])("is refused: %s", async (_how, body, messages) => {
    const world = openApiWorld();

    expect(await answer(body, world)).toEqual([400, invalid(...messages)]);
    expect(world.admissions).toMatchObject([{ channel: "email", notification: null }]);
  });
});

describe("an email that may not be sent", () => {
  test.each<[string, unknown, Partial<Service>, Partial<StoredTemplate>, object]>([
    [
      "without permission",
      good,
      { permissions: new Set(["sms"]) },
      {},
      badRequest("Service is not allowed to send emails"),
    ],
    ["of an unknown template", { ...good, template_id: unknownId }, {}, {}, badRequest("Template not found")],
    [
      "of a text template",
      good,
      {},
      { type: "sms" },
      badRequest("sms template is not suitable for email notification"),
    ],
    ["of a deleted template", good, {}, { archived: true }, badRequest("Template has been deleted")],
    [
      "with values missing, the subject's first",
      { ...good, personalisation: {} },
      {},
      { content: "((body)) ((Name))", subject: "((name)) ((subject))" },
      badRequest("Missing personalisation: name, subject, body"),
    ],
    [
      "that is empty",
      { ...good, personalisation: { name: " " } },
      {},
      { content: "((name))", subject: "x" },
      badRequest("Your message is empty."),
    ],
    [
      "to be answered to an unknown address",
      { ...good, email_reply_to_id: unknownId },
      {},
      {},
      badRequest(`email_reply_to_id ${unknownId} does not exist in database for service id ${serviceId}`),
    ],
    [
      "to a stranger with a team key",
      good,
      { apiKeys: [{ ...liveKey, type: "team" }] },
      {},
      badRequest("Can’t send to this recipient using a team-only API key"),
    ],
    [
      "to a stranger in trial mode",
      good,
      { restricted: true },
      {},
      badRequest(
        "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode",
      ),
    ],
    [
      "that is too long",
      { ...good, personalisation: { name: "é".repeat(1_000_000) } },
      {},
      { content: "((name))!" },
      badRequest(
        "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 2000001 bytes.",
      ),
    ],
  ])("is refused: %s", async (_how, body, service, template, expected) => {
    const world = openApiWorld({ service, templates: [{ ...emailTemplate, ...template }] });

    expect(await answer(body, world)).toEqual([400, expected]);
    expect(world.admissions).toMatchObject([{ channel: "email", notification: null }]);
  });

  test("has the template looked up among those of its own service", async () => {
    const asked: [string, string][] = [];
    const world = openApiWorld(
      {},
      {
        findTemplate: async (...which) => {
          asked.push(which);
          return null;
        },
      },
    );
    await answer({ ...good, template_id: smsTemplateId }, world);

    expect(asked).toEqual([[serviceId, smsTemplateId]]);
  });
});

describe("a file in an email's personalisation", () => {
  const notSetUp = badRequest(
    `Send files by email has not been set up - add contact details for your service at https://www.notifications.service.gov.uk/services/${serviceId}/service-settings/send-files-by-email`,
  );
  const withFile = (file: unknown) => ({ ...good, personalisation: { name: "Ann", link: file } });

  test.each<[unknown]>([
    [{ file: "YQ==" }],
    [{ file: "YQ==", is_csv: true }],
    [{ file: "YQ==", filename: null, confirm_email_before_download: null, retention_period: null }],
    [
      {
        file: "YQ==",
        filename: "a.csv",
        confirm_email_before_download: false,
        retention_period: " 78 WEEKS ",
      },
    ],
    [{ file: "YQ==", retention_period: "1 week" }],
  ])("is refused where its service has no contact details: %p", async (file) => {
    expect(await answer(withFile(file))).toEqual([400, notSetUp]);
  });

  test.each<[unknown, string[]]>([
    [{ file: false }, ["file False is not of type string"]],
    [
      { file: "", is_csv: "yes" },
      ["is_csv Unsupported value for is_csv: yes. Use a boolean true or false value."],
    ],
    [
      { file: "", confirm_email_before_download: 1 },
      [
        "confirm_email_before_download Unsupported value for confirm_email_before_download: 1. Use a boolean true or false value.",
      ],
    ],
    ...["0 weeks", "79 weeks", "1 month", "weeks", 5, ["1 week"]].map(
      (retention_period): [unknown, string[]] => [
        { file: "", retention_period },
        [
          `retention_period Unsupported value for retention_period: ${Array.isArray(retention_period) ? "[1 week]" : retention_period}. Supported periods are from 1 to 78 weeks.`,
        ],
      ],
    ),
    [
      { file: "", filename: "report" },
      ["filename `filename` must end with a file extension. For example, filename.csv"],
    ],
    [{ file: "", filename: 5 }, ["filename 5 is not of type string, null"]],
    [{ file: "", filename: null, is_csv: null }, ["Do not set a value for `is_csv` if `filename` is set."]],
    [
      { file: 1, other: 1, filename: "x" },
      [
        "Additional properties are not allowed (other was unexpected)",
        "file 1 is not of type string",
        "filename `filename` must end with a file extension. For example, filename.csv",
      ],
    ],
  ])("is held against its schema first: %p", async (file, messages) => {
    expect(await answer(withFile(file))).toEqual([400, invalid(...messages)]);
  });

  test("is looked at one by one", async () => {
    const personalisation = { name: "Ann", first: { file: 1 }, second: { file: 2 } };

    expect(await answer({ ...good, personalisation })).toEqual([
      400,
      invalid("file 1 is not of type string"),
    ]);
  });

  test("is another thing than an object without a file", async () => {
    const [status, body] = await answer({ ...good, personalisation: { name: { filename: "x" } } });

    expect([status, body.content.subject]).toEqual([201, "To {‘filename’: ‘x’} – hello"]);
  });
});
