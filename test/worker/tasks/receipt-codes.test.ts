import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { SmsReceipt } from "../../../shared/receipt/payload.ts";
import { findStored } from "../../../worker/commands/notification/stored.ts";
import { applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { jobsAbout } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

/** `spec/delivery.md` 5.2, as it stands there. */
const mmg = table(`
  2 permanent-failure 1 Number does not exist
  2 permanent-failure 4 Rejected by operator
  2 permanent-failure 5 Unidentified Subscriber
  2 permanent-failure 9 Undelivered
  2 permanent-failure 11 Service for Subscriber suspended
  2 permanent-failure 12 Illegal equipment
  2 permanent-failure 2049 Subscriber IMSI blacklisted
  2 permanent-failure 2050 Number blacklisted in do-not-disturb blacklist
  2 permanent-failure 2052 Destination number blacklisted
  2 permanent-failure 2053 Source address blacklisted
  3 delivered 2 Delivered to operator
  3 delivered 5 Delivered to handset
  4 temporary-failure 6 Absent Subscriber
  4 temporary-failure 8 Roaming not allowed
  4 temporary-failure 13 SMS Not Supported
  4 temporary-failure 15 Expired
  4 temporary-failure 27 Absent Subscriber
  4 temporary-failure 29 Invalid delivery report
  4 temporary-failure 32 Delivery Failure
  5 permanent-failure 6 Network out of coverage
  5 permanent-failure 8 Incorrect number prefix
  5 permanent-failure 10 Number on do-not-disturb service
  5 permanent-failure 11 Sender id not registered
  5 permanent-failure 13 Sender id blacklisted
  5 permanent-failure 14 Destination number blacklisted
  5 permanent-failure 19 Routing unavailable
  5 permanent-failure 20 Rejected by anti-flooding mechanism
  5 permanent-failure 21 System error
  5 permanent-failure 23 Duplicate message id
  5 permanent-failure 24 Message formatted incorrectly
  5 permanent-failure 25 Message too long
  5 permanent-failure 51 Missing recipient value
  5 permanent-failure 52 Invalid destination
  3 delivered 999
  2 permanent-failure 6
  9 technical-failure 5
`);

const firetext = table(`
  0 delivered 000 No error reported
  1 temporary-failure 000 No error reported
  1 permanent-failure 101 Unknown Subscriber
  1 temporary-failure 102 Absent Subscriber
  1 temporary-failure 103 Subscriber Busy
  1 temporary-failure 104 No Subscriber Memory
  1 permanent-failure 201 Invalid Number
  1 permanent-failure 301 SMS Not Supported
  1 temporary-failure 302 SMS Not Supported
  1 permanent-failure 401 Message Rejected
  1 temporary-failure 900 Routing Error
  1 permanent-failure 999
  2 pending 000 No error reported
  7 technical-failure 101
`);

describe("what a provider posts becomes the status and the reason that an operator is shown", () => {
  test.each(mmg)("MMG's status %p with substatus %p: %p %p", async (status, substatus, becomes, reason) => {
    const id = await world.notification({ status: "sending" });
    const body = JSON.stringify({ CID: id, status, substatus, MSISDN: "447700900123", reference: "abc" });

    expect<unknown>(await postAndApply("mmg", body, id)).toEqual({ status: becomes, statusReason: reason });
  });

  test.each(firetext)("Firetext's status %p with code %p: %p %p", async (status, code, becomes, reason) => {
    const id = await world.notification({ status: "sending", sentBy: "firetext" });
    const body = `mobile=447700900123&status=${status}&code=${code}&time=2026-07-10 15:17:00&reference=${id}`;

    expect<unknown>(await postAndApply("firetext", body, id)).toEqual({
      status: becomes,
      statusReason: reason,
    });
  });
});

async function postAndApply(provider: "mmg" | "firetext", body: string, id: string) {
  const answer = await world.api.app.request(`/notifications/sms/${provider}`, { method: "POST", body });
  const jobs = await jobsAbout(world.sql, "sms-receipts", id);
  for (const { data } of jobs) await applySmsReceipt(v.parse(SmsReceipt, data), world.deps);

  expect({ status: answer.status, jobs: jobs.length }).toEqual({ status: 200, jobs: 1 });
  const stored = await findStored(world.sql, id);
  return stored && { status: stored.facts.status, statusReason: stored.facts.statusReason };
}

/** Rows of status, what becomes of the notification, detail, and the reason where there is one. */
function table(text: string): [status: string, detail: string, becomes: string, reason: string | null][] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [status = "", becomes = "", detail = "", ...reason] = line.trim().split(" ");
      return [status, detail, becomes, reason.join(" ") || null];
    });
}
