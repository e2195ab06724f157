import { beforeAll, describe, expect, test } from "bun:test";
import { openPdfium, type Pdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { checkPages } from "../../../../worker/letters/precompiled/check.ts";
import { processorClock } from "../../../support/processor.ts";
import { linesOf, plainAddress, render, renderPdf, type TextLine, textsOf } from "./letters.ts";

let pdfium: Pdfium;

beforeAll(async () => {
  pdfium = await openPdfium();
});

const contactBlock = "Town Hall\n1 High Street\n\nTelephone: 01632 960000";
const filler = "We are writing to you because our records show that you may be entitled to a reduction. ";

function lineWith(lines: readonly TextLine[], words: string): TextLine {
  const found = lines.find(({ text }) => text.includes(words));
  if (!found) throw new Error(`No line says ${words}`);
  return found;
}

async function pagesOf(content: string): Promise<string[][]> {
  const { pdf, pages } = await renderPdf({ content });
  return Array.from({ length: pages }, (_, index) => textsOf(pdfium, pdf, index));
}

describe("a letter's first page", () => {
  test("is read in the order of its parts", async () => {
    const { pdf, pages } = await renderPdf({
      subject: "Your ((thing))",
      content: "# What to do\n\nDear Ada,\nplease\n\n* one\n* two\n\nThen:\n1. first",
      values: { thing: "bill" },
      contactBlock,
    });

    expect(pages).toBe(1);
    expect(textsOf(pdfium, pdf)).toEqual([
      "NOTIFY",
      ...["MS ADA ARCHER", "1 MILL LANE", "LEEDS", "LS1 4AP"],
      ...["Town Hall", "1 High Street", "Telephone: 01632 960000"],
      "6 January 2026",
      "Your bill",
      "What to do",
      "Dear Ada,",
      "please",
      "•one",
      "•two",
      "Then:",
      "1.first",
      "Page 1 of 1",
    ]);
  });

  test("has everything in its place", async () => {
    const addressLines = [...plainAddress.slice(0, 3), "Yorkshire", "Northern Parts", "England", "LS1 4AP"];
    const { pdf } = await renderPdf({ contactBlock, addressLines, content: filler.repeat(4) });
    const lines = linesOf(pdfium, pdf);
    const near = (expected: number) => expect.closeTo(expected, 1);

    const tag = lineWith(lines, "NOTIFY");
    expect([tag.left, tag.right < 15.191, tag.baseline < 6.149]).toEqual([near(1.8), true, true]);
    const address = lines.slice(1, 8);
    expect(address.map(({ left }) => left)).toEqual(address.map(() => near(24.6)));
    // 8.5 points apart; the last stands at the window's bottom.
    expect(address.at(-1)?.baseline).toBeCloseTo(66.2 - 0.52, 1);
    expect((address[6]?.baseline ?? 0) - (address[0]?.baseline ?? 0)).toBeCloseTo((6 * 8.5 * 25.4) / 72, 2);
    const contact = lineWith(lines, "Telephone");
    expect([contact.left, contact.baseline]).toEqual([near(128.8), near(82.2 - 0.89)]);
    const date = lineWith(lines, "January");
    expect([date.left, date.baseline]).toEqual([near(15), near(104 + 4.35)]);
    for (const { left, right } of lines.filter(({ text }) => filler.includes(text))) {
      expect(left).toBeCloseTo(15, 1);
      expect(right).toBeLessThanOrEqual(152.6);
    }
    const footer = lineWith(lines, "Page 1 of 1");
    expect([footer.right, footer.baseline]).toEqual([near(195), near(290.7)]);
  });

  test("cuts address lines at the window, and wraps the contact block", async () => {
    const { pdf } = await renderPdf({
      addressLines: ["Ms Ada Archer ".repeat(10), "<b>", "ŵŷß ŉ", "LS1 4AP"],
      contactBlock: `${"Department ".repeat(12)}\n${"x\n".repeat(20)}`,
    });
    const lines = linesOf(pdfium, pdf);

    const first = lineWith(lines, "MS ADA ARCHER MS");
    expect(first.right).toBeLessThanOrEqual(24.6 + 85.1);
    expect(first.right).toBeGreaterThan(24.6 + 82);
    expect(textsOf(pdfium, pdf).slice(2, 5)).toEqual(["<B>", "ŴŶSS ʼN", "LS1 4AP"]);
    const contact = lines.filter(({ left }) => Math.abs(left - 128.8) < 0.3);
    expect(contact).toHaveLength(11);
    expect(Math.max(...contact.map(({ right }) => right))).toBeLessThanOrEqual(195);
  });

  test("says when it was asked for by London's clock, in both languages", async () => {
    const createdAt = new Date("2026-06-30T23:30:00Z");
    const { pdf } = await renderPdf({ createdAt, welsh: { subject: "Pwnc", content: "Helo" } });

    expect(textsOf(pdfium, pdf, 0)).toContain("1 Gorffennaf 2026");
    expect(textsOf(pdfium, pdf, 1)).toContain("1 July 2026");
  });
});

test("both languages print their own words, address and page numbers, the tag once", async () => {
  const welsh = { subject: "Eich ((thing))", content: `Ŵyr y tŷ\n\n---\n\nMwy` };

  const { pdf, pages } = await renderPdf({
    welsh,
    subject: "Your ((thing))",
    values: { thing: "x" },
    contactBlock,
  });

  const texts = Array.from({ length: pages }, (_, index) => textsOf(pdfium, pdf, index));
  const [address, contact] = [plainAddress.map((line) => line.toUpperCase()), contactBlock.split(/\n+/)];
  expect(texts).toEqual([
    ["NOTIFY", ...address, ...contact, "6 Ionawr 2026", "Eich x", "Ŵyr y tŷ", "Tudalen 1 o 2"],
    ["Mwy", "Tudalen 2 o 2"],
    [...address, ...contact, "6 January 2026", "Your x", "Body", "Page 1 of 1"],
  ]);
});

describe("words", () => {
  test("are bold where they are an address on the web, and printed as typed in a link", async () => {
    const { pdf } = await renderPdf({ content: "See https://a.example/b-c, or [this](x.example) - ok" });

    expect(textsOf(pdfium, pdf)).toContain("See a.example/b-c, or [this](x.example) – ok");
  });

  test("that are wider than the column go on in the next line", async () => {
    const { pdf } = await renderPdf({ content: `before ${"W".repeat(100)} after` });
    const lines = linesOf(pdfium, pdf);

    expect(lines.filter(({ text }) => text.startsWith("W")).map(({ text }) => text.length)).toEqual([
      33, 33, 33, 7,
    ]);
    expect(Math.max(...lines.slice(0, -1).map(({ right }) => right))).toBeLessThanOrEqual(152.6);
  });

  test("keep their accents, plainer where the font has them so, and no hidden characters", async () => {
    const content =
      "e\u0301 ŵ Ⅷ ﬁ Ａ x\u0308\u0303 soft\u00adhyphen zero\u200bwidth no\u00a0break \u202eflip Ж Ω ½ €";
    const { pdf } = await renderPdf({ content });

    expect(textsOf(pdfium, pdf)).toContain("é ŵ VIII fi A ẍ softhyphen zerowidth no break flip Ж Ω ½ €");
  });

  test.each([
    ["emoji", "Hi 😀", [0x1f600]],
    ["Chinese", "你好你", [0x4f60, 0x597d]],
    ["Hebrew, though the font has it", "שלום", [0x5e9, 0x5dc, 0x5d5, 0x5dd]],
    ["Arabic", "سلام", [0x633, 0x644, 0x627, 0x645]],
    ["a keycap", "1\ufe0f\u20e3", [0x20e3]],
    ["spoilt text", "caf\ufffd", [0xfffd]],
    ["private characters", "\uf001", [0xf001]],
    ["a tick", "✓", [0x2713]],
  ])("are refused in %s, by their characters", async (_, text, codePoints) => {
    expect(await render({ content: `a ((x))`, values: { x: text } })).toEqual({
      outcome: "unprintable",
      codePoints,
    });
    expect(await render({ subject: text })).toEqual({ outcome: "unprintable", codePoints });
    expect(await render({ addressLines: [text, ...plainAddress] })).toEqual({
      outcome: "unprintable",
      codePoints,
    });
    expect(await render({ contactBlock: text })).toEqual({ outcome: "unprintable", codePoints });
  });
});

describe("pages", () => {
  const item = (number: number) => `Line ${number}`;
  const paragraphs = (count: number) => Array.from({ length: count }, (_, at) => item(at + 1)).join("\n\n");

  test.each([1, 2, 10, 11])("are as many as are asked for: %d", async (count) => {
    const content = Array.from({ length: count }, (_, at) => `Page ${at + 1}`).join("\n\n---\n\n");

    const pages = await pagesOf(content);

    expect(pages).toHaveLength(count);
    expect(pages.map((lines) => lines.at(-1))).toEqual(pages.map((_, at) => `Page ${at + 1} of ${count}`));
  });

  test("are not begun for nothing", async () => {
    expect(await pagesOf("a\n\n---\n\n***\n\nb\n\n---")).toHaveLength(2);
    expect(await pagesOf("---\n\na")).toHaveLength(2);
    expect(await pagesOf("")).toHaveLength(1);
  });

  test("hold every line once, in order", async () => {
    const pages = await pagesOf(paragraphs(120));

    const lines = pages.flat().filter((text) => text.startsWith("Line"));
    expect(lines).toEqual(Array.from({ length: 120 }, (_, at) => item(at + 1)));
    expect(pages.map((page) => page.filter((text) => text.startsWith("Line")).length)).toEqual([
      16, 27, 27, 27, 23,
    ]);
  });

  test("do not end after a heading, nor leave one line of a paragraph alone", async () => {
    // With one line more each time, whatever follows is pushed over the end of the page.
    for (let above = 24; above <= 29; above += 1) {
      const pages = await pagesOf(`${"x\n".repeat(above)}\n# Heading\n\n${"word ".repeat(50)}`);
      const last = pages[0]?.at(-2) ?? "";
      expect(last).not.toBe("Heading");
      const words = pages.map((page) => page.filter((text) => text.startsWith("word")).length);
      expect(words).not.toContain(1);
      expect(words.reduce((sum, lines) => sum + lines)).toBeGreaterThan(3);
    }
  });

  test("break a run of headings longer than a page", async () => {
    const pages = await pagesOf("# Heading\n".repeat(100));

    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flat().filter((text) => text === "Heading")).toHaveLength(100);
  });
});

describe("lists", () => {
  test("stand in under one another, numbers and marks before their words", async () => {
    const content = "* one\n  * inner\n    * innermost\n* **x**\n\n---\n\n1. a\n2. b\n";
    const { pdf } = await renderPdf({ content });

    const first = linesOf(pdfium, pdf).filter(({ text }) => text.startsWith("•"));
    expect(first.map(({ text }) => text)).toEqual(["•one", "•inner", "•innermost", "•••x**"]);
    const lefts = first.map(({ left }) => left);
    expect(lefts[1]).toBeCloseTo((lefts[0] ?? 0) + 7.06, 1);
    expect(lefts[2]).toBeCloseTo((lefts[1] ?? 0) + 7.06, 1);
    expect(textsOf(pdfium, pdf, 1).slice(0, 2)).toEqual(["1.a", "2.b"]);
  });

  test("make room for long numbers", async () => {
    const { pdf, pages } = await renderPdf({ content: "1. item\n".repeat(150) });
    const last = linesOf(pdfium, pdf, pages - 1).at(-2);

    expect(last?.text).toBe("150.item");
    expect(last?.left).toBeGreaterThanOrEqual(14.9);
  });
});

describe("what is printed", () => {
  const everything = {
    subject: "S".repeat(300),
    contactBlock: "W".repeat(2000),
    addressLines: Array.from({ length: 7 }, () => "W".repeat(200)).with(6, "LS1 4AP"),
    welsh: { subject: "W", content: `qr: ${"x".repeat(504)}\n\n${filler.repeat(40)}` },
    content: `${"W".repeat(500)}\n\n* ${"W".repeat(200)}\n  * ${filler}\n\n${"x\n".repeat(60)}\n# ${filler.repeat(5)}`,
  };

  test("passes our own checks of letters that services make", async () => {
    for (const facts of [{}, { contactBlock }, everything]) {
      const { pdf } = await renderPdf(facts);
      using file = pdfium.open(pdf);
      if (!file) throw new Error("PDFium cannot read it");

      const verdict = checkPages(file, { allowsInternational: false });

      expect(verdict).toMatchObject({ outcome: "valid", hasTag: true });
    }
  });

  test("is the same to the byte for the same letter, and names its fonts by what is in them", async () => {
    const [one, again, other] = await Promise.all([
      renderPdf(everything),
      renderPdf(everything),
      renderPdf({ content: "Other words" }),
    ]);

    expect(Buffer.from(one.pdf).equals(Buffer.from(again.pdf))).toBe(true);
    const text = Buffer.from(one.pdf).toString("latin1");
    const names = new Set(text.match(/[A-Z]{6}\+Arimo-\w+/g));
    expect(names.size).toBe(2);
    for (const name of names) expect(Buffer.from(other.pdf).toString("latin1")).not.toContain(name);
    expect(text.startsWith("%PDF-1.7")).toBe(true);
    expect(text).not.toMatch(/\/(CreationDate|ModDate|Producer|ID|DeviceRGB|rg)\b/);
  });
});

describe("a letter far too long", () => {
  test.each([
    ["one word of 100,000 characters", "x".repeat(100_000), 35],
    ["5,000 paragraphs", "para\n\n".repeat(5000), 186],
    ["20,000 items", "* a\n".repeat(20_000), 527],
  ])("of %s has its pages counted in a moment, and its beginning drawn", async (_, value, expected) => {
    const { pdf, pages, isWhole } = await renderPdf({ content: "((value))", values: { value } });

    expect(pages).toBe(expected);
    expect(isWhole).toBe(true);
    using file = pdfium.open(pdf);
    expect(file?.pageCount).toBe(20);
    expect(textsOf(pdfium, pdf, 19)).toContain(`Page 20 of ${pages}`);
  });

  test.each([
    ["words", filler, true],
    ["items", "* a\n", true],
    ["nested items", "  * a\n", true],
    ["brackets", "[", true],
    ["emoji", "😀", false],
    ["what is not printed", "[a]: b\n", true],
  ])("of eight megabytes of %s is read no further than it may be printed", async (_, piece, isPrintable) => {
    const value = piece.repeat(8_000_000 / piece.length);
    const spentMs = processorClock();

    const rendered = await render({
      content: "((value))",
      subject: "((value))",
      contactBlock: "((value))",
      addressLines: [value, "LS1 4AP"],
      values: { value },
    });

    expect(spentMs()).toBeLessThan(10_000);
    if (isPrintable) expect(rendered).toMatchObject({ outcome: "rendered", isWhole: false });
    else expect(rendered).toEqual({ outcome: "unprintable", codePoints: [0x1f600] });
  });
});
