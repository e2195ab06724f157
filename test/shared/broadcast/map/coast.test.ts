import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Point, Polygon } from "../../../../shared/broadcast/broadcast.ts";
import { known, packedBorder, packedCoasts } from "../../../../shared/broadcast/map/coast.ts";
import { packLines, unpackLines } from "../../../../shared/broadcast/map/lines.ts";
import { townLabels } from "../../../../shared/broadcast/map/towns.ts";
import { viewAround } from "../../../../shared/broadcast/map/view.ts";
import { coastFile } from "./make.ts";

const coasts = unpackLines(packedCoasts);

describe("the coast", () => {
  test("is what Natural Earth's data give", async () => {
    const path = new URL("../../../../shared/broadcast/map/coast.ts", import.meta.url);

    expect(await Bun.file(path).text()).toBe(coastFile());
  });

  test("stays small, for the edge", () => {
    expect(packedCoasts.length + packedBorder.length).toBeLessThan(12_000);
  });

  test("has cities on land, and seas and lakes of the ocean off it", () => {
    const land: Point[] = [
      [51.51, -0.12],
      [54.6, -5.98],
      [53.35, -6.4],
      [60.15, -1.2],
      [49.21, -2.13],
      [48.86, 2.35],
    ];
    const sea: Point[] = [
      [53.8, -4.9],
      [55.5, 2],
      [50.2, -1],
      [57, -10],
    ];

    expect(land.filter((point) => !isOnLand(point))).toEqual([]);
    expect(sea.filter(isOnLand)).toEqual([]);
  });

  test("ends where it is said to be known, and the border lies within", () => {
    const points = [...coasts, ...unpackLines(packedBorder)].flat();

    expect(points.every(([latitude]) => latitude >= known.south && latitude <= known.north)).toBe(true);
    expect(points.every(([, longitude]) => longitude >= known.west && longitude <= known.east)).toBe(true);
  });
});

test("towns stand on land, or by it as closely as the coast is drawn", () => {
  const towns = new Map<string, Point>();
  for (let latitude = 49; latitude < 61; latitude += 0.4) {
    for (let longitude = -10; longitude < 2; longitude += 0.6) {
      const view = viewAround([latitude, longitude], 60);
      for (const { name, x, y } of townLabels(view, [])) towns.set(name, view.pointAt({ x, y }));
    }
  }

  const lost = [...towns].filter(([, point]) => !nearby(point).some(isOnLand));

  expect(towns.size).toBeGreaterThan(150);
  expect(lost).toEqual([]);
});

test("lines unpack as they were packed, to the step, without points that fall together", () => {
  const degrees = (limit: number) =>
    fc.integer({ min: -limit * 400, max: limit * 400 }).map((steps) => steps / 400);
  const lines = fc.array(
    fc.uniqueArray(fc.tuple(degrees(90), degrees(180)), { minLength: 1, selector: (point) => `${point}` }),
  );

  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 80 }), (given, width) => {
      const text = packLines(given);
      const broken = text.match(new RegExp(`.{1,${width}}`, "g"))?.join("\n") ?? "";
      expect(unpackLines(`\n${broken}\n`)).toEqual(given);
    }),
    { numRuns: 200 },
  );
  const doubled: Polygon = [
    [1, 2],
    [1.0001, 2.0001],
    [1, 2.5],
  ];
  expect(unpackLines(packLines([doubled]))).toEqual([
    [
      [1, 2],
      [1, 2.5],
    ],
  ]);
});

/** Whether a line north from it crosses coasts an odd number of times. */
function isOnLand([latitude, longitude]: Point): boolean {
  let crossings = 0;
  for (const ring of coasts) {
    for (const [index, [north, east]] of ring.entries()) {
      const [nextNorth, nextEast] = ring[(index + 1) % ring.length] ?? [north, east];
      if (east > longitude === nextEast > longitude) continue;
      const at = north + ((longitude - east) / (nextEast - east)) * (nextNorth - north);
      if (at > latitude) crossings++;
    }
  }
  return crossings % 2 === 1;
}

/** It, and what lies 2.5 km about it. */
function nearby([latitude, longitude]: Point): Point[] {
  const about = [-0.022, 0, 0.022];
  return about.flatMap((north) => about.map((east): Point => [latitude + north, longitude + east * 1.7]));
}
