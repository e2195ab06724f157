import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { Notification } from "../../shared/notification/notification.ts";
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

  const updatedAt = new Date("2026-08-01T10:00:00Z");
  test.each([
    "sent",
    "delivered",
    "temporary-failure",
    "permanent-failure",
    "technical-failure",
    "cancelled",
    "validation-failed",
  ] as const)("as completed when %s", async (status) => {
    expect((await (await get({ ...storedSms, status, updatedAt })).json()).completed_at).toBe(
      "2026-08-01T10:00:00.000000Z",
    );
  });

  test.each(["created", "sending", "pending", "virus-scan-failed"] as const)(
    "as not completed when %s",
    async (status) => {
      expect((await (await get({ ...storedSms, status, updatedAt })).json()).completed_at).toBeNull();
    },
  );

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
