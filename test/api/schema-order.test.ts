import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createApp } from "../../api/app.ts";
import { base, bearer, emailTemplateId, openApiWorld, smsTemplateId } from "./deps.ts";
import { invalid, post } from "./post.ts";

/** A field, a good value, a bad one, and what is said of that. In the order in which Notify names them. */
type Field = [name: string, good: unknown, bad: unknown, fault: string];

const reference: Field = ["reference", "r", null, "reference None is not of type string"];
const templateId = (good: string): Field => ["template_id", good, "x", "template_id is not a valid UUID"];
const personalisation: Field = [
  "personalisation",
  { name: "A" },
  [1.0, "it's"],
  'personalisation [1, "its"] is not of type object',
];
const scheduledFor: Field = [
  "scheduled_for",
  null,
  "never",
  "scheduled_for datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601",
];

const schemas: Record<"sms" | "email", Field[]> = {
  sms: [
    reference,
    ["phone_number", "07400900111", "0740", "phone_number Not enough digits"],
    templateId(smsTemplateId),
    personalisation,
    scheduledFor,
    ["sms_sender_id", "33333333-3333-4333-8333-333333333333", null, "sms_sender_id is not a valid UUID"],
  ],
  email: [
    reference,
    ["email_address", "a@example.gov.uk", "a", "email_address Not a valid email address"],
    templateId(emailTemplateId),
    personalisation,
    scheduledFor,
    [
      "email_reply_to_id",
      "55555555-5555-4555-8555-555555555555",
      "",
      "email_reply_to_id is not a valid UUID",
    ],
    [
      "one_click_unsubscribe_url",
      "https://example.gov.uk",
      "http://example.gov.uk",
      "one_click_unsubscribe_url is not a valid https url",
    ],
    ["sanitise_content_for", [], 5, "sanitise_content_for 5 is not of type array, null"],
  ],
};

const required = new Set(["phone_number", "email_address", "template_id"]);
const states = ["good", "bad", "absent"] as const;

describe("everything that is wrong is said at once, in the schema's order", () => {
  test.each(["sms", "email"] as const)("however the request's keys are ordered: %s", async (channel) => {
    const schema = schemas[channel];
    const world = openApiWorld();
    const request = fc.record({
      states: fc.tuple(...schema.map(() => fc.constantFrom(...states))),
      unexpected: fc.uniqueArray(fc.constantFrom("b", "a", "Z", "é", "type"), { maxLength: 3 }),
      order: fc.shuffledSubarray(
        Array.from({ length: schema.length + 5 }, (_, n) => n),
        { minLength: schema.length + 5 },
      ),
    });

    await fc.assert(
      fc.asyncProperty(request, async ({ states, unexpected, order }) => {
        const given = schema.map((field, n) => ({ field, state: states[n] }));
        const entries = [
          ...given.flatMap(({ field: [name, good, bad], state }) =>
            state === "absent" ? [] : [[name, state === "good" ? good : bad]],
          ),
          ...unexpected.map((name) => [name, 1]),
        ];
        const shuffled = order.flatMap((n) => (entries[n] ? [entries[n]] : []));
        const messages = [
          ...given.flatMap(({ field: [, , , fault], state }) => (state === "bad" ? [fault] : [])),
          ...given.flatMap(({ field: [name], state }) =>
            state === "absent" && required.has(name) ? [`${name} is a required property`] : [],
          ),
          ...(unexpected.length === 0
            ? []
            : [
                `Additional properties are not allowed (${unexpected.toSorted().join(", ")} ${unexpected.length === 1 ? "was" : "were"} unexpected)`,
              ]),
        ];

        const response = await post(world, channel, Object.fromEntries(shuffled));
        // A good request may still want for personalisation.
        if (messages.length === 0)
          expect((await response.json()).errors?.[0].error).not.toBe("ValidationError");
        else expect(await response.json()).toEqual(invalid(...messages));
      }),
      { numRuns: 300 },
    );
  });

  test("of a query too, each message once", async () => {
    const query =
      "?z=1&older_than=x&include_jobs=no&template_type=dog&template_type=sms&template_type=dog&template_type=cat&a=2&z=3&reference=%00";
    const response = await createApp(openApiWorld()).request(`${base}/v2/notifications${query}`, {
      headers: await bearer(),
    });

    expect(await response.json()).toEqual(
      invalid(
        "reference must not contain NUL characters",
        "template_type dog is not one of [sms, email, letter]",
        "template_type cat is not one of [sms, email, letter]",
        "include_jobs no is not one of [true, True]",
        "older_than is not a valid UUID",
        "Additional properties are not allowed (a, z were unexpected)",
      ),
    );
  });
});

describe("a reference is counted in code points", () => {
  const good = { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "A" } };
  test.each([
    ["a", 1],
    ["é", 1],
    ["e\u0301", 2],
    ["😀", 1],
    ["👩‍👩‍👧", 5],
    ["\u200b", 1],
    ["\\", 1],
  ])("of %j each is %d", async (character, points) => {
    const most = Math.floor(1000 / points);
    const longest = character.repeat(most) + "x".repeat(1000 - most * points);
    const accepted = await post(openApiWorld(), "sms", { ...good, reference: longest });
    const refused = await post(openApiWorld(), "sms", { ...good, reference: `${longest}y` });

    expect((await accepted.json()).reference).toBe(longest);
    const [error] = (await refused.json()).errors;
    expect(error.message).toEndWith("y is too long");
    // The whole value is shown.
    expect(error.message.length).toBeGreaterThanOrEqual("reference  is too long".length + longest.length + 1);
  });
});
