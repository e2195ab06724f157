import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { base, bearer, emailTemplateId, newId, openApiWorld, smsTemplateId, storedSms } from "./deps.ts";
import { invalid, post } from "./post.ts";

const smsSenderId = "33333333-3333-4333-8333-333333333333";
const replyToId = "55555555-5555-4555-8555-555555555555";
const sms = { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "A" } };
const email = {
  email_address: "a@example.gov.uk",
  template_id: emailTemplateId,
  personalisation: { name: "A" },
};

/** Where a client names something: the field, a good value, and how to ask with another. Bodies come first. */
const places: [string, string, (id: unknown) => Promise<Response>][] = [
  ["template_id", smsTemplateId, (id) => post(openApiWorld(), "sms", { ...sms, template_id: id })],
  ["template_id", emailTemplateId, (id) => post(openApiWorld(), "email", { ...email, template_id: id })],
  ["sms_sender_id", smsSenderId, (id) => post(openApiWorld(), "sms", { ...sms, sms_sender_id: id })],
  [
    "email_reply_to_id",
    replyToId,
    (id) => post(openApiWorld(), "email", { ...email, email_reply_to_id: id }),
  ],
  ["older_than", newId, (id) => get(`?older_than=${encodeURIComponent(String(id))}`)],
  ["notification_id", newId, (id) => get(`/${encodeURIComponent(String(id))}`)],
];

async function get(rest: string): Promise<Response> {
  const app = createApp(openApiWorld({ notifications: [storedSms] }));
  return await app.request(`${base}/v2/notifications${rest}`, { headers: await bearer() });
}

describe.each(places)("%s, such as %s,", (field, good, ask) => {
  const hex = good.replaceAll("-", "");
  test.each([
    good,
    good.toUpperCase(),
    hex,
    hex.toUpperCase(),
    `{${good}}`,
    `{${hex}`,
    `urn:uuid:${good}`,
    `urn:uuid:{${hex}}`,
    `uuid:${good}`,
    `${hex.slice(0, 4)}-${hex.slice(4)}-`,
  ])("may be written %s", async (spelling) => {
    expect((await ask(spelling)).status).toBeOneOf([200, 201]);
  });

  test.each([
    "x",
    `${good} `,
    ` ${good}`,
    `${good}\n`,
    `(${good})`,
    `URN:UUID:${good}`,
    good.slice(1),
    `${good}0`,
    good.replace(/.$/, "g"),
    good.replaceAll("-", "\u2010"),
    hex.replace(/../, "é"),
    `0x${hex.slice(2)}`,
    `${good}\0`,
    "-".repeat(36),
    "{".repeat(5000),
  ])("may not be %j", async (spelling) => {
    const response = await ask(spelling);

    expect([response.status, await response.json()]).toEqual([400, invalid(`${field} is not a valid UUID`)]);
  });
});

test.each(places.slice(0, 4))("%s, such as %s, is no other type of value", async (field, good, ask) => {
  for (const value of [null, 5, 1.5, true, [], [good], {}, ""]) {
    expect(await (await ask(value)).json()).toEqual(invalid(`${field} is not a valid UUID`));
  }
});
