import { expect, test } from "bun:test";
import { openPreparer } from "../../../../worker/letters/precompiled/preparer.ts";
import { prepareHurtLetters } from "./hurt-letters.ts";

// The long form is `bun run chaos pdfs`.
test("hurt letters never hang or kill their worker, and none is valid that is not", async () => {
  const preparer = openPreparer();
  try {
    const { faults, ends } = await prepareHurtLetters(preparer, { seed: 7, count: 50 });

    expect(faults).toEqual([]);
    expect(ends.get("valid")).toBeGreaterThan(0);
    expect(ends.get("unable-to-read-the-file")).toBeGreaterThan(0);
  } finally {
    await preparer.close();
  }
});
