import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { type Notification, statuses } from "../../shared/notification/notification.ts";
import {
  base,
  bearer,
  emailTemplate,
  emailTemplateId,
  newId,
  openApiWorld,
  smsTemplateId,
  storedSms,
  unknownId,
} from "./deps.ts";
import { faults, invalid } from "./post.ts";

const storedEmail: Notification = {
  ...storedSms,
  channel: "email",
  template: emailTemplate,
  to: "Ann@example.gov.uk",
  rateMultiplier: null,
};

async function get(notification: Notification, id = newId) {
  const app = createApp(openApiWorld({ notifications: [notification] }));
  return await app.request(`${base}/v2/notifications/${id}`, { headers: await bearer() });
}

describe("a notification is shown", () => {
  test("byte for byte as Notify does", async () => {
    const response = await get({
      ...storedSms,
      status: "delivered",
      clientReference: "ref",
      billableUnits: 3,
      sentAt: new Date("2026-08-01T09:30:01Z"),
      updatedAt: new Date("2026-08-01T09:30:05.5Z"),
    });

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(
      `{"body":"Hi Amala","completed_at":"2026-08-01T09:30:05.500000Z","cost_details":{"billable_sms_fragments":3,"international_rate_multiplier":1.0,"sms_rate":0.0227},"cost_in_pounds":0.06810000000000001,"created_at":"2026-08-01T09:30:00.123000Z","created_by_name":null,"email_address":null,"id":"${newId}","is_cost_data_ready":true,"line_1":null,"line_2":null,"line_3":null,"line_4":null,"line_5":null,"line_6":null,"one_click_unsubscribe_url":null,"phone_number":"07400 900111","postage":null,"postcode":null,"reference":"ref","scheduled_for":null,"sent_at":"2026-08-01T09:30:01.000000Z","status":"delivered","subject":null,"template":{"id":"${smsTemplateId}","uri":"${base}/v2/template/${smsTemplateId}/version/3","version":3},"type":"sms"}\n`,
    );
  });

  test("with an email's fields", async () => {
    const unsubscribeLink = "https://example.gov.uk/out";

    expect(await (await get({ ...storedEmail, unsubscribeLink })).json()).toMatchObject({
      body: "Dear Amala,\n\n# News\n\nAll is well.",
      subject: "To Amala – hello",
      email_address: "Ann@example.gov.uk",
      phone_number: null,
      one_click_unsubscribe_url: unsubscribeLink,
      type: "email",
      template: { id: emailTemplateId, version: 2 },
    });
  });

  test.each([
    ["the service's own link to unsubscribe", "https://example.gov.uk/out", "https://example.gov.uk/out"],
    ["ours where its template has one", null, `${base}/unsubscribe/${newId}/token`],
  ])("with %s", async (_, unsubscribeLink, shown) => {
    const template = { ...storedEmail.template, hasUnsubscribeLink: true };

    expect(await (await get({ ...storedEmail, template, unsubscribeLink })).json()).toMatchObject({
      one_click_unsubscribe_url: shown,
    });
  });

  test("as it was written, floats too", async () => {
    expect(await (await get({ ...storedSms, personalisation: '{"name":1.0}' })).json()).toMatchObject({
      body: "Hi 1.0",
    });
    expect(await (await get({ ...storedSms, personalisation: null })).json()).toMatchObject({
      body: "Hi ((name))",
    });
  });

  test.each<[string, Partial<Notification>, object]>([
    [
      "a text before its fragments are counted",
      {},
      { is_cost_data_ready: false, cost_in_pounds: null, cost_details: {} },
    ],
    [
      "a text whose fragments were counted early",
      { billableUnits: 1 },
      {
        is_cost_data_ready: true,
        cost_in_pounds: 0.0227,
        cost_details: { billable_sms_fragments: 1, international_rate_multiplier: 1, sms_rate: 0.0227 },
      },
    ],
    ["a test key's text", { status: "delivered" }, { is_cost_data_ready: true, cost_in_pounds: 0 }],
    [
      "a text abroad",
      { status: "sent", billableUnits: 2, rateMultiplier: 3 },
      { cost_in_pounds: 2 * 3 * 0.0227 },
    ],
    ["an email", storedEmail, { is_cost_data_ready: true, cost_in_pounds: 0, cost_details: {} }],
  ])("with the cost of %s", async (_what, given, cost) => {
    expect(await (await get({ ...storedSms, ...given })).json()).toMatchObject(cost);
  });

  test.each<[string, Partial<Notification>, string]>([
    [
      "one fragment",
      { billableUnits: 1 },
      '"international_rate_multiplier":1.0,"sms_rate":0.0227},"cost_in_pounds":0.0227,',
    ],
    ["three fragments", { billableUnits: 3 }, '"cost_in_pounds":0.06810000000000001,'],
    ["no fragments", { billableUnits: 0 }, '"cost_in_pounds":0.0,'],
    [
      "a dearer country",
      { billableUnits: 2, rateMultiplier: 2.5 },
      '"international_rate_multiplier":2.5,"sms_rate":0.0227},"cost_in_pounds":0.1135,',
    ],
    [
      "a count of a thousand",
      { billableUnits: 1000 },
      '"cost_details":{"billable_sms_fragments":1000,"international_rate_multiplier":1.0,"sms_rate":0.0227},"cost_in_pounds":22.700000000000003,',
    ],
    ["an email", storedEmail, '"cost_details":{},"cost_in_pounds":0.0,'],
  ])("with its cost in Python's digits: %s", async (_what, given, bytes) => {
    expect(await (await get({ ...storedSms, status: "delivered", ...given })).text()).toContain(bytes);
  });

  const updatedAt = new Date("2026-08-01T10:00:00Z");
  const completed: ReadonlySet<string> = new Set([
    "sent",
    "delivered",
    "failed",
    "temporary-failure",
    "permanent-failure",
    "technical-failure",
    "returned-letter",
    "cancelled",
    "validation-failed",
  ]);

  describe.each(statuses)("being %s,", (status) => {
    test.each([storedSms, storedEmail])("as such, completed or not: $channel", async (stored) => {
      expect(await (await get({ ...stored, status, updatedAt })).json()).toMatchObject({
        status,
        completed_at: completed.has(status) ? "2026-08-01T10:00:00.000000Z" : null,
      });
      expect(await (await get({ ...stored, status, updatedAt: null })).json()).toMatchObject({
        completed_at: null,
      });
    });

    test("with a cost unless it is a text whose fragments are not counted", async () => {
      const cost = async (given: Partial<Notification>) =>
        await (await get({ ...storedSms, status, ...given })).json();
      const nothing = { is_cost_data_ready: true, cost_in_pounds: 0 };

      expect(await cost({ billableUnits: 0 })).toMatchObject(
        status === "created"
          ? { is_cost_data_ready: false, cost_in_pounds: null, cost_details: {} }
          : { ...nothing, cost_details: { billable_sms_fragments: 0 } },
      );
      expect(await cost({ billableUnits: 1 })).toMatchObject({
        is_cost_data_ready: true,
        cost_in_pounds: 0.0227,
      });
      expect(await cost({ ...storedEmail, billableUnits: 0 })).toMatchObject({
        ...nothing,
        cost_details: {},
      });
    });
  });

  test.each([newId.toUpperCase(), newId.replaceAll("-", ""), `%7B${newId}%7D`])(
    "under its id as %s",
    async (id) => {
      expect((await get(storedSms, id)).status).toBe(200);
    },
  );
});

describe("no notification is shown", () => {
  test.each(["sms", "email", "5", `${newId}0`, "%00", "%ff", "%", "..%2f"])(
    "under %s, which is no UUID",
    async (id) => {
      const response = await get(storedSms, id);

      expect(response.status).toBe(400);
      expect(await response.json()).toEqual(invalid("notification_id is not a valid UUID"));
    },
  );

  test("under an id the service has nothing under", async () => {
    const response = await get(storedSms, unknownId);

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual(faults(404, "NoResultFound", "No result found"));
  });
});
