import { openPdfium } from "../pdfium/pdfium.ts";
import { drawPages } from "./draw-pages.ts";
import { type DrawAnswer, type DrawRequest, parseDrawRequest } from "./messages.ts";

/*
 * A process that can be lost: it draws the pages of one hostile PDF after another. It is given nothing but the file,
 * has no settings, and ends with the one that started it.
 */

const pdfium = await openPdfium();

process.on("disconnect", () => process.exit());
// Ctrl-C reaches it too: its worker decides when it ends.
process.on("SIGINT", () => {});
process.on("message", (message) => {
  const request = parseDrawRequest(message);
  process.send?.({ id: request.id, said: answer(request) });
});
process.send?.({ id: 0, said: "ready" });

function answer(request: DrawRequest): DrawAnswer {
  try {
    return drawPages(pdfium, request);
  } catch (error) {
    // After this PDFium's memory may be in any state: nobody gets another answer from here.
    setTimeout(() => process.exit(1));
    const reason = error instanceof Error ? error.constructor.name : "Unknown";
    return { outcome: "undrawable", fault: "unreadable", reason };
  }
}
