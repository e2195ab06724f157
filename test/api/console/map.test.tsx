/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { describe, expect, test } from "bun:test";
import { AreaMap } from "../../../api/console/map.tsx";
import type { Polygon } from "../../../shared/broadcast/broadcast.ts";
import { effectOf } from "../../../shared/broadcast/effect.ts";
import { viewAround, viewOfPolygons } from "../../../shared/broadcast/map/view.ts";

const hackney: Polygon = [
  [51.52, -0.1],
  [51.52, -0.02],
  [51.58, -0.02],
  [51.58, -0.1],
  [51.52, -0.1],
];
const paris: Polygon = hackney.map(([latitude, longitude]) => [latitude - 2.7, longitude + 2.4]);
const reykjavik: Polygon = hackney.map(([latitude, longitude]) => [latitude + 12.6, longitude - 21.8]);

async function draw(polygons: readonly Polygon[], view = viewOfPolygons(polygons)): Promise<string> {
  return await (<AreaMap polygons={polygons} effect={effectOf(polygons)} view={view} />).toString();
}

/** How often an element of this class is drawn, with something in it. */
function count(html: string, name: string): number {
  return [...html.matchAll(new RegExp(`<\\w+ class="${name}"(?! d="")`, "g"))].length;
}

/** What the first element of this name says. */
function wordsIn(html: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`).exec(html)?.[1];
}

describe("the map of an area", () => {
  test("shows its polygons over land, with degrees, towns, a scale and where it lies", async () => {
    const html = await draw([hackney]);

    for (const name of ["map-sea", "map-area", "map-bounds", "map-bar", "map-here"])
      expect({ name, count: count(html, name) }).toEqual({ name, count: 1 });
    expect(count(html, "map-land")).toBe(2);
    expect(count(html, "map-degree")).toBeGreaterThan(4);
    expect(html).toContain(">Hackney</text>");
    expect(html).toContain(">51.54° N</text>");
    expect(html).toContain(">2 km</text>");
    expect(wordsIn(html, "figcaption")).toBe("1 area, 5 points, 36.9 km²");
  });

  test("says in words what it shows", async () => {
    const html = await draw([hackney]);

    expect(wordsIn(html, "title")).toBe("Map of where the alert is for");
    expect(wordsIn(html, "desc")).toBe(
      "1 area, 5 points, 36.9 km², between 51.52° N, 0.1° W and 51.58° N, 0.02° W. " +
        "The map names Hackney, Stratford, Tottenham, Islington.",
    );
  });

  test("has no style, script or address in it, so that any policy lets it show", async () => {
    const html = await draw([hackney, paris]);

    expect(html).not.toMatch(/style=|<style|<script|href|url\(|on\w+=|NaN|undefined/);
  });

  test("without an area shows the islands, or what somebody is to draw on", async () => {
    const whole = await draw([]);
    const close = await draw([], viewAround([53.4, -2.6], 80));

    expect(whole).toContain("Map of the United Kingdom and Ireland");
    expect(whole).toContain("No area yet");
    expect(whole).toContain(">Inverness</text>");
    expect(count(whole, "map-area") + count(whole, "map-here")).toBe(0);
    expect(close).toContain(">Warrington</text>");
    expect(count(close, "map-here")).toBe(1);
  });

  test("shows areas elsewhere too: on the Continent, and where no coast is known", async () => {
    const abroad = await draw([reykjavik]);

    expect(count(await draw([paris]), "map-area")).toBe(1);
    expect(count(abroad, "map-area")).toBe(1);
    expect(count(abroad, "map-land")).toBe(0);
    expect(abroad).toMatch(/class="map-sea"[^>]* (width|height)="0"/);
    expect(abroad).toContain("The map names no towns.");
    expect(count(await draw([hackney, reykjavik]), "map-area")).toBe(2);
  });

  test("draws what of an area is within the view", async () => {
    const html = await draw([hackney, paris], viewAround([51.55, -0.06], 2));

    expect(count(html, "map-area")).toBe(1);
  });

  test("stays small, whatever the area", async () => {
    const jagged = Array.from({ length: 10_000 }, (_, n): [number, number] => [
      54 + (2 + (n % 2)) * Math.cos(n / 1591.5),
      -3 + (2 + (n % 3)) * Math.sin(n / 1591.5),
    ]);

    const html = await draw([[...jagged, ...jagged.slice(0, 1)]]);

    expect((await draw([])).length).toBeLessThan(32_000);
    expect((await draw([hackney])).length).toBeLessThan(10_000);
    expect(html.length).toBeLessThan(60_000);
  });
});
