import { fuzz, fuzzedOperations } from "../fuzz/fuzz.ts";
import { furnishWorld } from "../openapi/furnished-world.ts";
import { atEnd } from "../support/at-end.ts";
import type { Scenario } from "./scenario.ts";

/** Requests made from the OpenAPI document, good and bad; the suite runs 10,000 an endpoint with a fixed seed. */
export const fuzzing: Scenario = {
  describe: "requests to every endpoint, good and hostile",
  sends: 100_000,
  unit: "requests an endpoint",
  async run({ seed, sends, say }) {
    const figures: Record<string, number> = { requests: 0 };
    const faults: string[] = [];
    try {
      await using place = await furnishWorld();
      for (const known of fuzzedOperations) {
        // In parts, so that no more than one of them is held at a time.
        for (let done = 0; done < sends; done += largestPart) {
          const part = { seed: seed + done / largestPart, requests: Math.min(largestPart, sends - done) };
          const { statuses, faults: found } = await fuzz(place, known, part);
          for (const [status, count] of Object.entries(statuses)) {
            figures[`status_${status}`] = (figures[`status_${status}`] ?? 0) + count;
          }
          figures.requests = (figures.requests ?? 0) + part.requests;
          faults.push(...found.map((fault) => `${known.method} ${known.path}, seed ${part.seed}: ${fault}`));
        }
        say(`${known.method} ${known.path}`);
      }
    } finally {
      for (const stop of atEnd.splice(0)) await stop();
    }
    return { figures, faults };
  },
};

const largestPart = 10_000;
