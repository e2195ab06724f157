import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { parseFiretextReceipt } from "../../../shared/receipt/firetext.ts";
import { parseMmgReceipt } from "../../../shared/receipt/mmg.ts";
import { SmsReceipt } from "../../../shared/receipt/payload.ts";
import type { ParsedReceipt } from "../../../shared/receipt/sms-fields.ts";

const id = "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11";
const receivedAt = new Date("2026-07-05T16:01:08.000Z");
const mmg = (body: unknown) => parseMmgReceipt(JSON.stringify(body), receivedAt);
const firetext = (body: string) => parseFiretextReceipt(body, receivedAt);

/** The receipt, which must be one that the queue takes. */
function receiptOf(parsed: ParsedReceipt): SmsReceipt {
  if (!parsed.ok) throw new Error(parsed.errors.join());
  return v.parse(SmsReceipt, parsed.receipt);
}

describe("MMG's receipt", () => {
  test("is read as documented", () => {
    const parsed = mmg({
      CID: id,
      status: "3",
      substatus: "5",
      MSISDN: "447700900123",
      reference: "abc",
      deliverytime: "2026-07-05 17:01:07",
    });

    expect(receiptOf(parsed)).toEqual({
      v: 1,
      provider: "mmg",
      reference: id,
      providerStatus: "3",
      detail: "5",
      deliveredAt: "2026-07-05T16:01:07.000Z",
      receivedAt: "2026-07-05T16:01:08.000Z",
    });
  });

  test("may have numbers for codes", () => {
    expect(receiptOf(mmg({ CID: id, status: 3, substatus: 5 }))).toMatchObject({
      providerStatus: "3",
      detail: "5",
    });
    expect(receiptOf(mmg({ CID: id, status: 0, substatus: 0 }))).toMatchObject({
      providerStatus: "0",
      detail: "0",
    });
  });

  test.each([
    {},
    { substatus: null },
    { substatus: "" },
    { substatus: {} },
    { substatus: [5] },
    { substatus: true },
  ])("has no detail with %p", (fields) => {
    expect(receiptOf(mmg({ CID: id, status: "4", ...fields })).detail).toBeNull();
  });

  test.each([null, "", "soon", 20260705, {}, "2026-02-30 17:01:07"])(
    "has no delivery time with %p",
    (deliverytime) => {
      expect(receiptOf(mmg({ CID: id, status: "3", deliverytime })).deliveredAt).toBeNull();
    },
  );

  test.each([
    [{ status: "3" }, ["CID missing"]],
    [{ CID: id }, ["status missing"]],
    [{}, ["status missing", "CID missing"]],
    [{ status: "3", CID: "" }, ["CID missing"]],
    [{ status: "3", CID: null }, ["CID missing"]],
    [{ status: "", CID: id }, ["status missing"]],
    [{ status: [], CID: id }, ["status missing"]],
    [{ status: 1.5, CID: id }, ["status missing"]],
    [{ status: 1e21, CID: id }, ["status missing"]],
    [{ status: "3 ", CID: 1e300 }, ["CID missing"]],
    [{ status: "delivered to handset", CID: id }, ["status invalid"]],
    [{ status: "9".repeat(21), CID: id }, ["status invalid"]],
    [{ status: "３", CID: id }, ["status invalid"]],
    [{ status: "3", CID: " \0 " }, ["CID missing"]],
    ["text", ["invalid data"]],
    [null, ["invalid data"]],
    [[], ["status missing", "CID missing"]],
  ])("is refused when it is %p", (body, faults) => {
    expect(mmg(body)).toEqual({ ok: false, errors: faults.map((fault) => `MMG callback failed: ${fault}`) });
  });

  test.each(["", "{", "CID=1&status=3"])("is refused when it is not JSON: %p", (body) => {
    expect(parseMmgReceipt(body, receivedAt)).toEqual({
      ok: false,
      errors: ["MMG callback failed: invalid JSON"],
    });
  });

  test("fits the queue however long and odd its texts", () => {
    const odd = `\0\ud800${"9".repeat(1000)}`;
    const receipt = receiptOf(mmg({ CID: odd, status: "\0" + "3", substatus: odd, deliverytime: odd }));

    expect(JSON.stringify(receipt)).not.toMatch(/\\u0000|\\ud800/);
    expect(receipt.reference).toHaveLength(255);
  });
});

describe("Firetext's receipt", () => {
  test("is read as documented", () => {
    const parsed = firetext(`mobile=447700900123&status=1&code=101&time=2026-07-10 15:17:00&reference=${id}`);

    expect(receiptOf(parsed)).toEqual({
      v: 1,
      provider: "firetext",
      reference: id,
      providerStatus: "1",
      detail: "101",
      deliveredAt: "2026-07-10T14:17:00.000Z",
      receivedAt: "2026-07-05T16:01:08.000Z",
    });
  });

  test.each(["2026-07-10+15%3A17%3A00", "2026-07-10%2015:17:00", "2026-07-10T14:17:00Z"])(
    "may write its time %p",
    (time) => {
      const { deliveredAt } = receiptOf(firetext(`status=0&reference=${id}&time=${time}`));
      expect(deliveredAt).toBe("2026-07-10T14:17:00.000Z");
    },
  );

  test("needs neither code nor time", () => {
    expect(receiptOf(firetext(`status=0&reference=${id}`))).toMatchObject({
      detail: null,
      deliveredAt: null,
    });
    expect(receiptOf(firetext(`status=0&reference=${id}&code=&time=`))).toMatchObject({
      detail: null,
      deliveredAt: null,
    });
  });

  test("keeps the zeros of a code, and the first of a field given twice", () => {
    expect(receiptOf(firetext(`status=1&status=0&code=000&reference=${id}`))).toMatchObject({
      providerStatus: "1",
      detail: "000",
    });
  });

  test.each([
    ["status=0", ["reference missing"]],
    [`reference=${id}`, ["status missing"]],
    ["", ["status missing", "reference missing"]],
    [`status=&reference=${id}`, ["status missing"]],
    [`status=%00&reference=${id}`, ["status missing"]],
    [`status=0%2C1&reference=${id}`, ["status invalid"]],
    [`status=%ED%A0%80&reference=${id}`, ["status invalid"]],
    ['{"status":"0"}', ["status missing", "reference missing"]],
  ])("is refused when it is %p", (body, faults) => {
    expect(firetext(body)).toEqual({
      ok: false,
      errors: faults.map((fault) => `Firetext callback failed: ${fault}`),
    });
  });
});

describe("a provider's time is London's unless it says otherwise", () => {
  test.each([
    ["2026-07-05 17:01:07", "2026-07-05T16:01:07.000Z"],
    ["2026-01-05 17:01:07", "2026-01-05T17:01:07.000Z"],
    // The hour that never comes, and those around it.
    ["2026-03-29 00:59:59", "2026-03-29T00:59:59.000Z"],
    ["2026-03-29 01:30:00", "2026-03-29T01:30:00.000Z"],
    ["2026-03-29 02:00:00", "2026-03-29T01:00:00.000Z"],
    // The hour that comes twice, and those around it.
    ["2026-10-25 00:59:59", "2026-10-24T23:59:59.000Z"],
    ["2026-10-25 01:30:00", "2026-10-25T00:30:00.000Z"],
    ["2026-10-25 01:30:00+00:00", "2026-10-25T01:30:00.000Z"],
    ["2026-10-25 02:00:00", "2026-10-25T02:00:00.000Z"],
    ["2026-07-05 17:01:07+01:00", "2026-07-05T16:01:07.000Z"],
    ["2026-07-05T17:01:07Z", "2026-07-05T17:01:07.000Z"],
    ["2026-07-05 17:01:07-05:30", "2026-07-05T22:31:07.000Z"],
    ["2026-07-05", null],
    ["99999-07-05 17:01:07", null],
    ["2026-07-05 25:01:07", null],
  ])("%p is %p", (time, instant) => {
    const form = new URLSearchParams({ status: "0", reference: id, time });

    expect(receiptOf(mmg({ CID: id, status: "3", deliverytime: time })).deliveredAt).toBe(instant);
    expect(receiptOf(firetext(form.toString())).deliveredAt).toBe(instant);
  });
});
