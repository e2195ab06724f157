import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isDetailed, networksFault, polygonsFault } from "../../../shared/broadcast/areas.ts";
import type { Point, Polygon } from "../../../shared/broadcast/broadcast.ts";
import { crossesItself } from "../../../shared/broadcast/crossings.ts";
import { simplifyPolygons } from "../../../shared/broadcast/simplify.ts";
import { processorClock } from "../../support/processor.ts";

/** A ring round a place, its distance from it changing from point to point. */
function blob(lat: number, long: number, radii: readonly number[]): Polygon {
  const points = radii.map((radius, index): Point => {
    const angle = (2 * Math.PI * index) / radii.length;
    return [lat + radius * Math.sin(angle), long + 1.7 * radius * Math.cos(angle)];
  });
  const [first] = points;
  return first ? [...points, first] : points;
}

const wavy = (lat: number, long: number, radius: number, count: number, depth = 0.2) =>
  blob(
    lat,
    long,
    Array.from({ length: count }, (_, at) => radius * (1 + depth * Math.sin((14 * Math.PI * at) / count))),
  );

function isInside([lat, long]: Point, ring: Polygon): boolean {
  let inside = false;
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1], ring[at]];
    if (!from || !to || from[0] > lat === to[0] > lat) continue;
    if (long < from[1] + ((lat - from[0]) / (to[0] - from[0])) * (to[1] - from[1])) inside = !inside;
  }
  return inside;
}

/** Points of a ring, and between them. */
function* along(ring: Polygon): Generator<Point> {
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1], ring[at]];
    if (!from || !to) continue;
    for (const share of [0, 0.3, 0.7])
      yield [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
  }
}

function simplified(polygons: readonly Polygon[]): Polygon[] {
  const result = simplifyPolygons(polygons);
  if (!result.ok) throw new Error(result.fault);
  return result.polygons;
}

function expectToCover(result: readonly Polygon[], polygons: readonly Polygon[]): void {
  for (const ring of result) {
    expect(ring.length).toBeGreaterThanOrEqual(4);
    expect(ring.at(-1)).toEqual(ring[0]);
    expect(crossesItself(ring)).toBe("no");
  }
  const outside = polygons.flatMap((polygon) =>
    [...along(polygon)].filter((point) => !result.some((ring) => isInside(point, ring))),
  );
  expect(outside).toEqual([]);
}

describe("simplified areas", () => {
  test("cover what they were made of, are closed and do not cross themselves", () => {
    const radii = fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 4, maxLength: 60 });
    const one = fc
      .record({
        lat: fc.double({ min: 49, max: 60.9, noNaN: true }),
        long: fc.double({ min: -8, max: 1.8, noNaN: true }),
        size: fc.constantFrom(0.0005, 0.01, 0.05, 0.3),
        radii,
      })
      .map(({ lat, long, size, radii: all }) =>
        blob(
          lat,
          long,
          all.map((radius) => radius * size),
        ),
      );
    const near = fc
      .tuple(
        one,
        fc.array(
          fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
          { maxLength: 12 },
        ),
      )
      .map(([first, moves]) => [
        first,
        ...moves.map(([up, along]) =>
          first.map(([lat, long]): Point => [lat + up * 0.02, long + along * 0.03]),
        ),
      ]);

    fc.assert(
      fc.property(near, (polygons) => {
        fc.pre(polygonsFault(polygons) === null);
        expectToCover(simplified(polygons), polygons);
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  test("have few points, however many went in", () => {
    for (const polygon of [
      wavy(54.3, -2.9, 0.002, 300),
      wavy(54.3, -2.9, 0.05, 3000),
      wavy(53, -1.5, 1, 20_000),
    ]) {
      const result = simplified([polygon]);

      expect(result).toHaveLength(1);
      expect(result.flat().length).toBeLessThan(600);
      expectToCover(result, [polygon]);
    }
  });

  test("merge where they lie close together, and stay apart where not", () => {
    const near = [wavy(54, -2, 0.01, 40), wavy(54.023, -2, 0.01, 40)];
    const apart = [wavy(54, -2, 0.01, 40), wavy(54.2, -2, 0.01, 40)];

    expect(simplified(near)).toHaveLength(1);
    expect(simplified(apart)).toHaveLength(2);
    expectToCover(simplified(near), near);
    expectToCover(simplified(apart), apart);
  });

  test("hardly grow: by less than a kilometre for a town", () => {
    const result = simplified([wavy(54, -2, 0.05, 400, 0)]);

    const furthest = Math.max(...result.flat().map(([lat]) => Math.abs(lat - 54)));
    expect(furthest - 0.05).toBeLessThan(0.002);
    expect(furthest).toBeGreaterThan(0.05);
  });

  test("lose their holes", () => {
    // A ring road: nearly closed round what lies within.
    const outer = wavy(54, -2, 0.1, 200, 0).slice(0, -3);
    const inner = wavy(54, -2, 0.09, 200, 0).slice(0, -3).reverse();
    const [first] = outer;
    const ring: Polygon = first ? [...outer, ...inner, first] : [];

    const result = simplified([ring]);

    expect(polygonsFault([ring])).toBeNull();
    expect(result).toHaveLength(1);
    expect(isInside([54, -2], result[0] ?? [])).toBe(true);
  });

  test("keep latitude before longitude", () => {
    const [ring = []] = simplified([wavy(52, 171, 0.01, 300)]);

    expect(ring.every(([lat, long]) => Math.abs(lat - 52) < 1 && Math.abs(long - 171) < 1)).toBe(true);
  });

  test("are refused where small ones make a chain across a country, and where they are too many", () => {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, at) => wavy(50 + at * 0.006, -5 + at * 0.009, 0.0001, 5));

    expect(simplifyPolygons(chain(1000))).toEqual({
      ok: false,
      fault: "are too far apart for their size to be simplified",
    });
    expect(simplifyPolygons(chain(1001))).toEqual({ ok: false, fault: "must have at most 1000 polygons" });
  });

  test("of a whole country take bounded time", () => {
    const spentMs = processorClock();

    const result = simplified([wavy(54.5, -3, 4, 90_000, 0.3)]);

    expect(result).toHaveLength(1);
    expect(spentMs()).toBeLessThan(5_000);
  }, 60_000);
});

describe("areas", () => {
  test.each([
    ["12 polygons of 5 points", Array.from({ length: 12 }, () => wavy(54, -2, 0.01, 4)), false],
    ["13 polygons", Array.from({ length: 13 }, () => wavy(54, -2, 0.01, 4)), true],
    ["250 points", [wavy(54, -2, 0.01, 249)], false],
    ["251 points", [wavy(54, -2, 0.01, 250)], true],
  ] as const)("of %s are simplified only where there is much to leave out", (_, polygons, expected) => {
    expect(isDetailed(polygons)).toBe(expected);
  });

  test.each([
    ["25 polygons", Array.from({ length: 25 }, () => wavy(54, -2, 0.01, 4)), null],
    ["26 polygons", Array.from({ length: 26 }, () => wavy(54, -2, 0.01, 4)), "must have at most 25 polygons"],
    ["6,000 points", [wavy(54, -2, 0.01, 5999)], null],
    ["6,001 points", [wavy(54, -2, 0.01, 6000)], "must have at most 6000 points"],
  ] as const)("of %s are held against the networks' limits", (_, polygons, fault) => {
    expect(networksFault(polygons)).toBe(fault);
  });

  const cross: Polygon = [
    [0, 0],
    [2, 2],
    [2, 0],
    [0, 2],
    [0, 0],
  ];
  const touch: Polygon = [
    [0, 0],
    [0, 4],
    [4, 4],
    [4, 0],
    [2, 4],
    [0, 0],
  ];
  const pinch: Polygon = [
    [0, 0],
    [1, 1],
    [0, 2],
    [2, 2],
    [1, 1],
    [2, 0],
    [0, 0],
  ];
  const spike: Polygon = [
    [0, 0],
    [0, 2],
    [2, 2],
    [2, 4],
    [2, 1],
    [0, 0],
  ];
  test.each<[what: string, polygon: Polygon, fault: string | null]>([
    [
      "a square",
      [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 0],
        [0, 0],
      ],
      null,
    ],
    [
      "the same the other way round",
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ],
      null,
    ],
    [
      "a point said twice",
      [
        [0, 0],
        [0, 1],
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      null,
    ],
    [
      "a point in the middle of an edge",
      [
        [0, 0],
        [0, 1],
        [0, 2],
        [2, 2],
        [0, 0],
      ],
      null,
    ],
    ["a bow tie", cross, "must not cross or touch itself"],
    ["a corner on an edge", touch, "must not cross or touch itself"],
    ["two corners in one place", pinch, "must not cross or touch itself"],
    ["a spike", spike, "must not cross or touch itself"],
    [
      "a corner",
      [
        [90, 180],
        [-90, 180],
        [-90, -180],
        [90, 180],
      ],
      null,
    ],
    [
      "something off the earth",
      [
        [90.1, 0],
        [0, 0],
        [0, 1],
        [90.1, 0],
      ],
      "must have latitudes from -90 to 90 and longitudes from -180 to 180",
    ],
    [
      "no numbers",
      [
        [Number.NaN, 0],
        [0, 0],
        [0, 1],
        [Number.NaN, 0],
      ],
      "must have latitudes from -90 to 90 and longitudes from -180 to 180",
    ],
  ])("are looked at: %s", (_, polygon, fault) => {
    expect(polygonsFault([polygon])).toBe(fault === null ? null : `polygon 1 ${fault}`);
  });

  test("that nobody would draw are refused before they cost much", () => {
    // Every edge runs past every other.
    const comb = Array.from({ length: 50_000 }, (_, at): Point => {
      const side = at % 2 === 0 ? 0 : 40;
      return [side + at * 0.0001, side - at * 0.0001];
    });
    const spentMs = processorClock();

    expect(polygonsFault([[...comb, [50, -60], comb[0] ?? [0, 0]]])).toMatch(/must not cross|too complex/);
    expect(spentMs()).toBeLessThan(5_000);
  });
});
