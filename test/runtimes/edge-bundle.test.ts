import { expect, test } from "bun:test";
import { edgeBundle } from "./edge-bundle.ts";
import { lanes } from "./lanes.ts";
import { openPlace } from "./place.ts";

/** What Cloudflare's and others' limits leave room for, with much to spare. */
const largest = 1_000_000;

test("the edge's bundle is small, and holds nothing of the worker's", async () => {
  const { bytes, inputs } = await edgeBundle();

  const packages = new Map<string, number>();
  for (const [path, size] of inputs) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "ours";
    packages.set(name, (packages.get(name) ?? 0) + size);
  }
  const sizes = [...packages].sort(([, a], [, b]) => b - a).slice(0, 8);
  console.log(`edge bundle: ${bytes} bytes (${sizes.map(([name, size]) => `${name} ${size}`).join(", ")} …)`);
  expect(bytes).toBeLessThan(largest);
  for (const name of ["pg-boss", "pg", "pino", "nodemailer", "croner", "ky"])
    expect(packages.has(name)).toBe(false);
  expect([...inputs.keys()].filter((path) => /^(worker|sql|test)\//.test(path))).toEqual([]);
});

test("workerd answers soon after its start", async () => {
  await using place = await openPlace();
  const starts: number[] = [];
  const firsts: number[] = [];
  for (const lane of lanes.filter(({ name }) => name === "workerd")) {
    for (let run = 0; run < 3; run++) {
      await using server = await lane.start(place.databaseUrl);
      starts.push(server.startMs);
      const startedAt = performance.now();
      await fetch(`${server.url}/_ready`);
      firsts.push(performance.now() - startedAt);
    }
  }

  const list = (times: number[]) => times.map((ms) => ms.toFixed(0)).join(", ");
  console.log(
    `workerd: first answer ${list(starts)} ms after its process began; first of the database ${list(firsts)} ms`,
  );
  expect(Math.min(...starts)).toBeLessThan(5_000);
}, 60_000);
