import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  documentUrl,
  longUuid,
  parseDocumentKey,
  shortUuid,
  testDocumentUrl,
} from "../../../shared/document/link.ts";

const serviceId = "26785a09-ab16-4eb0-8407-a37497a57506";

describe("a link to a document", () => {
  test("holds service, document and key, none of them with padding", () => {
    const link = { serviceId, id: "ffffffff-ffff-ffff-ffff-ffffffffffff", key: new Uint8Array(32).fill(251) };

    expect(documentUrl("https://files.example/", link)).toBe(
      "https://files.example/d/JnhaCasWTrCEB6N0l6V1Bg/_____________________w?key=-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s",
    );
  });

  test("to a simulated recipient leads nowhere", () => {
    expect(testDocumentUrl("https://files.example/", serviceId)).toBe(
      `https://files.example/services/${serviceId}/documents/test-document`,
    );
  });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(shortUuid(uuid)).toMatch(/^[\w-]{22}$/);
        expect(longUuid(shortUuid(uuid))).toBe(uuid);
      }),
    );
  });

  test.each([
    "",
    "x",
    "A".repeat(21),
    "A".repeat(23),
    `${"A".repeat(21)}B`,
    `${"A".repeat(21)}=`,
    serviceId,
    "é".repeat(22),
  ])("has no id that is %j", (text) => {
    expect(longUuid(text)).toBeNull();
  });

  test.each(["", "A".repeat(42), "A".repeat(44), `${"A".repeat(42)}=`, "é".repeat(43), `${"A".repeat(42)}+`])(
    "has no key that is %j",
    (text) => {
      expect(parseDocumentKey(text)).toBeNull();
    },
  );
});
