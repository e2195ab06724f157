import type { PreparedLetter, Preparer } from "../../../../worker/letters/precompiled/preparer.ts";
import { never } from "../../providers/provider-server.ts";
import { mutated, seedLetters } from "./mutations.ts";
import { drawnContent, light, poppler } from "./streams.ts";

export interface HurtLetters {
  /** How many came to each end: `valid`, or a code. */
  ends: Map<string, number>;
  /** Limits that were needed, and readers that died. */
  reasons: Map<string, number>;
  slowestMs: number;
  /** What must not happen and did. */
  faults: string[];
}

/**
 * Has so many hurt letters prepared. What is called valid must be right: another reader finds as many pages in what
 * would be printed, the address that was told in its window, and nothing in light.
 */
export async function prepareHurtLetters(
  preparer: Preparer,
  { seed, count }: { seed: number; count: number },
): Promise<HurtLetters> {
  const letters = await seedLetters();
  const result: HurtLetters = { ends: new Map(), reasons: new Map(), slowestMs: 0, faults: [] };
  const numbers = Array.from({ length: count }, (_, index) => index);
  const work = async () => {
    for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
      const letter = letters[number % letters.length] ?? new Uint8Array();
      const began = performance.now();
      const answer = await preparer.prepare(
        mutated(letter, seed + number),
        { allowsInternational: true },
        never,
      );
      result.slowestMs = Math.max(result.slowestMs, performance.now() - began);
      add(result.ends, answer.outcome === "valid" ? "valid" : answer.code);
      if (answer.outcome === "refused" && answer.reason !== null) add(result.reasons, answer.reason);
      const fault = answer.outcome === "valid" && (await faultOf(answer));
      if (fault) result.faults.push(`Letter ${seed + number}: ${fault}`);
    }
  };
  await Promise.all([work(), work()]);
  return result;
}

function add(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

async function faultOf({
  pdf,
  pages,
  address,
  keptAddress,
}: Extract<PreparedLetter, { outcome: "valid" }>): Promise<string | null> {
  const [info, text, images, content] = await Promise.all([
    poppler(pdf, "pdfinfo"),
    // The window, in points.
    poppler(pdf, "pdftotext", "-layout", ..."-r 72 -x 65 -y 108 -W 280 -H 84".split(" ")),
    poppler(pdf, "pdfimages"),
    drawnContent(pdf),
  ]);
  if (!new RegExp(`Pages:\\s+${pages}\\n`).test(info)) return "another reader finds other pages";
  const words = (lines: string) =>
    lines
      .split(/\s+/)
      .filter((word) => word !== "")
      .join(" ");
  if (!keptAddress && words(text) !== words(address.lines.join("\n"))) {
    return `another reader finds ${JSON.stringify(words(text))}, not ${JSON.stringify(words(address.lines.join("\n")))}`;
  }
  return light.test(content) || /\s(?:rgb|icc)\s/.test(images) ? "it has light in it" : null;
}
