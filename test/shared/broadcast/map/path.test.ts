import { describe, expect, test } from "bun:test";
import type { Point, Polygon } from "../../../../shared/broadcast/broadcast.ts";
import { clipRing } from "../../../../shared/broadcast/map/clip.ts";
import { linePath, ringPath } from "../../../../shared/broadcast/map/path.ts";
import { side, viewAround, viewOfPolygons } from "../../../../shared/broadcast/map/view.ts";

/** Round a point, its edge as jagged as is asked. */
function ring(points: number, jag: number): Polygon {
  const places = Array.from({ length: points }, (_, n): Point => {
    const angle = (n / points) * 2 * Math.PI;
    const radius = 0.3 + (n % 2) * jag;
    return [52 + radius * Math.cos(angle), -1 + radius * Math.sin(angle)];
  });
  return [...places, ...places.slice(0, 1)];
}

/** Where a path goes, in the picture's units. */
function placesOf(path: string): { x: number; y: number }[] {
  const numbers = (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
  let [x, y] = [0, 0];
  return Array.from({ length: numbers.length / 2 }, (_, n) => {
    x += numbers[2 * n] ?? 0;
    y += numbers[2 * n + 1] ?? 0;
    return { x, y };
  });
}

describe("a ring's path", () => {
  test("goes through each point, closed", () => {
    const view = viewAround([52, -1], 100);
    const square: Polygon = [
      [51.9, -1.1],
      [51.9, -0.9],
      [52.1, -0.9],
      [52.1, -1.1],
      [51.9, -1.1],
    ];

    const path = ringPath(square, view);

    expect(path).toMatch(/^M[^MZ]+Z$/);
    const places = placesOf(path);
    for (const [index, { x, y }] of square.slice(0, 4).map(view.placeOf).entries()) {
      expect(places[index]?.x).toBeCloseTo(x, 0);
      expect(places[index]?.y).toBeCloseTo(y, 0);
    }
  });

  test("of 10,000 points has no more than can be seen, and leaves none far from it", () => {
    const given = ring(10_000, 0);
    const view = viewOfPolygons([given]);

    const places = placesOf(ringPath(given, view));

    expect(places.length).toBeWithin(500, 2000);
    const some = given.filter((_, index) => index % 7 === 0);
    const farthest = some.map(view.placeOf).map(({ x, y }) => {
      return Math.min(...places.map((place) => Math.hypot(place.x - x, place.y - y)));
    });
    expect(Math.max(...farthest)).toBeLessThan(1);
  });

  test("of 100,000 jagged points stays small", () => {
    const given = ring(100_000, 0.2);

    expect(ringPath(given, viewOfPolygons([given])).length).toBeLessThan(30_000);
  });

  test("of an area too small to be seen is still there", () => {
    const given = ring(30, 0).map(([lat, long]): Point => [52 + (lat - 52) / 1e4, -1 + (long + 1) / 1e4]);

    expect(ringPath(given, viewOfPolygons([]))).not.toBe("");
  });

  test("is cut off beyond the picture, and empty outside", () => {
    const given = ring(200, 0);

    const crossing = placesOf(ringPath(given, viewAround([52, -0.6], 20)));

    expect(crossing.length).toBeGreaterThan(3);
    for (const { x, y } of crossing) {
      expect(x).toBeWithin(-9, side + 9);
      expect(y).toBeWithin(-9, side + 9);
    }
    expect(ringPath(given, viewAround([55, -3], 20))).toBe("");
  });
});

test("a line is not closed, and is left out where it is far away", () => {
  const line: Polygon = [
    [52, -1],
    [52.01, -1],
    [52.01, -0.99],
  ];

  expect(linePath(line, viewAround([52, -1], 10))).toMatch(/^M[^MZ]+$/);
  expect(linePath(line, viewAround([51, -1], 10))).toBe("");
  const across: Polygon = [...line, [53, -1], [52.01, -0.98], [52, -0.98]];
  expect(linePath(across, viewAround([52, -1], 10))).toMatch(/^M[^MZ]+M[^MZ]+$/);
});

test("a ring that a box cuts keeps what lies within, and a ring about the box becomes the box", () => {
  const box = { left: 0, right: 10, low: 0, high: 10 };
  const square = (from: number, to: number) => [
    { x: from, y: from },
    { x: to, y: from },
    { x: to, y: to },
    { x: from, y: to },
  ];

  expect(clipRing(square(2, 8), box)).toEqual(square(2, 8));
  expect(new Set(clipRing(square(5, 15), box).map(({ x, y }) => `${x},${y}`))).toEqual(
    new Set(["5,5", "10,5", "10,10", "5,10"]),
  );
  expect(new Set(clipRing(square(-5, 15), box).map(({ x, y }) => `${x},${y}`))).toEqual(
    new Set(["0,0", "10,0", "10,10", "0,10"]),
  );
  expect(clipRing(square(11, 15), box)).toEqual([]);
  expect(clipRing([], box)).toEqual([]);
});
