import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { chooseProvider, type Need, type ProviderDetails } from "../../../shared/provider/choose.ts";
import { seeded } from "../../chaos/random.ts";

const mmg = { name: "mmg", priority: 70, supportsInternational: true };
const firetext = { name: "firetext", priority: 30, supportsInternational: false };
const third = { name: "third", priority: 0, supportsInternational: true };

function choose(active: readonly ProviderDetails[], need: Partial<Need> = {}): string | null {
  return chooseProvider(active, {
    configured: new Set(["mmg", "firetext", "third"]),
    international: false,
    lastTried: null,
    random: 0,
    ...need,
  });
}

const cases: [what: string, active: ProviderDetails[], need: Partial<Need>, name: string | null][] = [
  ["nothing where there is none", [], {}, null],
  ["nothing where none is configured", [mmg, firetext], { configured: new Set() }, null],
  ["only what is configured", [mmg, firetext], { configured: new Set(["firetext"]) }, "firetext"],
  ["the first at the low end", [mmg, firetext], { random: 0 }, "mmg"],
  ["the first up to its share", [mmg, firetext], { random: 0.699 }, "mmg"],
  ["the second from there", [mmg, firetext], { random: 0.701 }, "firetext"],
  ["the second at the high end", [mmg, firetext], { random: 1 - 2 ** -53 }, "firetext"],
  ["one that sends abroad", [firetext, mmg], { international: true, random: 0 }, "mmg"],
  ["nothing where none sends abroad", [firetext], { international: true }, null],
  ["another than was just tried", [mmg, firetext], { lastTried: "mmg", random: 0 }, "firetext"],
  ["the one just tried where it is alone", [mmg], { lastTried: "mmg" }, "mmg"],
  [
    "the one just tried where the other does not send abroad",
    [mmg, firetext],
    { lastTried: "mmg", international: true },
    "mmg",
  ],
  [
    "the one just tried where the other is not configured",
    [mmg, firetext],
    { lastTried: "mmg", configured: new Set(["mmg"]) },
    "mmg",
  ],
  ["one that weighs nothing where it is alone", [third], {}, "third"],
  ["one that weighs nothing where the other was just tried", [mmg, third], { lastTried: "mmg" }, "third"],
  ["not one that weighs nothing beside another, first", [third, mmg], { random: 0 }, "mmg"],
  ["not one that weighs nothing beside another, last", [mmg, third], { random: 1 - 2 ** -53 }, "mmg"],
  ["one of several that all weigh nothing", [{ ...mmg, priority: 0 }, third], { random: 0.5 }, "third"],
];

describe("chooseProvider", () => {
  test.each(cases)("draws %s", (_, active, need, name) => {
    expect(choose(active, need)).toBe(name);
  });

  test("draws by weight over many", () => {
    const random = seeded(7);
    const counts: Record<string, number> = { mmg: 0, firetext: 0 };

    for (let draw = 0; draw < 20_000; draw++) {
      const name = choose([mmg, third, firetext], { random: random() });
      counts[`${name}`] = (counts[`${name}`] ?? 0) + 1;
    }

    // Of 20,000: six standard deviations are 390.
    expect(counts.third).toBeUndefined();
    expect(Math.abs((counts.mmg ?? 0) - 14_000)).toBeLessThan(390);
    expect((counts.mmg ?? 0) + (counts.firetext ?? 0)).toBe(20_000);
  });

  test("draws only who can, and always someone where someone can, whatever the weights", () => {
    const details = fc.record({
      name: fc.constantFrom("mmg", "firetext", "third", "unknown"),
      priority: fc.nat(1000),
      supportsInternational: fc.boolean(),
    });
    const lists = fc.uniqueArray(details, { selector: ({ name }) => name });
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const names = fc.option(fc.constantFrom("mmg", "firetext", "third"));

    fc.assert(
      fc.property(lists, randoms, fc.boolean(), names, (active, random, international, lastTried) => {
        const name = choose(active, { random, international, lastTried });
        const able = active.filter(
          (one) => one.name !== "unknown" && (one.supportsInternational || !international),
        );
        const drawn = able.find((one) => one.name === name);

        expect(name === null).toBe(able.length === 0);
        if (name === null) return;
        expect(drawn).toBeDefined();
        if (able.length > 1) expect(name).not.toBe(lastTried);
        const others = able.filter((one) => one.name !== lastTried);
        if (others.some(({ priority }) => priority > 0)) expect(drawn?.priority).toBeGreaterThan(0);
      }),
    );
  });
});
