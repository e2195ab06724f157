import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import { PDFName } from "@cantoo/pdf-lib";
import {
  openPreparer,
  ordinaryLimits,
  type Preparer,
} from "../../../../worker/letters/precompiled/preparer.ts";
import { never } from "../../providers/provider-server.ts";
import { letterDocument, letterPdf } from "./letter-pdf.ts";

let preparer: Preparer;

beforeAll(() => {
  preparer = openPreparer();
});

afterAll(() => preparer.close());

const home = { allowsInternational: false };

/** A letter whose page draws what `content` says, packed however it likes. */
async function drawing(content: Uint8Array, filter: string | string[] = "FlateDecode") {
  const document = await letterDocument({
    draw: ({ document: { context }, page }) => {
      page.node.addContentStream(context.register(context.stream(content, { Filter: filter })));
    },
  });
  return new Uint8Array(await document.save());
}

const text = (words: string) => new TextEncoder().encode(words);

describe("letters prepared in a process of their own", () => {
  test("come back ready to print, several at once, and refused ones with their reasons", async () => {
    const good = await letterPdf();
    const bad = await letterPdf({ pages: 11 });

    const answers = await Promise.all([
      preparer.prepare(good, home, never),
      preparer.prepare(bad, home, never),
      preparer.prepare(text("no PDF"), home, never),
    ]);

    expect(answers[0]).toMatchObject({
      ...{ outcome: "valid", pages: 1, redrawn: [], keptAddress: false },
      address: { lines: ["Ms A Sample", "1 High Street", "Leeds", "LS1 4AP"], postcode: "LS1 4AP" },
    });
    expect(answers[1]).toMatchObject({
      outcome: "refused",
      code: "letter-too-long",
      pages: [],
      pageCount: 11,
    });
    expect(answers[2]).toMatchObject({
      outcome: "refused",
      code: "unable-to-read-the-file",
      pageCount: null,
    });
  });

  test("that take too long cost themselves an error, and nobody else", async () => {
    await using short = disposable(openPreparer({ timeMs: 1500, memoryBytes: 8 * 1024 ** 3 }));
    // A million small circles' worth of curves, each over the whole page.
    const curves = text("0 0 m 0 900 600 0 600 900 c S\n".repeat(200_000));
    const slow = await drawing(deflateSync(curves));

    expect(await short.prepare(slow, home, never)).toMatchObject({
      ...{ outcome: "refused", code: "unable-to-read-the-file" },
      reason: "It took longer than 1500 ms",
    });
    const patient = preparer.prepare(await letterPdf(), home, never);
    expect((await patient).outcome).toBe("valid");
  });

  test("that unpack to more than there is cost themselves an error", async () => {
    await using small = disposable(openPreparer({ ...ordinaryLimits, memoryBytes: 300 * 1024 * 1024 }));
    const zeros = deflateSync(new Uint8Array(400 * 1024 * 1024));
    const bomb = await drawing(deflateSync(zeros), ["FlateDecode", "FlateDecode"]);
    expect(bomb.byteLength).toBeLessThan(100_000);

    const answer = await small.prepare(bomb, home, never);

    expect(answer).toMatchObject({ outcome: "refused", code: "unable-to-read-the-file" });
    expect((await small.prepare(await letterPdf(), home, never)).outcome).toBe("valid");
  });

  test("nested beyond measure end, one way or the other", async () => {
    const deep = [
      await drawing(text(`${"[".repeat(200_000)}${"]".repeat(200_000)} TJ`), []),
      await drawing(text("q ".repeat(500_000)), []),
      await drawing(text(`/P <<${"/A <<".repeat(50_000)} BDC`), []),
    ];
    const document = await letterDocument({
      draw: ({ document: { context }, page }) => {
        const form = context.nextRef();
        const itself = context.stream("/Fm Do /Fm Do", {
          ...{ Type: "XObject", Subtype: "Form", BBox: [0, 0, 9, 9] },
          Resources: { XObject: { Fm: form } },
        });
        context.assign(form, itself);
        page.node.setXObject(PDFName.of("Fm"), form);
        page.node.addContentStream(context.register(context.stream("/Fm Do")));
      },
    });
    deep.push(new Uint8Array(await document.save()));

    const answers = await Promise.all(deep.map((pdf) => preparer.prepare(pdf, home, never)));

    for (const answer of answers) expect(["valid", "refused"]).toContain(answer.outcome);
  });

  test("are let go when their worker stops", async () => {
    await using own = disposable(openPreparer());
    const stop = new AbortController();

    const going = own.prepare(await letterPdf({ pages: 10 }), home, stop.signal);
    stop.abort(new Error("The worker is stopping"));

    await expect(going).rejects.toThrow("The worker is stopping");
  });

  test("that draw what doubles itself twenty times are ended by their limits", async () => {
    await using short = disposable(openPreparer({ ...ordinaryLimits, timeMs: 2000 }));
    const document = await letterDocument({
      draw: ({ document: { context }, page }) => {
        let inner = context.register(
          context.stream("0 0 500 500 re f", { Type: "XObject", Subtype: "Form", BBox: [0, 0, 600, 900] }),
        );
        for (let level = 0; level < 24; level += 1) {
          const outer = { Type: "XObject", Subtype: "Form", BBox: [0, 0, 600, 900] };
          inner = context.register(
            context.stream("/Fm Do /Fm Do", { ...outer, Resources: { XObject: { Fm: inner } } }),
          );
        }
        page.node.setXObject(PDFName.of("Fm"), inner);
        page.node.addContentStream(context.register(context.stream("q 0.001 0 0 0.001 60 400 cm /Fm Do Q")));
      },
    });

    const answer = await short.prepare(new Uint8Array(await document.save()), home, never);

    expect(answer).toMatchObject({ outcome: "refused", code: "unable-to-read-the-file" });
  });
});

function disposable(opened: Preparer): Preparer & AsyncDisposable {
  return { ...opened, [Symbol.asyncDispose]: () => opened.close() };
}
