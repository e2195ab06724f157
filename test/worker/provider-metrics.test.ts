import { describe, expect, test } from "bun:test";
import { Registry } from "prom-client";
import type { ProviderFigures } from "../../shared/provider/slowness-queries.ts";
import { showProviders } from "../../worker/provider-metrics.ts";
import { createListLog } from "../support/list-log.ts";

const mmg: ProviderFigures = {
  name: "mmg",
  channel: "sms",
  priority: 41,
  active: true,
  updatedAt: new Date("2026-08-05T12:00:00.500Z"),
  slowShares: [
    { minutes: 1, share: 0.5 },
    { minutes: 5, share: 0.25 },
    { minutes: 10, share: 0 },
  ],
};
const ses: ProviderFigures = {
  name: "ses",
  channel: "email",
  priority: 100,
  active: false,
  updatedAt: null,
  slowShares: [],
};

/** Without what describes them. */
async function linesOf(registry: Registry): Promise<string[]> {
  return (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("the providers' metrics", () => {
  test("say what each carries and how slow its texts were", async () => {
    const registry = new Registry();
    let reads = 0;
    const read = async () => {
      reads++;
      return [mmg, ses];
    };
    showProviders(registry, { read, log: createListLog().log });

    const lines = await linesOf(registry);

    expect(lines).toEqual([
      'pillarbox_provider_priority{provider="mmg"} 41',
      'pillarbox_provider_priority{provider="ses"} 100',
      'pillarbox_provider_active{provider="mmg"} 1',
      'pillarbox_provider_active{provider="ses"} 0',
      'pillarbox_provider_changed_timestamp_seconds{provider="mmg"} 1785931200.5',
      'pillarbox_provider_slow_ratio{provider="mmg",minutes="1"} 0.5',
      'pillarbox_provider_slow_ratio{provider="mmg",minutes="5"} 0.25',
      'pillarbox_provider_slow_ratio{provider="mmg",minutes="10"} 0',
    ]);
    expect(await linesOf(registry)).toEqual(lines);
    expect(reads).toBe(1);
  });

  test("are left out while they cannot be read", async () => {
    const registry = new Registry();
    const { log, lines } = createListLog();
    showProviders(registry, { read: () => Promise.reject(new Error("gone")), log });

    expect(await linesOf(registry)).toEqual([]);
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({ level: "warn", message: "Cannot read the providers for a metric" });
  });
});
