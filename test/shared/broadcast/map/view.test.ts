import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Point, Polygon } from "../../../../shared/broadcast/broadcast.ts";
import { degreesOf, scaleOf } from "../../../../shared/broadcast/map/marks.ts";
import { townLabels } from "../../../../shared/broadcast/map/towns.ts";
import { side, viewAround, viewOfPolygons } from "../../../../shared/broadcast/map/view.ts";

const hackney: Polygon = [
  [51.52, -0.1],
  [51.52, -0.02],
  [51.58, -0.02],
  [51.58, -0.1],
  [51.52, -0.1],
];

describe("the view of a map", () => {
  test("fits all polygons, in the middle and with a margin", () => {
    const latitude = fc.double({ min: -80, max: 80, noNaN: true });
    const longitude = fc.double({ min: -180, max: 180, noNaN: true });
    const polygons = fc.array(fc.array(fc.tuple(latitude, longitude), { minLength: 1 }), { minLength: 1 });

    fc.assert(
      fc.property(polygons, (given) => {
        const view = viewOfPolygons(given);
        const places = given.flat().map(view.placeOf);
        const [left, right] = [Math.min(...places.map(({ x }) => x)), Math.max(...places.map(({ x }) => x))];
        const [top, bottom] = [Math.min(...places.map(({ y }) => y)), Math.max(...places.map(({ y }) => y))];

        expect(Math.min(left, top)).toBeGreaterThan(side * 0.18);
        expect(Math.max(right, bottom)).toBeLessThan(side * 0.82);
        expect(left + right).toBeCloseTo(side, 3);
        expect(top + bottom).toBeCloseTo(side, 3);
      }),
      { numRuns: 200 },
    );
  });

  test("of a street is wide enough to see where it is", () => {
    const view = viewOfPolygons([
      [
        [51.5, -0.1],
        [51.5, -0.0999],
        [51.5001, -0.1],
        [51.5, -0.1],
      ],
    ]);

    expect(view.kmPerUnit * side).toBeCloseTo(6, 3);
  });

  test("of nothing shows the United Kingdom and Ireland", () => {
    const ends: Point[] = [
      [60.85, -0.9],
      [49.96, -5.2],
      [52.48, 1.76],
      [51.6, -10.4],
    ];
    for (const view of [viewOfPolygons([]), viewOfPolygons([[]])]) {
      for (const { x, y } of ends.map(view.placeOf)) {
        expect(x).toBeWithin(0, side);
        expect(y).toBeWithin(0, side);
      }
    }
  });

  test("tells degrees from places, and lengths", () => {
    const view = viewAround([54, -2], 111.195);

    const [north, east] = view.pointAt({ x: 300, y: 50 });

    expect(view.placeOf([north, east])).toEqual({ x: expect.closeTo(300), y: expect.closeTo(50) });
    // A degree of latitude is as long as the picture is wide.
    expect(view.placeOf([53.5, -2]).y - view.placeOf([54.5, -2]).y).toBeCloseTo(side, 1);
    expect(view.placeOf([54, -2])).toEqual({ x: side / 2, y: expect.closeTo(side / 2) });
  });

  test("bears the poles and what is no place on earth", () => {
    for (const point of [
      [90, 0],
      [-90, 180],
      [89.9, -180],
      [400, 4000],
    ] satisfies Point[]) {
      const view = viewOfPolygons([[point, [0, 0]]]);
      const { x, y } = view.placeOf(point);

      expect([x, y, view.kmPerUnit].every(Number.isFinite)).toBe(true);
      expect(degreesOf(view).length).toBeLessThan(20);
    }
  });
});

describe("marks on a map", () => {
  test("are degrees at round distances", () => {
    const degrees = degreesOf(viewOfPolygons([hackney]));

    expect(degrees.map(({ label }) => label)).toEqual([
      "51.52° N",
      "51.54° N",
      "51.56° N",
      "51.58° N",
      "0.1° W",
      "0.05° W",
      "0°",
    ]);
    expect(degreesOf(viewOfPolygons([])).map(({ label }) => label)).toEqual(
      expect.arrayContaining(["55° N", "10° W", "0°"]),
    );
  });

  test("are a bar of a round length", () => {
    const bar = scaleOf(viewAround([52, 0], 100));

    expect(bar).toEqual({ units: 80, label: "20 km" });
    expect(scaleOf(viewAround([52, 0], 3)).label).toBe("500 m");
  });

  test("are names of towns, more of them the closer, none on another or on what is taken", () => {
    const names = (km: number) => townLabels(viewAround([51.5, -0.1], km), []).map(({ name }) => name);

    expect(names(40)).toEqual(expect.arrayContaining(["London", "Croydon", "Hackney"]));
    expect(names(400)).toEqual(expect.arrayContaining(["London", "Birmingham", "Oxford"]));
    expect(names(400)).not.toContain("Croydon");
    expect(names(4000)).not.toContain("Oxford");
    const all = { left: 0, right: side, low: 0, high: side };
    expect(townLabels(viewAround([51.5, -0.1], 40), [all])).toEqual([]);
  });
});
