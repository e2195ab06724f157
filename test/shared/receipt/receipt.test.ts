import { describe, expect, test } from "bun:test";
import { type Status, statuses } from "../../../shared/notification/notification.ts";
import type { SesReceipt, SmsReceipt } from "../../../shared/receipt/payload.ts";
import { reportedStatus, statusAfterReceipt } from "../../../shared/receipt/receipt.ts";

/** The tables of `spec/delivery.md` 5.2, as they stand there. */
const mmgTable: [status: string, becomes: Status, substatuses: string][] = [
  [
    "2",
    "permanent-failure",
    "1 Number does not exist; 4 Rejected by operator; 5 Unidentified Subscriber; 9 Undelivered; 11 Service for Subscriber suspended; 12 Illegal equipment; 2049 Subscriber IMSI blacklisted; 2050 Number blacklisted in do-not-disturb blacklist; 2052 Destination number blacklisted; 2053 Source address blacklisted",
  ],
  ["3", "delivered", "2 Delivered to operator; 5 Delivered to handset"],
  [
    "4",
    "temporary-failure",
    "6 Absent Subscriber; 8 Roaming not allowed; 13 SMS Not Supported; 15 Expired; 27 Absent Subscriber; 29 Invalid delivery report; 32 Delivery Failure",
  ],
  [
    "5",
    "permanent-failure",
    "6 Network out of coverage; 8 Incorrect number prefix; 10 Number on do-not-disturb service; 11 Sender id not registered; 13 Sender id blacklisted; 14 Destination number blacklisted; 19 Routing unavailable; 20 Rejected by anti-flooding mechanism; 21 System error; 23 Duplicate message id; 24 Message formatted incorrectly; 25 Message too long; 51 Missing recipient value; 52 Invalid destination",
  ],
];

const mmgCases = mmgTable.flatMap(([status, becomes, substatuses]) =>
  substatuses.split("; ").map((substatus): [string, string, Status, string] => {
    const space = substatus.indexOf(" ");
    return [status, substatus.slice(0, space), becomes, substatus.slice(space + 1)];
  }),
);

const firetextCases: [code: string, becomes: Status, reason: string][] = [
  ["000", "temporary-failure", "No error reported"],
  ["101", "permanent-failure", "Unknown Subscriber"],
  ["102", "temporary-failure", "Absent Subscriber"],
  ["103", "temporary-failure", "Subscriber Busy"],
  ["104", "temporary-failure", "No Subscriber Memory"],
  ["201", "permanent-failure", "Invalid Number"],
  ["301", "permanent-failure", "SMS Not Supported"],
  ["302", "temporary-failure", "SMS Not Supported"],
  ["401", "permanent-failure", "Message Rejected"],
  ["900", "temporary-failure", "Routing Error"],
];

function sms(provider: "mmg" | "firetext", providerStatus: string, detail: string | null): SmsReceipt {
  const receivedAt = "2026-07-05T16:01:08.000Z";
  return { v: 1, provider, reference: "id", providerStatus, detail, deliveredAt: null, receivedAt };
}

describe("what MMG reports", () => {
  test("has 33 codes", () => {
    expect(mmgCases).toHaveLength(33);
  });

  test.each(mmgCases)("status %p with substatus %p is %p: %p", (code, substatus, status, reason) => {
    expect<unknown>(reportedStatus(sms("mmg", code, substatus), "sending")).toEqual({
      status,
      reason,
      unrecognised: null,
    });
  });

  test.each(mmgTable)("status %p is %p whatever the substatus", (code, status) => {
    for (const substatus of [null, "999"]) {
      const reported = reportedStatus(sms("mmg", code, substatus), "pending");
      expect<unknown>(reported).toEqual({ status, reason: null, unrecognised: null });
    }
  });

  test.each(["0", "1", "6", "10", "", "delivered", "__proto__"])(
    "status %p is a technical failure",
    (code) => {
      const reported = reportedStatus(sms("mmg", code, "5"), "sending");
      expect<unknown>(reported).toEqual({
        status: "technical-failure",
        reason: null,
        unrecognised: "status",
      });
    },
  );
});

describe("what Firetext reports", () => {
  test.each(firetextCases)("a failure with code %p is %p: %p", (code, status, reason) => {
    for (const current of ["created", "sending", "pending"] as const) {
      const reported = reportedStatus(sms("firetext", "1", code), current);
      expect<unknown>(reported).toEqual({ status, reason, unrecognised: null });
    }
  });

  test.each([null, "999"])("a failure with code %p is permanent, but temporary after waiting", (code) => {
    const unrecognised = code === null ? null : "detail";
    const receipt = sms("firetext", "1", code);

    expect(reportedStatus(receipt, "sending")).toEqual({
      status: "permanent-failure",
      reason: null,
      unrecognised,
    });
    expect(reportedStatus(receipt, "created")).toEqual({
      status: "permanent-failure",
      reason: null,
      unrecognised,
    });
    expect(reportedStatus(receipt, "pending")).toEqual({
      status: "temporary-failure",
      reason: null,
      unrecognised,
    });
  });

  test.each([
    ["0", null, "delivered", null],
    ["0", "000", "delivered", "No error reported"],
    ["2", null, "pending", null],
    ["2", "102", "pending", "Absent Subscriber"],
    ["2", "999", "pending", null],
  ] as const)("status %p with code %p is %p", (code, detail, status, reason) => {
    const reported = reportedStatus(sms("firetext", code, detail), "sending");
    expect<unknown>(reported).toEqual({ status, reason, unrecognised: null });
  });

  test.each(["3", "00", "", "None"])("status %p is a technical failure", (code) => {
    const reported = reportedStatus(sms("firetext", code, "101"), "pending");
    expect<unknown>(reported).toEqual({ status: "technical-failure", reason: null, unrecognised: "status" });
  });
});

describe("what SES reports", () => {
  const email = {
    v: 1,
    provider: "ses",
    reference: "ref",
    eventId: "event",
    mailedAt: null,
    happenedAt: null,
    receivedAt: "2026-07-05T16:01:08.000Z",
  } as const;
  const bounce = (bounceType: string | null): Extract<SesReceipt, { type: "bounce" }> => ({
    ...email,
    type: "bounce",
    bounceType,
    bounceSubType: "General",
    remoteMtaIp: null,
  });

  test("a delivery", () => {
    const reported = reportedStatus({ ...email, type: "delivery" }, "sending");
    expect<unknown>(reported).toEqual({ status: "delivered", reason: null, unrecognised: null });
  });

  test.each([
    ["Permanent", "permanent-failure", "Permanent General"],
    ["Transient", "temporary-failure", "Transient General"],
    ["Temporary", "temporary-failure", "Temporary General"],
    ["Undetermined", "temporary-failure", "Undetermined General"],
    [null, "temporary-failure", "General"],
  ] as const)("a bounce of type %p is %p", (type, status, reason) => {
    expect(reportedStatus(bounce(type), "sending")).toEqual({ status, reason, unrecognised: null });
  });
});

describe("statusAfterReceipt", () => {
  const reports = [
    "pending",
    "delivered",
    "permanent-failure",
    "temporary-failure",
    "technical-failure",
  ] as const;
  const open: Record<"sms" | "email", Status[]> = {
    sms: ["created", "sending", "pending", "sent"],
    email: ["created", "sending", "pending"],
  };

  for (const channel of ["sms", "email"] as const) {
    test.each(statuses)(`decides what an ${channel} that is %p becomes`, (current) => {
      for (const reported of reports) {
        const after = statusAfterReceipt(current, reported, { channel, countrySendsReceipts: true });
        expect(after).toBe(open[channel].includes(current) && reported !== current ? reported : null);
      }
    });
  }

  test.each(open.sms)(
    "does not believe a receipt for a text that is %p from a country without receipts",
    (current) => {
      for (const reported of reports) {
        expect(
          statusAfterReceipt(current, reported, { channel: "sms", countrySendsReceipts: false }),
        ).toBeNull();
      }
    },
  );
});
