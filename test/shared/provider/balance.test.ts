import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  restingPoints,
  type Share,
  sharesToBalance,
  takeFrom,
  takeFromFailing,
  takeFromSlow,
  tendToRest,
} from "../../../shared/provider/balance.ts";
import type { LockedProvider, ProviderChange } from "../../../shared/provider/change.ts";

type Points = Record<string, number>;

function sharesOf(points: Points): Share[] {
  return Object.entries(points).map(([name, priority]) => ({ name, priority }));
}

/** Where the points stand after the changes. */
function after(points: Points, changes: readonly ProviderChange[]): Points {
  return { ...points, ...Object.fromEntries(changes.map(({ name, priority }) => [name, priority ?? -1])) };
}

describe("sharesToBalance", () => {
  const mmg = { name: "mmg", channel: "sms", priority: 51, active: true, unchangedSeconds: null };
  const firetext = { ...mmg, name: "firetext", priority: 49 };
  const sns = { ...mmg, name: "sns", priority: 50 };
  const ses = { ...mmg, name: "ses", channel: "email", unchangedSeconds: 1 };

  const cases: [what: string, providers: LockedProvider[], names: string[] | null][] = [
    ["those that were never changed", [firetext, mmg], ["firetext", "mmg"]],
    ["one alone", [mmg], ["mmg"]],
    ["not what is switched off", [{ ...firetext, active: false }, mmg], ["mmg"]],
    ["not what this copy has no use for", [firetext, mmg, sns], ["firetext", "mmg"]],
    ["never emails' providers", [firetext, mmg, ses], ["firetext", "mmg"]],
    ["all after the quiet time", [firetext, { ...mmg, unchangedSeconds: 60 }], ["firetext", "mmg"]],
    ["none within it", [firetext, { ...mmg, unchangedSeconds: 59.999 }], null],
    ["none if the clock was put back", [firetext, { ...mmg, unchangedSeconds: -5 }], null],
    ["none after a change of one not used here", [mmg, { ...sns, unchangedSeconds: 5 }], null],
    [
      "all after a change of one switched off",
      [mmg, { ...sns, active: false, unchangedSeconds: 5 }],
      ["mmg"],
    ],
  ];

  test.each(cases)("answers %s", (_what, providers, names) => {
    const configured = new Set(["mmg", "firetext", "ses"]);

    const shares = sharesToBalance(providers, { configured, quietSeconds: 60 });

    expect(shares?.map(({ name }) => name) ?? null).toEqual(names);
  });
});

describe("of two, a share is taken", () => {
  const cases: [points: Points, from: string, points: Points][] = [
    [{ mmg: 51, firetext: 49 }, "mmg", { mmg: 41, firetext: 59 }],
    [{ mmg: 51, firetext: 49 }, "firetext", { mmg: 61, firetext: 39 }],
    [{ mmg: 10, firetext: 90 }, "mmg", { mmg: 0, firetext: 100 }],
    [{ mmg: 5, firetext: 95 }, "mmg", { mmg: 0, firetext: 100 }],
    [{ mmg: 0, firetext: 100 }, "mmg", { mmg: 0, firetext: 100 }],
    [{ mmg: 3, firetext: 50 }, "mmg", { mmg: 0, firetext: 60 }],
    [{ mmg: 100, firetext: 100 }, "mmg", { mmg: 90, firetext: 100 }],
    [{ mmg: 100, firetext: 0 }, "mmg", { mmg: 90, firetext: 10 }],
  ];

  test.each(cases)("%j from %s: %j", (before, name, expected) => {
    const changes = takeFromFailing(sharesOf(before), [{ name, failures: 51 }]);

    expect(after(before, changes)).toEqual(expected);
    expect(takeFromSlow(sharesOf(before), new Set([name]))).toEqual(changes);
  });

  test("in words that operators know", () => {
    const shares = sharesOf({ mmg: 51, firetext: 49 });

    expect(takeFromSlow(shares, new Set(["mmg"]))).toEqual([
      {
        name: "mmg",
        priority: 41,
        active: null,
        reason: "Reduced due to reduced reliability",
        createdBy: null,
      },
      {
        name: "firetext",
        priority: 59,
        active: null,
        reason: "Increased due to reduced reliability in other provider",
        createdBy: null,
      },
    ]);
  });

  test("and who has none left is changed all the same, so that the quiet begins anew", () => {
    const changes = takeFromSlow(sharesOf({ mmg: 0, firetext: 100 }), new Set(["mmg"]));

    expect(changes.map(({ name, priority }) => ({ name, priority }))).toEqual([{ name: "mmg", priority: 0 }]);
  });
});

describe("of several", () => {
  const failing: [points: Points, failing: [string, number][], points: Points][] = [
    [{ a: 34, b: 33, c: 33 }, [["a", 51]], { a: 24, b: 38, c: 38 }],
    [{ a: 34, b: 60, c: 6 }, [["a", 51]], { a: 24, b: 69, c: 7 }],
    [{ a: 4, b: 48, c: 48 }, [["a", 51]], { a: 0, b: 50, c: 50 }],
    [{ a: 0, b: 50, c: 50 }, [["a", 51]], { a: 0, b: 50, c: 50 }],
    [{ a: 50, b: 0, c: 0 }, [["a", 51]], { a: 40, b: 5, c: 5 }],
    [{ a: 50, b: 50, c: 0 }, [["a", 51]], { a: 40, b: 60, c: 0 }],
    // What fails too gains nothing, and of two the worse loses; where all fail it is shared by all others.
    [
      { a: 34, b: 33, c: 33 },
      [
        ["a", 51],
        ["b", 70],
      ],
      { a: 34, b: 23, c: 43 },
    ],
    [
      { a: 34, b: 33, c: 33 },
      [
        ["a", 90],
        ["b", 70],
        ["c", 60],
      ],
      { a: 24, b: 38, c: 38 },
    ],
    // What is not among them has been switched off.
    [{ a: 34, b: 33, c: 33 }, [["gone", 90]], { a: 34, b: 33, c: 33 }],
    [
      { a: 34, b: 33, c: 33 },
      [
        ["gone", 90],
        ["a", 51],
      ],
      { a: 24, b: 38, c: 38 },
    ],
  ];
  test.each(failing)("%j failing %j: %j", (before, names, expected) => {
    const failures = names.map(([name, count]) => ({ name, failures: count }));

    expect(after(before, takeFromFailing(sharesOf(before), failures))).toEqual(expected);
  });

  const slow: [points: Points, slow: string[], points: Points][] = [
    [{ a: 40, b: 30, c: 30 }, ["a"], { a: 30, b: 35, c: 35 }],
    [{ a: 40, b: 30, c: 30 }, ["a", "b"], { a: 30, b: 20, c: 50 }],
    [{ a: 40, b: 5, c: 55 }, ["a", "b"], { a: 30, b: 0, c: 70 }],
    [{ a: 40, b: 30, c: 30 }, ["a", "b", "c"], { a: 40, b: 30, c: 30 }],
    [{ a: 40, b: 30, c: 30 }, [], { a: 40, b: 30, c: 30 }],
    [{ a: 40 }, ["a"], { a: 40 }],
    [{ a: 40, b: 60 }, ["a", "b"], { a: 40, b: 60 }],
  ];
  test.each(slow)("%j slow %j: %j", (before, names, expected) => {
    expect(after(before, takeFromSlow(sharesOf(before), new Set(names)))).toEqual(expected);
  });

  test("nothing is lost or made on the way, and all stay between 0 and 100", () => {
    const priorities = fc.array(fc.nat(100), { minLength: 3, maxLength: 6 });

    fc.assert(
      fc.property(priorities, fc.nat(5), (values, at) => {
        const points = Object.fromEntries(values.map((value, n) => [`p${n}`, value]));
        const name = `p${at % values.length}`;
        const sum = (of: Points) => Object.values(of).reduce((total, one) => total + one, 0);

        const others = new Set(Object.keys(points).filter((other) => other !== name));
        const ends = after(points, takeFrom(sharesOf(points), { from: new Set([name]), to: others }));

        expect(Object.values(ends).every((one) => one >= 0 && one <= 100)).toBe(true);
        expect(ends[name]).toBe(Math.max(0, (points[name] ?? 0) - 10));
        if (Object.values(ends).every((one) => one < 100)) expect(sum(ends)).toBe(sum(points));
        else expect(sum(ends)).toBeLessThanOrEqual(sum(points));
      }),
    );
  });
});

describe("tending back", () => {
  const points = new Map([
    ["mmg", 51],
    ["firetext", 49],
  ]);
  const cases: [before: Points, after: Points][] = [
    [
      { mmg: 51, firetext: 49 },
      { mmg: 51, firetext: 49 },
    ],
    [
      { mmg: 41, firetext: 59 },
      { mmg: 51, firetext: 49 },
    ],
    [
      { mmg: 45, firetext: 50 },
      { mmg: 51, firetext: 49 },
    ],
    [
      { mmg: 0, firetext: 100 },
      { mmg: 10, firetext: 90 },
    ],
    [
      { mmg: 100, firetext: 0 },
      { mmg: 90, firetext: 10 },
    ],
    [
      { mmg: 51, firetext: 100 },
      { mmg: 51, firetext: 90 },
    ],
    [{ mmg: 40 }, { mmg: 50 }],
    [
      { mmg: 51, firetext: 49, sns: 50 },
      { mmg: 41, firetext: 39, sns: 40 },
    ],
    [
      { mmg: 34, firetext: 33, sns: 33 },
      { mmg: 34, firetext: 33, sns: 33 },
    ],
    [{}, {}],
  ];
  test.each(cases)("moves %j to %j", (before, expected) => {
    const changes = tendToRest(sharesOf(before), points);

    expect(after(before, changes)).toEqual(expected);
    expect(changes.every(({ name, priority }) => priority !== before[name])).toBe(true);
    expect(changes.every(({ reason }) => reason === "Adjusted back to resting point")).toBe(true);
  });

  const rests: [names: string[], points: Points][] = [
    [["mmg", "firetext"], { mmg: 51, firetext: 49 }],
    [["mmg"], { mmg: 51 }],
    [["mmg", "firetext", "sns"], { mmg: 34, firetext: 33, sns: 33 }],
    [["mmg", "sns"], { mmg: 50, sns: 50 }],
    [["sns"], { sns: 100 }],
    [["sns", "other"], { sns: 50, other: 50 }],
    [["mmg", "firetext", "sns", "other"], { mmg: 26, firetext: 25, sns: 25, other: 25 }],
    [[], {}],
  ];
  test.each(rests)("%j rest at %j", (names, expected) => {
    expect(Object.fromEntries(restingPoints(names, points))).toEqual(expected);
  });
});
