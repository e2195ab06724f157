import { describe, expect, test } from "bun:test";
import { emailTemplateId, openApiWorld, smsTemplateId } from "./deps.ts";
import { invalid, post } from "./post.ts";

/* It is 2026-08-01T09:30:00.123Z. */

const bodies = {
  sms: { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "A" } },
  email: { email_address: "a@example.gov.uk", template_id: emailTemplateId, personalisation: { name: "A" } },
};

async function schedule(scheduled_for: unknown) {
  const answers: [number, unknown][] = [];
  for (const channel of ["sms", "email"] as const) {
    const response = await post(openApiWorld(), channel, { ...bodies[channel], scheduled_for });
    answers.push([response.status, await response.json()]);
  }
  return answers;
}

describe("a message is sent at once, though scheduled for", () => {
  test.each([
    [null],
    ["2026-08-01T09:30:00.123Z"],
    ["2026-08-01T09:30:00.123000"],
    ["2026-08-01T09:30:00,2Z"],
    ["2026-08-01 09:31"],
    ["2026-08-01T0931"],
    ["2026-08-01T10"],
    ["2026-8-1 10:30:5"],
    ["20260801T103000Z"],
    ["2026-0801 10:30"],
    ["2026-08-02"],
    ["20260802"],
    ["2026-08-02T09:30:00.123Z"],
    ["2026-08-02T09:30:00.1230009"],
    // An offset is read and dropped.
    ["2026-08-01T09:31+05:00"],
    ["2026-08-02T09:30-12:00"],
    ["2026-08-01T10:30+0100"],
    ["2026-08-01T10:30-23:59"],
    ["2026-08-01T10:30+01"],
    ["2026-08-01T10:30Z\n"],
  ])("%j", async (time) => {
    expect(await schedule(time)).toMatchObject([
      [201, { scheduled_for: null }],
      [201, { scheduled_for: null }],
    ]);
  });
});

const past = "datetime can not be in the past";
const future = "datetime can only be 24 hours in the future";
const format =
  "datetime format is invalid. It must be a valid ISO8601 date time format, https://en.wikipedia.org/wiki/ISO_8601";

describe("a message is refused, scheduled for", () => {
  test.each<[unknown, string]>([
    ["2026-08-01T09:30:00.122Z", past],
    ["2026-08-01T09:30:00", past],
    ["2026-08-01T09:29+05:00", past],
    ["2026-08-01", past],
    ["2026-08", past],
    ["2026", past],
    ["1970-01-01T00:00Z", past],
    ["0001-01-01", past],
    ["2026-08-02T09:30:00.124", future],
    ["2026-08-02T09:30:00.124-05:00", future],
    ["2026-09-01", future],
    ["9999-12-31T23:59:59.999999Z", future],
    ["", format],
    ["now", format],
    ["2026-08-01T", format],
    ["2026-08-01T10:30 Z", format],
    ["2026-08-01t10:30", format],
    ["2026-08-01T10:30z", format],
    [" 2026-08-02", format],
    ["2026-08-02 ", format],
    ["2026-02-30T10:00", format],
    ["2026-13-01", format],
    ["2026-00-01", format],
    ["2026-08-00", format],
    ["0000-01-01", format],
    ["2026-08-01T24:00", format],
    ["2026-08-01T10:60", format],
    ["2026-08-01T10:30:60", format],
    ["2026-08-01T10:30+24:00", format],
    ["2026-08-01T10:30+23:60", format],
    ["2026-08-01T10:30+5", format],
    ["202608", format],
    ["26-08-02", format],
    ["2026/08/02", format],
    ["2026-W31-6", format],
    ["Sat, 01 Aug 2026 10:30:00 GMT", format],
    ["２０２６-08-02", format],
    ["2026-08-02\n\n", format],
    [5, "5 is not of type string, null"],
    [false, "False is not of type string, null"],
    [["2026-08-02"], "[2026-08-02] is not of type string, null"],
    [{}, "{} is not of type string, null"],
  ])("%j", async (time, message) => {
    const refusal = [400, invalid(`scheduled_for ${message}`)];

    expect<unknown>(await schedule(time)).toEqual([refusal, refusal]);
  });
});
