import { expect, test } from "bun:test";
import { type EdgePart, edgeBundle } from "./edge-bundle.ts";
import { lanes } from "./lanes.ts";
import { openPlace } from "./place.ts";

/** What Cloudflare's and others' limits leave room for, with much to spare. */
const largest = 1_000_000;

test("the edge's bundle is small, and holds nothing of the worker's", async () => {
  const { main, console: ofConsole } = await edgeBundle();

  const packages = sizesOf(main);
  console.log(`edge bundle: ${main.bytes} bytes (${largestOf(main)} …)`);
  console.log(`edge bundle, the console beside it: ${ofConsole.bytes} bytes (${largestOf(ofConsole)} …)`);
  expect(main.bytes).toBeLessThan(largest);
  for (const name of ["pg-boss", "pg", "pino", "nodemailer", "croner", "ky"])
    expect(packages.has(name)).toBe(false);
  const inputs = [...main.inputs.keys(), ...ofConsole.inputs.keys()];
  expect(inputs.filter((path) => /^(worker|sql|test)\//.test(path))).toEqual([]);
});

test("the edge loads nothing of the console before somebody asks for it", async () => {
  const { main, console: ofConsole } = await edgeBundle();

  const early = [...main.inputs.keys()].filter((path) => /^api\/console\/|\/uplot\//.test(path));
  expect(early).toEqual(["api/console/show-console.ts"]);
  expect([...ofConsole.inputs.keys()]).toContain("api/console/console.ts");
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
}, 120_000);

/** The bytes of each package, and of what is ours. */
function sizesOf({ inputs }: EdgePart): Map<string, number> {
  const packages = new Map<string, number>();
  for (const [path, size] of inputs) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "ours";
    packages.set(name, (packages.get(name) ?? 0) + size);
  }
  return packages;
}

function largestOf(part: EdgePart): string {
  const sizes = [...sizesOf(part)].sort(([, a], [, b]) => b - a).slice(0, 8);
  return sizes.map(([name, size]) => `${name} ${size}`).join(", ");
}
