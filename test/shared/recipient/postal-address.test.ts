import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import {
  addressIn,
  addressLines,
  addressOnOneLine,
  parsePostalAddress,
  searchableAddress,
} from "../../../shared/recipient/postal-address.ts";

/** Lines separated by ` / `. */
function linesOf(address: string): string {
  return parsePostalAddress(address.replaceAll(/ ?\/ ?/g, "\n")).lines.join(" / ");
}

describe("the address in a personalisation", () => {
  test.each<[JsonObject, string]>([
    [{ address_line_1: "A", address_line_2: "B", postcode: "LS1 4AP" }, "A\nB\n\n\n\n\nLS1 4AP"],
    [{ address_line_6: "F", address_line_7: "G", postcode: "LS1 4AP" }, "\n\n\n\n\nF\nG"],
    [{ address_line_1: "A", address_line_2: "B", address_line_7: "", postcode: "LS1 4AP" }, "A\nB\n\n\n\n\n"],
    [{ address_line_1: "A", address_line_7: null, postcode: "LS1 4AP" }, "A\n\n\n\n\n\n"],
    [{ address_line_1: null, postcode: "LS1 4AP" }, "\n\n\n\n\n\nLS1 4AP"],
    [{ address_line_1: 12, address_line_2: 0, address_line_3: new JsonFloat(1) }, "12\n0\n1.0\n\n\n\n"],
    [{ address_line_1: true }, "True\n\n\n\n\n\n"],
    [{ address_line_1: "A\nB", name: "C" }, "A\nB\n\n\n\n\n\n"],
    [{ "address line 1": "A", Address_Line_2: "B", addressline3: "C", Postcode: "D" }, "\n\n\n\n\n\n"],
    [{}, "\n\n\n\n\n\n"],
  ])("of %j is %j", (personalisation, expected) => {
    expect(addressIn(personalisation)).toBe(expected);
  });
});

describe("the lines of an address", () => {
  test.each([
    // The examples of the specification.
    ["Ms A / 1 High St , / / Leeds, / ls14ap", "Ms A / 1 High St / Leeds / LS1 4AP"],
    ["Ms A / 1 High St / LS1 4AP / England / UK", "Ms A / 1 High St / LS1 4AP"],
    ["Ms A / LS1 4AP / United Kingdom", "Ms A / LS1 4AP"],
    ["a / b / c / d / e / f / LS1 4AP / Wales", "a / b / c / d / e / f / LS1 4AP"],
    ["Ms A / 1 Rue X / 75001 Paris / Frankreich", "Ms A / 1 Rue X / 75001 Paris / Frankreich"],
    ["Ms A / 1 Rue X / Paris / france", "Ms A / 1 Rue X / Paris / France"],
    ["Ms A / 1 Rue X / France / UK", "Ms A / 1 Rue X / France"],
    ["Ms A / St Helier / JE2 3AB / Jersey", "Ms A / St Helier / JE2 3AB"],
    ["Ms A / 1 Main St / GX11 1AA / Gibraltar", "Ms A / 1 Main St / GX11 1AA / Gibraltar"],
    ["Sgt B / BFPO 12 / bf12at", "Sgt B / BF1 2AT / BFPO 12"],
    ["Sgt B / Unit 1 / BFPO 12", "Sgt B / Unit 1 / BFPO 12"],
    ["Sgt B / Unit 1 / BFPO 12 / Germany", "Sgt B / Unit 1 / BFPO 12 / Germany"],
    ["A / B /  /  /  /  / ", "A / B"],
    // Cleaning.
    ["  Ms   A  / \t1\tHigh\u00a0St\u200b / LS1 4AP", "Ms A / 1 High St / LS1 4AP"],
    ["Ms A ,, , / 1 , High St . / LS1 4AP,", "Ms A / 1, High St. / LS1 4AP"],
    ["Ms A / , / ,, , / LS1 4AP", "Ms A / LS1 4AP"],
    [", Ms A / .1 High St", ", Ms A / .1 High St"],
    ["Ms A\r\n1 High St\u2028Leeds\u000bLS1 4AP", "Ms A / 1 High St / Leeds / LS1 4AP"],
    // Countries.
    ["Ms A / England / LS1 4AP / UK", "Ms A / England / LS1 4AP"],
    ["UK / England / Wales", ""],
    ["Ms A / 1 High St / ls1 4ap / Y Deyrnas Unedig / U.K.", "Ms A / 1 High St / LS1 4AP"],
    ["Ms A / 1 High St / LS1 4AP / UK / France", "Ms A / 1 High St / LS1 4AP / UK / France"],
    ["Ms A / Calle X / Spain / France", "Ms A / Calle X / Spain / France"],
    ["Ms A / Via X / Roma / Yr Eidal", "Ms A / Via X / Roma / Italy"],
    ["Ms A / Strasse X / Berlin / East Germany", "Ms A / Strasse X / Berlin / Germany"],
    ["Ms A / 1 High St / ls14ap / France", "Ms A / 1 High St / ls14ap / France"],
    ["France", "France"],
    // BFPO.
    ["Sgt B / bfpo12 / BF1 2AT", "Sgt B / BF1 2AT / BFPO 12"],
    ["Sgt B / B F P O 0012 / Unit 1", "Sgt B / Unit 1 / BFPO 12"],
    ["Sgt B / BFPO 1 / BFPO 2 / BFPO / Unit", "Sgt B / Unit / BFPO 1"],
    ["Sgt B / BFPO / BFPO 2 / Unit", "Sgt B / Unit / BFPO 2"],
    ["Sgt B / Unit / BFPO", "Sgt B / Unit / BFPO"],
    ["Sgt B / Unit / BFPO / BF1 2AT", "Sgt B / Unit / BFPO / BF1 2AT"],
    ["Sgt B / BFPO 12 Unit / BF1 2AT", "Sgt B / BFPO 12 Unit / BF1 2AT"],
    ["Sgt B / Unit 1 / BFPO 12 / UK", "Sgt B / Unit 1 / BFPO 12"],
    ["Sgt B / Unit 1 / BF1 2AT / BFPO 12 / England", "Sgt B / Unit 1 / BF1 2AT / BFPO 12"],
    ["Sgt B / Unit 1 / Germany / BFPO 12", "Sgt B / Unit 1 / BFPO 12 / Germany"],
    ["Sgt B / Unit 1 / BFPO 000", "Sgt B / Unit 1 / BFPO 0"],
    ["", ""],
  ])("of %j are %j", (address, expected) => {
    expect(linesOf(address)).toBe(expected);
  });

  test.each(["BFPO c/o 12", "bfpo C/O12", "BFPO  c / o  012"])("take %j as a BFPO number", (line) => {
    expect(parsePostalAddress(`Sgt B\n${line}\nBF1 2AT`)).toEqual({
      lines: ["Sgt B", "BF1 2AT", "BFPO 12"],
      postcode: "BF1 2AT",
      bfpoNumber: "12",
      abroad: null,
    });
  });

  test("know the country abroad and its zone", () => {
    expect(parsePostalAddress("Ms A\n1 Rue X\nParis\nfrance").abroad).toEqual({
      name: "France",
      zone: "europe",
    });
    expect(parsePostalAddress("Ms A\n1 Main St\nUSA").abroad).toEqual({
      name: "United States",
      zone: "rest-of-world",
    });
    expect(parsePostalAddress("Ms A\nSt Helier\nJE2 3AB\nJersey").abroad).toBeNull();
  });

  const line = fc.oneof(
    fc.constantFrom(
      "UK",
      "England",
      "France",
      "Y Almaen",
      "ls1 4ap",
      "BFPO 07",
      "bfpo",
      "BFPO c/o 3",
      "",
      " ,",
    ),
    fc.string({ unit: fc.constantFrom(..."aB1 ,.\u00a0\u200b&-") }),
    fc.string({ unit: "binary" }),
  );

  test("are cleaned once and for all, and reading them never throws", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const address = parsePostalAddress(lines.join("\n"));
        // A country that was followed by the UK may be last now, and such an address goes nowhere.
        if (address.postcode !== null || address.abroad !== null) {
          expect(parsePostalAddress(addressLines(address))).toEqual(address);
        }
        for (const cleaned of address.lines) {
          expect(cleaned).not.toMatch(/^ |[ ,]$|\n| {2}/);
          expect(cleaned).not.toBe("");
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("are read in time that grows with their length", () => {
    const lines = parsePostalAddress(
      `${"UK\n".repeat(20_000)}${" ,".repeat(100_000)}a\n${"é".repeat(200_000)}`,
    ).lines;

    expect(lines.length).toBe(20_002);
  }, 2000);
});

describe("an address as it is kept", () => {
  const address = parsePostalAddress("Ms Á\n1 High St\nLeeds\nls14ap\nUK");

  test("has a line each", () => {
    expect(addressLines(address)).toBe("Ms Á\n1 High St\nLeeds\nLS1 4AP");
  });

  test("is searched by in lower case, without spaces", () => {
    expect(searchableAddress(address)).toBe("msá1highstleedsls14ap");
    expect(searchableAddress(parsePostalAddress("Sgt B\nUnit 1\nBFPO 12"))).toBe("sgtbunit1bfpo12");
  });

  test("is shown on one line", () => {
    expect(addressOnOneLine(address)).toBe("Ms Á, 1 High St, Leeds, LS1 4AP");
  });
});
