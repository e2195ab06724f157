import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { PDFName, PDFNumber } from "@cantoo/pdf-lib";
import { type Drawer, openDrawer } from "../../../../worker/letters/draw/drawer.ts";
import type { LetterFault } from "../../../../worker/letters/draw/overlay.ts";
import { never } from "../../providers/provider-server.ts";
import { type Drawing, letterDocument, letterPdf } from "../precompiled/letter-pdf.ts";
import { testPng } from "../precompiled/pictures.ts";
import { readPng } from "./read-png.ts";

let drawer: Drawer;

beforeAll(() => {
  drawer = openDrawer();
});

afterAll(() => drawer.close());

/** Black ink alone, as paper shows it. */
const ink = "1f1f1f";
const all = { firstPage: 1, mostPages: 10, fault: null };

async function draw(pdf: Uint8Array<ArrayBuffer>, fault: LetterFault | null = null) {
  const pages = fault?.pages ? [...fault.pages] : null;
  const answer = await drawer.draw({ ...all, pdf, fault: fault && { ...fault, pages } }, never);
  if (answer.outcome !== "drawn") throw new Error(`It was not drawn: ${answer.fault}, ${answer.reason}`);
  return answer.pictures.map(readPng);
}

const text = (words: string) => new TextEncoder().encode(words);
const addressWindow = { left: 24.6, right: 120, top: 39.5, bottom: 66.3 };

describe("pages of a PDF", () => {
  test("become pictures of 120 dots an inch, in grey where they are grey, with what stands on them", async () => {
    const box = { left: 20, right: 60, top: 150, bottom: 170 };
    const pdf = await letterPdf({ pages: 2, draw: (drawing, page) => void (page === 1 && drawing.box(box)) });

    const [first, second] = await draw(pdf);

    expect(first).toMatchObject({ width: 992, height: 1403 });
    expect(first?.inkIn(addressWindow)).toBeGreaterThan(500);
    expect(second?.colourAt(40, 160)).toBe(ink);
    expect(second?.colourAt(40, 180)).toBe("ffffff");
    expect(first?.bytes).toBeLessThan(15_000);
  });

  test("keep their colours", async () => {
    const document = await letterDocument();
    const image = await document.embedPng(testPng());
    document.getPages()[0]?.drawImage(image, { x: 100, y: 100, width: 300, height: 300 });

    const [page] = await draw(new Uint8Array(await document.save()));

    // Its corner at the bottom right: red and green are full, blue is half.
    const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) =>
      Number.parseInt(page?.colourAt(139, 260).slice(at, at + 2) ?? "", 16),
    );
    expect([red > 200, green > 200, blue > 96 && blue < 160]).toEqual([true, true, true]);
  });

  test("are drawn from any page on, as many as there are, and counted", async () => {
    const pdf = await letterPdf({ pages: 13 });

    const end = await drawer.draw({ ...all, pdf, firstPage: 11 }, never);
    const beyond = await drawer.draw({ ...all, pdf, firstPage: 21 }, never);

    expect(end).toMatchObject({ outcome: "drawn", pages: 13 });
    expect(end.outcome === "drawn" && end.pictures.length).toBe(3);
    expect(beyond).toEqual({ outcome: "drawn", pages: 13, pictures: [] });
  });

  test("are drawn smaller where no paper is so large, and crossed out where they have no size", async () => {
    const [wide] = await draw(await letterPdf({ size: { width: 4000, height: 400 } }));
    const document = await letterDocument({ pages: 2 });
    const [first, second] = document.getPages();
    first?.node.set(PDFName.of("MediaBox"), document.context.obj([0, 0, 0, 0]));
    second?.node.set(PDFName.of("Type"), PDFName.of("Nothing"));
    second?.node.set(PDFName.of("Contents"), PDFNumber.of(7));

    const odd = await draw(new Uint8Array(await document.save()));

    expect(wide).toMatchObject({ width: 2000, height: 200 });
    expect(odd).toHaveLength(2);
  });
});

describe("what is no use to draw", () => {
  const cases: [string, () => Promise<Uint8Array<ArrayBuffer>>, string][] = [
    ["no PDF", async () => text("no PDF"), "unreadable"],
    ["nothing", async () => new Uint8Array(), "unreadable"],
    ["half a PDF", async () => (await letterPdf()).slice(0, 400), "unreadable"],
    ["one that wants a password", () => encrypted({ userPassword: "secret" }), "password-protected"],
  ];
  test.each(cases)("%s is told", async (_, pdf, fault) => {
    expect(await drawer.draw({ ...all, pdf: await pdf() }, never)).toMatchObject({
      outcome: "undrawable",
      fault,
    });
  });

  test("one that is encrypted, but opens without a password, is drawn", async () => {
    const [page] = await draw(await encrypted({ userPassword: "", ownerPassword: "secret" }));

    expect(page?.inkIn(addressWindow)).toBeGreaterThan(500);
  });

  test("a file that takes too long or too much ends its own process, and nobody else's", async () => {
    await using short = disposable(openDrawer({ timeMs: 700, memoryBytes: 8 * 1024 ** 3 }));
    await using small = disposable(openDrawer({ timeMs: 60_000, memoryBytes: 1024 ** 2 }));
    const slow = await letterPdf({
      draw: ({ document: { context }, page }) => {
        const curves = text("0 0 m 0 900 600 0 600 900 c S\n".repeat(200_000));
        page.node.addContentStream(context.register(context.flateStream(curves)));
      },
    });

    const answers = await Promise.all([
      short.draw({ ...all, pdf: slow }, never),
      small.draw({ ...all, pdf: slow }, never),
      drawer.draw({ ...all, pdf: await letterPdf() }, never),
    ]);

    expect(answers).toMatchObject([
      { outcome: "undrawable", fault: "unreadable", reason: "It took longer than 700 ms" },
      { outcome: "undrawable", fault: "unreadable", reason: "It took more than 1 MB" },
      { outcome: "drawn", pages: 1 },
    ]);
  });
});

describe("what is wrong with a letter is drawn over it", () => {
  const [white, zone] = ["ffffff", "f6d7d2"];

  test("where something stands that is not printed, and everywhere that nothing is, on those pages", async () => {
    const draws = ({ box, write }: Drawing, page: number) => {
      if (page === 0) write("Too low for the window", { left: 30, top: 80 });
      // As good as white, and half a millimetre.
      if (page === 1) box({ left: 2, right: 2.4, top: 280, bottom: 280.4 });
      if (page === 2) box({ left: 2, right: 4, top: 280, bottom: 282 });
    };
    const fault = { code: "content-outside-printable-area", pages: [1, 2] } as const;

    const [first, second, third] = await draw(await letterPdf({ pages: 3, draw: draws }), fault);

    // From the spec's lines: beside the window, between it and the body, the margins; not the window, not the body.
    const placesOfFirst = [
      [18, 50],
      [122, 50],
      [20, 90],
      [5, 200],
      [200, 200],
      [100, 294],
      [100, 2],
    ] as const;
    for (const [x, y] of placesOfFirst) expect([x, y, first?.colourAt(x, y)]).toEqual([x, y, zone]);
    const allowed = [
      [100, 60],
      [100, 20],
      [150, 80],
      [150, 200],
      [193, 93],
    ] as const;
    for (const [x, y] of allowed) expect([x, y, first?.colourAt(x, y)]).toEqual([x, y, white]);
    expect(first?.colourAt(29.5, 77)).not.toBe(zone);
    // The ungrown lines, though a millimetre more is let pass.
    expect([second?.colourAt(14.6, 150), second?.colourAt(15.4, 150)]).toEqual([zone, white]);
    expect([second?.colourAt(3.5, 281), second?.colourAt(3.5, 240)]).toEqual([
      expect.not.stringMatching(zone),
      zone,
    ]);
    expect([third?.colourAt(5, 200), third?.colourAt(3, 281)]).toEqual([white, "212121"]);
    expect(first?.bytes).toBeLessThan(40_000);
  });

  test("on no page that has nothing outside, where nobody noted which have", async () => {
    const draws = ({ box }: Drawing, page: number) => {
      if (page === 1) box({ left: 2, right: 4, top: 9, bottom: 10 });
    };
    const fault = { code: "content-outside-printable-area", pages: null } as const;

    const [first, second] = await draw(await letterPdf({ pages: 2, draw: draws }), fault);

    expect([first?.colourAt(5, 200), second?.colourAt(5, 200)]).toEqual([white, zone]);
  });

  test("in the same place where the page counts in another unit", async () => {
    const document = await letterDocument({ size: { width: 105, height: 148.5 } });
    document.getPages()[0]?.node.set(PDFName.of("UserUnit"), PDFNumber.of(2));
    const fault = { code: "address-is-empty", pages: [1] } as const;

    const [page] = await draw(new Uint8Array(await document.save()), fault);

    expect([page?.colourAt(100, 60), page?.colourAt(100, 70)]).toEqual([zone, white]);
  });

  const cases: [LetterFault, inside: [number, number], outside: [number, number]][] = [
    [{ code: "not-a-real-uk-postcode", pages: [1] }, [110, 60], [122, 60]],
    [{ code: "notify-tag-found-in-content", pages: [1] }, [8, 3], [20, 3]],
  ];
  test.each(cases)("$code: its area", async (fault, inside, outside) => {
    const [first, second] = await draw(await letterPdf({ pages: 2 }), fault);

    expect(first?.colourAt(...inside)).toBe(zone);
    expect([first?.colourAt(...outside), second?.colourAt(...inside)]).toEqual([white, white]);
  });

  test("the whole of a page of the wrong shape, and of those that are too many", async () => {
    const [wide] = await draw(await letterPdf({ size: { width: 297, height: 210 } }), {
      ...{ code: "letter-not-a4-portrait-oriented", pages: [1] },
    });
    const fault = { code: "letter-too-long", pages: null } as const;
    const from = { firstPage: 10, mostPages: 10, pdf: await letterPdf({ pages: 11 }) };
    const long = await drawer.draw({ ...from, fault }, never);
    const pages = long.outcome === "drawn" ? long.pictures.map(readPng) : [];

    expect(wide?.colourAt(100, 100)).toBe(zone);
    expect(pages.map((page) => page.colourAt(100, 200))).toEqual([white, zone]);
  });
});

async function encrypted(passwords: { userPassword: string; ownerPassword?: string }) {
  const document = await letterDocument();
  document.encrypt({ ownerPassword: "owner", ...passwords, permissions: {} });
  return new Uint8Array(await document.save());
}

function disposable(opened: Drawer): Drawer & AsyncDisposable {
  return { ...opened, [Symbol.asyncDispose]: () => opened.close() };
}
