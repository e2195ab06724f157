import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createApp } from "../../api/app.ts";
import { processorClock } from "../support/processor.ts";
import { bearer, emailTemplateId, openApiWorld, smsTemplateId } from "./deps.ts";

const goodFields = {
  sms: { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "A" } },
  email: { email_address: "a@example.gov.uk", template_id: emailTemplateId, personalisation: { name: "A" } },
};

const fields = [
  ...[
    "reference",
    "phone_number",
    "email_address",
    "template_id",
    "personalisation",
    "scheduled_for",
    "sms_sender_id",
  ],
  ...[
    "email_reply_to_id",
    "one_click_unsubscribe_url",
    "sanitise_content_for",
    "__proto__",
    "constructor",
    "toString",
  ],
];

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "\0",
        "\ud800",
        "\udfff",
        "0",
        "7",
        "+44",
        "@",
        "https:",
        "((",
        "))",
        "??",
        "'",
        '"',
        "\u2028",
      ),
    )
    .map((parts) => parts.join("")),
);
const value = fc.oneof(
  text,
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom("name", "file", "filename", "__proto__"), fc.oneof(text, fc.jsonValue())),
);

/** Checks that nothing was at fault on our side, and that what would be stored is text Postgres can hold. */
async function survives(channel: "sms" | "email", body: string | Uint8Array<ArrayBuffer>) {
  const world = openApiWorld();
  const request = { method: "POST", headers: await bearer(), body };
  const response = await createApp(world).request(`/v2/notifications/${channel}`, request);

  const complaints = world.logged.filter(({ level }) => level !== "info");
  expect([response.status, complaints]).toEqual([response.status < 300 ? 201 : 400, []]);
  expect(world.admissions).toHaveLength(1);
  const { notification } = world.admissions[0] ?? {};
  expect(JSON.stringify(notification ?? null)).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
}

describe("a send request never makes us fail", () => {
  test.each(["sms", "email"] as const)("whatever one of its fields holds: %s", async (channel) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), value, async (field, given) => {
        await survives(
          channel,
          JSON.stringify(Object.fromEntries([...Object.entries(goodFields[channel]), [field, given]])),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test.each(["sms", "email"] as const)("whatever its bytes are: %s", async (channel) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        await survives(channel, new Uint8Array(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, string]>([
    ["a reference of megabytes", `{"reference":"${"é".repeat(2_000_000)}"}`],
    ["a number of megabytes", `{"phone_number":"${"0".repeat(5_000_000)}"}`],
    ["a number of open brackets", `{"phone_number":"${"(".repeat(1_000_000)}"}`],
    ["an address of megabytes", `{"email_address":"${"a".repeat(2_000_000)}@${"b.".repeat(1_000_000)}"}`],
    ["an id of megabytes", `{"template_id":"${"urn:".repeat(1_000_000)}"}`],
    ["a link of megabytes", `{"one_click_unsubscribe_url":"https://${"a".repeat(5_000_000)}"}`],
    [
      "a hundred thousand unexpected keys",
      `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`,
    ],
    ["an unexpected key of megabytes", `{"${"k".repeat(5_000_000)}":1}`],
    [
      "a file's period of megabytes",
      `{"template_id":"${emailTemplateId}","email_address":"a@b.uk","personalisation":{"name":1,"a":{"file":"","retention_period":"${" ".repeat(1_000_000)}"}}}`,
    ],
    ["a time of megabytes", `{"scheduled_for":"2026-08-01T10:00:00.${"9".repeat(3_000_000)}"}`],
    [
      "values nested as deep as we read",
      `{"template_id":"${smsTemplateId}","phone_number":"07400900111","personalisation":{"name":${"[".repeat(490)}1.5${"]".repeat(490)}}}`,
    ],
  ])("by its size: %s", async (_what, body) => {
    const spentMs = processorClock();

    await survives("sms", body);
    await survives("email", body);

    expect(spentMs()).toBeLessThan(5000);
  });
});
