import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { openWorld } from "../support/world.ts";

const root = resolve(import.meta.dir, "../..");
const guide = await Bun.file(resolve(root, "worker/METRICS.md")).text();

/** What its first table says: name, type and labels. */
const listed = [...guide.matchAll(/^\| `(pillarbox_\w+)` \| (\w+) \| (.*?) \|/gm)].map(
  ([, name, type, labels = ""]) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
  }),
);

describe("worker/METRICS.md", () => {
  test("lists every metric with its type and labels, and no other", async () => {
    await using world = await openWorld({ worker: false });
    const { metrics } = await world.startWorker();

    const text = await metrics.registry.metrics();

    const own = /^# TYPE (pillarbox_(?!process_|nodejs_)\w+) (\w+)$/gm;
    const registered = [...text.matchAll(own)].map(([, name, type]) => ({ name, type }));
    expect(registered.length).toBeGreaterThan(15);
    expect(listed.map(({ name, type }) => ({ name, type })).sort(byName)).toEqual(registered.sort(byName));
    for (const { name, labels } of listed) {
      const metric = metrics.registry.getSingleMetric(name ?? "");
      // One that has more leaves them out where they say nothing.
      expect(Reflect.get(metric ?? {}, "labelNames")).toEqual(expect.arrayContaining(labels));
    }
  });
});

function byName(a: { name: string | undefined }, b: { name: string | undefined }): number {
  return (a.name ?? "") < (b.name ?? "") ? -1 : 1;
}
