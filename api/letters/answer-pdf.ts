import { answerError } from "../answer.ts";
import { pdfFaults } from "../v2/notifications/letter-words.ts";

/**
 * A PDF as an answer, or the part of it that was asked for (RFC 9110 section 14). Nothing tells one version of it from
 * another, so where a part is wanted only of the same version as before (`If-Range`), the whole is answered; so it is
 * where several parts are wanted.
 */
export function answerPdf(request: Request, pdf: Uint8Array<ArrayBuffer>): Response {
  const headers = {
    "Content-Type": "application/pdf",
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-cache",
  };
  const asked = request.headers.has("If-Range") ? null : request.headers.get("Range");
  const range = asked === null ? null : readRange(asked, pdf.length);
  if (range === "none") {
    const message = pdfFaults.noPart(pdf.length);
    const refusal = answerError({ status: 416, errors: [{ error: "RangeNotSatisfiable", message }] });
    refusal.headers.set("Content-Range", `bytes */${pdf.length}`);
    return refusal;
  }
  if (range === null)
    return new Response(pdf, { headers: { ...headers, "Content-Length": `${pdf.length}` } });
  const part = pdf.subarray(range.first, range.last + 1);
  return new Response(part, {
    status: 206,
    headers: {
      ...headers,
      "Content-Length": `${part.length}`,
      "Content-Range": `bytes ${range.first}-${range.last}/${pdf.length}`,
    },
  });
}

interface Range {
  first: number;
  /** Part of it. */
  last: number;
}

/** Null for what is not one range of bytes, which is as if none was asked for; `none` where it holds no byte. */
function readRange(header: string, size: number): Range | "none" | null {
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header);
  if (!match) return null;
  const [, from = "", to = ""] = match;
  if (from === "") {
    if (to === "") return null;
    const length = Math.min(Number(to), size);
    return length === 0 ? "none" : { first: size - length, last: size - 1 };
  }
  if (to !== "" && Number(to) < Number(from)) return null;
  const first = Number(from);
  if (first >= size) return "none";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
