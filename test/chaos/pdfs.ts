import { openPreparer } from "../../worker/letters/precompiled/preparer.ts";
import { prepareHurtLetters } from "../worker/letters/precompiled/hurt-letters.ts";
import type { Scenario } from "./scenario.ts";

/** Letters that services made, cut short and changed at random; the suite runs fifty with a fixed seed. */
export const pdfs: Scenario = {
  describe: "hurt and hostile precompiled letters",
  sends: 500,
  unit: "letters",
  async run({ seed, sends, say }) {
    const preparer = openPreparer();
    try {
      const { ends, reasons, slowestMs, faults } = await prepareHurtLetters(preparer, { seed, count: sends });
      for (const [reason, count] of reasons) say(`${count} × ${reason}`);
      const figures = Object.fromEntries(
        Array.from(ends, ([end, count]) => [end.replaceAll("-", "_"), count]),
      );
      return { figures: { ...figures, slowest_ms: slowestMs }, faults };
    } finally {
      await preparer.close();
    }
  },
};
