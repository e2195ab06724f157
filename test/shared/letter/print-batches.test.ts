import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createGrouper, type Groupable } from "../../../shared/letter/batch-groups.ts";
import { contentHash, letterFileName, zipName } from "../../../shared/letter/batch-name.ts";

type Letter = Groupable & { id: number };

function groups(
  letters: readonly Letter[],
  limits: { largestBytes: number; mostLetters: number },
): (readonly Letter[])[] {
  const grouper = createGrouper<Letter>(limits);
  const closed = [...letters.map((letter) => grouper.add(letter)), grouper.close()];
  return closed.filter((batch) => batch !== null);
}

const letterOf = (bytes: number, id = 0, postage = "first", serviceId = "a") => ({
  ...{ bytes, id, postage, serviceId },
});
const sizes = (batches: (readonly Letter[])[]) => batches.map((batch) => batch.map(({ bytes }) => bytes));

describe("createGrouper", () => {
  test.each<[string, number[], number[][]]>([
    ["fills a batch to the last byte", [40, 60, 1], [[40, 60], [1]]],
    ["does not go a byte over", [40, 61], [[40], [61]]],
    ["gives a letter over the limit a batch of its own", [101, 5], [[101], [5]]],
    ["does so in the middle", [5, 500, 500, 5], [[5], [500], [500], [5]]],
    ["counts letters", [1, 1, 1, 1], [[1, 1, 1], [1]]],
    ["makes nothing of nothing", [], []],
  ])("%s", (_what, bytes, expected) => {
    const letters = bytes.map((size, id) => letterOf(size, id));

    expect(sizes(groups(letters, { largestBytes: 100, mostLetters: 3 }))).toEqual(expected);
  });

  test("begins anew where postage or service changes", () => {
    const letters = [
      letterOf(1, 1, "first", "a"),
      letterOf(2, 2, "first", "b"),
      letterOf(3, 3, "second", "b"),
      letterOf(4, 4, "second", "b"),
    ];

    expect(sizes(groups(letters, { largestBytes: 100, mostLetters: 9 }))).toEqual([[1], [2], [3, 4]]);
  });

  test("makes no zip that would need zip64, whatever the count limit", () => {
    const letters = Array.from({ length: 65_535 }, (_, id) => letterOf(1, id));

    const batches = groups(letters, { largestBytes: 1_900_000_000, mostLetters: 1_000_000 });

    expect(batches.map(({ length }) => length)).toEqual([65_534, 1]);
  });

  test("keeps every letter once, the order and the limits, and closes no batch early", () => {
    const ordered = fc
      .array(
        fc.record({
          bytes: fc.integer({ min: 1, max: 150 }),
          postage: fc.constantFrom("first", "second"),
          serviceId: fc.constantFrom("a", "b", "c"),
        }),
        { maxLength: 60 },
      )
      .map((letters) =>
        letters
          .toSorted((a, b) => (`${a.postage} ${a.serviceId}` < `${b.postage} ${b.serviceId}` ? -1 : 1))
          .map((letter, id) => ({ ...letter, id })),
      );
    const sum = (batch: readonly Letter[]) => batch.reduce((total, { bytes }) => total + bytes, 0);
    const kind = ({ postage, serviceId }: Groupable) => `${postage} ${serviceId}`;

    fc.assert(
      fc.property(ordered, fc.integer({ min: 1, max: 8 }), (letters, mostLetters) => {
        const batches = groups(letters, { largestBytes: 100, mostLetters });

        expect(batches.flat()).toEqual(letters);
        for (const [at, batch] of batches.entries()) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(mostLetters);
          expect(new Set(batch.map(kind)).size).toBe(1);
          if (batch.length > 1) expect(sum(batch)).toBeLessThanOrEqual(100);
          const [next] = batches[at + 1] ?? [];
          const [first] = batch;
          if (!next || !first || kind(next) !== kind(first)) continue;
          expect(batch.length === mostLetters || sum(batch) + next.bytes > 100).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("names", () => {
  const letter = { reference: "7QK2M9ZD41XTB06H", createdAt: new Date("2026-07-02T17:34:02.999Z") };

  test.each([
    ["first", "1"],
    ["second", "2"],
    ["economy", "ECONOMY"],
    ["europe", "E"],
    ["rest-of-world", "N"],
  ] as const)("of a %s class letter hold %s and UTC", (postage, code) => {
    expect(letterFileName({ ...letter, postage })).toBe(
      `NOTIFY.7QK2M9ZD41XTB06H.D.${code}.C.20260702173402.PDF`,
    );
  });

  const serviceId = "b0a1c2d3-0000-4000-8000-000000000001";

  test.each([
    [1, "001"],
    [999, "999"],
    [1000, "1000"],
  ])("of zips count %p as %s", (number, nnn) => {
    const facts = { printDate: "2026-11-21", hash: "q7Zt0bWm-4Xc1LrUe_Ka", serviceId } as const;

    expect(zipName({ ...facts, postage: "second", number })).toBe(
      `NOTIFY.2026-11-21.2.${nnn}.q7Zt0bWm-4Xc1LrUe_Ka.${serviceId}.None.ZIP`,
    );
  });

  test("of zips carry their content: letters, PDFs and their order", async () => {
    const one = { fileName: "A.PDF", sha256: "00" };
    const other = { fileName: "B.PDF", sha256: "00" };
    const hashes = await Promise.all(
      [[one, other], [other, one], [one], [{ ...one, sha256: "01" }, other]].map(contentHash),
    );

    expect(new Set(hashes).size).toBe(4);
    expect(await contentHash([one, other])).toBe(hashes[0] ?? "");
    for (const hash of hashes) expect(hash).toMatch(/^[A-Za-z0-9_-]{20}$/);
  });
});
