import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { Postage } from "../../../../shared/recipient/postage.ts";
import { parsePostalAddress } from "../../../../shared/recipient/postal-address.ts";
import { printRequest } from "../../../../worker/letters/http/print-request.ts";
import { PrintJob } from "../../../sandbox/dvla-http/print-jobs.ts";

const target = "https://api.example/notifications/letter/status?token=t";

function requestFor(address: string, over: { postage?: Postage } = {}) {
  const request = printRequest(
    {
      notificationId: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
      serviceId: "0f4b0d0e-7a5f-4c69-9f0e-3cf0a1c7d6b2",
      reference: "7QK2M9ZD41XTB06H",
      postage: over.postage ?? "second",
      address: parsePostalAddress(address.replaceAll(" / ", "\n")),
      pdf: new TextEncoder().encode("%PDF-1.7"),
    },
    target,
  );
  // As it goes over the wire, and as DVLA's stub reads it.
  return v.parse(PrintJob, JSON.parse(JSON.stringify(request)));
}

const long = "Long Street Name ".repeat(5);

describe("a print request", () => {
  test("is as DVLA takes it", () => {
    expect(requestFor("A. Sample / 1 Example Road / sw1a1aa")).toEqual({
      id: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
      standardParams: {
        jobType: "NOTIFY",
        templateReference: "NOTIFY",
        businessIdentifier: "7QK2M9ZD41XTB06H",
        recipientName: "A. Sample",
        address: { unstructuredAddress: { line1: "1 Example Road", postcode: "SW1A 1AA" } },
      },
      customParams: [
        { key: "pdfContent", value: btoa("%PDF-1.7") },
        { key: "serviceIdentifier", value: "0f4b0d0e-7a5f-4c69-9f0e-3cf0a1c7d6b2" },
      ],
      callbackParams: { target, retryParams: { enabled: true, maxRetryWindow: 10_800 } },
    });
  });

  test.each<[string, object]>([
    [
      "A / 1 / 2 / 3 / 4 / 5 / SW1A 1AA",
      {
        unstructuredAddress: {
          line1: "1",
          line2: "2",
          line3: "3",
          line4: "4",
          line5: "5",
          postcode: "SW1A 1AA",
        },
      },
    ],
    [`A / ${long} / SW1A 1AA`, { unstructuredAddress: { line1: long.slice(0, 45), postcode: "SW1A 1AA" } }],
    [
      "A / 1 Rue X / 75001 Paris / France",
      { internationalAddress: { line1: "1 Rue X", line2: "75001 Paris", country: "France" } },
    ],
    [
      "A / 1 / 2 / 3 / 4 / 5 / Ireland",
      {
        internationalAddress: {
          line1: "1",
          line2: "2",
          line3: "3",
          line4: "4",
          line5: "5",
          country: "Ireland",
        },
      },
    ],
    [
      "Pte A / 1st Regiment / BFPO 0057",
      { bfpoAddress: { line1: "Pte A", line2: "1st Regiment", bfpoNumber: 57 } },
    ],
    [
      "Pte A / Unit / B Coy / C / D / BF1 1AA / BFPO 1",
      {
        bfpoAddress: {
          line1: "Pte A",
          line2: "Unit",
          line3: "B Coy",
          line4: "C",
          postcode: "BF1 1AA",
          bfpoNumber: 1,
        },
      },
    ],
    [
      "A / 1 Example Road / SW1A 1AA / England",
      { unstructuredAddress: { line1: "1 Example Road", postcode: "SW1A 1AA" } },
    ],
  ])("to %s has its kind of address, cut to what DVLA holds", (address, expected) => {
    expect(requestFor(address).standardParams.address).toEqual(expected as never);
  });

  test("cuts a recipient at 255 characters, and none in two", () => {
    const { recipientName } = requestFor(`${"😀".repeat(300)} / 1 Example Road / SW1A 1AA`).standardParams;

    expect([...recipientName]).toHaveLength(255);
    expect(recipientName.isWellFormed()).toBe(true);
  });

  test.each<[Postage, string | undefined]>([
    ["second", undefined],
    ["first", "FIRST"],
    ["economy", "ECONOMY"],
    ["europe", "INTERNATIONAL_EU"],
    ["rest-of-world", "INTERNATIONAL_ROW"],
  ])("by %s goes as %s", (postage, method) => {
    const { despatchMethod } = requestFor("A / 1 / SW1A 1AA", { postage }).standardParams;

    expect(despatchMethod).toBe(method as never);
  });
});
