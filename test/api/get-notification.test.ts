import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiDeps } from "../../api/deps.ts";
import { type Notification, type Status, statuses } from "../../shared/notification/notification.ts";
import {
  base,
  bearer,
  emailTemplate,
  emailTemplateId,
  letterTemplateId,
  newId,
  openApiWorld,
  smsTemplateId,
  storedLetter,
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

async function get(notification: Notification, id = newId, deps: Partial<ApiDeps> = {}) {
  const app = createApp(openApiWorld({ notifications: [notification] }, deps));
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

  test("byte for byte as Notify does: a letter", async () => {
    const response = await get({
      ...storedLetter,
      status: "delivered",
      clientReference: "ref",
      billableUnits: 2,
      sentAt: new Date("2026-08-03T16:50:00Z"),
      updatedAt: new Date("2026-08-04T15:00:00Z"),
    });

    expect(await response.text()).toBe(
      `{"body":"Dear Amala,\\n\\nAll is well.","completed_at":"2026-08-04T15:00:00.000000Z","cost_details":{"billable_sheets_of_paper":2,"postage":"second"},"cost_in_pounds":0.75,"created_at":"2026-08-01T09:30:00.123000Z","created_by_name":null,"email_address":null,"estimated_delivery":"2026-08-10T15:00:00.123000Z","id":"${newId}","is_cost_data_ready":true,"line_1":" Amala Bird","line_2":"1 Mill Lane","line_3":null,"line_4":null,"line_5":null,"line_6":null,"one_click_unsubscribe_url":null,"phone_number":null,"postage":"second","postcode":"ls14ap","reference":"ref","scheduled_for":null,"sent_at":"2026-08-03T16:50:00.000000Z","status":"received","subject":"To Amala &amp; yours","template":{"id":"${letterTemplateId}","uri":"${base}/v2/template/${letterTemplateId}/version/4","version":4},"type":"letter"}\n`,
    );
  });

  test("with an estimate that knows the bank holidays that were loaded", async () => {
    const readHolidays = async () => new Map([["2026-08-05", true]]);

    const shown = await (await get(storedLetter, newId, { readHolidays })).json();

    expect(shown).toHaveProperty("estimated_delivery", "2026-08-11T15:00:00.123000Z");
  });

  test.each([storedSms, storedEmail])("without a letter's estimate: $channel", async (stored) => {
    expect(await (await get(stored)).json()).not.toHaveProperty("estimated_delivery");
  });

  test("with a letter's values as they came, whatever they are, and never its seventh line", async () => {
    const values = { address_line_1: 5, address_line_2: ["a"], address_line_6: "f", address_line_7: "g" };
    const notification = { ...storedLetter, personalisation: JSON.stringify({ ...values, Postcode: "x" }) };

    const shown = await (await get(notification)).json();
    expect(shown).toMatchObject({ line_1: 5, line_2: ["a"], line_3: null, line_6: "f", postcode: null });
    expect(shown).not.toHaveProperty("line_7");
  });

  const unknown = { is_cost_data_ready: false, cost_in_pounds: null, cost_details: {} };
  const pounds = (cost: number, sheets: number) => ({
    is_cost_data_ready: true,
    cost_in_pounds: cost,
    cost_details: { billable_sheets_of_paper: sheets, postage: "first" },
  });
  test.each<[Status, number, string, object]>([
    ["pending-virus-check", 0, "pending-virus-check", unknown],
    ["pending-virus-check", 2, "pending-virus-check", unknown],
    ["created", 0, "accepted", unknown],
    ["created", 1, "accepted", pounds(1.5, 1)],
    ["sending", 5, "accepted", pounds(1.7, 5)],
    ["delivered", 6, "received", pounds(1.7, 6)],
    ["delivered", 0, "received", pounds(0, 0)],
    ["returned-letter", 1, "received", pounds(1.5, 1)],
    ["temporary-failure", 1, "temporary-failure", pounds(1.5, 1)],
    ["permanent-failure", 1, "permanent-failure", pounds(1.5, 1)],
    ["cancelled", 1, "cancelled", pounds(0, 0)],
    ["technical-failure", 1, "technical-failure", pounds(0, 0)],
    ["validation-failed", 1, "validation-failed", pounds(0, 0)],
    ["virus-scan-failed", 1, "virus-scan-failed", pounds(0, 0)],
  ])("a letter that is %s, of %d sheets, as %s with its cost", async (status, billableUnits, shown, cost) => {
    const notification = { ...storedLetter, postage: "first" as const, status, billableUnits };

    expect(await (await get(notification)).json()).toMatchObject({ status: shown, ...cost });
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
