import { openPdfium } from "../pdfium/pdfium.ts";
import { loadFonts } from "../render/fonts.ts";
import { ContentFault } from "./content/parse.ts";
import { prepareLetter, UnfitLetter } from "./prepare.ts";
import { type Answer, parseRequest } from "./process-messages.ts";

/*
 * A process that can be lost: it reads one hostile PDF after another. It is given nothing but the file, has no
 * settings, and ends with the one that started it.
 */

const tools = { pdfium: await openPdfium(), font: loadFonts().regular };

process.on("disconnect", () => process.exit());
// Ctrl-C reaches it too: its worker decides when it ends.
process.on("SIGINT", () => {});
process.on("message", async (message) => {
  const { id, pdf, allowsInternational } = parseRequest(message);
  process.send?.({ id, said: await answer(pdf, allowsInternational) });
});
process.send?.({ id: 0, said: "ready" });

async function answer(pdf: Uint8Array, allowsInternational: boolean): Promise<Answer> {
  try {
    const prepared = await prepareLetter(pdf, { allowsInternational }, tools);
    if (prepared.outcome === "refused") return { ...prepared, reason: null };
    return { ...prepared, address: prepared.address.lines.join("\n") };
  } catch (error) {
    // After this PDFium's memory may be in any state: nobody gets another answer from here.
    const isBroken = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
    if (isBroken) setTimeout(() => process.exit(1));
    return {
      outcome: "refused",
      code: "unable-to-read-the-file",
      pages: [],
      pageCount: null,
      reason: reasonOf(error),
    };
  }
}

/** Messages of libraries repeat what stands in the file: only ours are passed on. */
function reasonOf(error: unknown): string {
  if (error instanceof ContentFault || error instanceof UnfitLetter) return error.message;
  return error instanceof Error ? error.constructor.name : "Unknown";
}
