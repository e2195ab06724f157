import * as v from "valibot";
import countries from "world-atlas/countries-10m.json" with { type: "json" };
import type { Point } from "../../../../shared/broadcast/broadcast.ts";
import { simplifyRing } from "../../../../shared/broadcast/douglas-peucker.ts";
import { type Box, clipRing } from "../../../../shared/broadcast/map/clip.ts";
import { packLines } from "../../../../shared/broadcast/map/lines.ts";
import { type Place, planeOf, signedAreaOf } from "../../../../shared/broadcast/plane.ts";

/** `[longitude, latitude]`, whole steps from the point before. */
const Arc = v.array(v.tuple([v.number(), v.number()]));
/** Numbers of arcs; those below 0 are `~number`, backwards. A polygon's first ring is its outline. */
const Rings = v.array(v.array(v.array(v.number())));
const Pair = v.tuple([v.number(), v.number()]);
const Topology = v.object({
  transform: v.object({ scale: Pair, translate: Pair }),
  arcs: v.array(Arc),
  objects: v.object({
    countries: v.object({
      geometries: v.array(
        v.variant("type", [
          v.object({
            type: v.literal("Polygon"),
            id: v.optional(v.string()),
            arcs: v.array(v.array(v.number())),
          }),
          v.object({ type: v.literal("MultiPolygon"), id: v.optional(v.string()), arcs: Rings }),
        ]),
      ),
    }),
    land: v.object({ geometries: v.array(v.object({ arcs: Rings })) }),
  }),
});

/** ISO 3166's numbers. */
const [unitedKingdom, ireland] = ["826", "372"];
/** What is drawn: the islands and the nearer coasts of their neighbours, in degrees. */
const box: Box = { left: -14, right: 8, low: 47.5, high: 62.5 };
/** Ours: Great Britain, Ireland and all about them. What reaches further, the mainland, gets less detail. */
const home: Box = { left: -11, right: 2, low: 49.1, high: 61 };

interface Detail {
  toleranceMetres: number;
  smallestSquareKm: number;
}

const detailed: Detail = { toleranceMetres: 650, smallestSquareKm: 2 };
const rough: Detail = { toleranceMetres: 6000, smallestSquareKm: 60 };

function read() {
  const { transform, arcs, objects } = v.parse(Topology, countries);
  const { scale, translate } = transform;
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([east, north]): Place => {
      x += east;
      y += north;
      return { x: x * scale[0] + translate[0], y: y * scale[1] + translate[1] };
    });
  });
  const arcOf = (index: number) => (index < 0 ? [...(lines[~index] ?? [])].reverse() : (lines[index] ?? []));
  const land = objects.land.geometries.flatMap((geometry) =>
    geometry.arcs.map(([outline = []]) => outline.flatMap(arcOf)),
  );
  const arcsOf = (country: string) =>
    objects.countries.geometries
      .filter(({ id }) => id === country)
      .flatMap(({ arcs }) => arcs.flat(2))
      .map((index) => (index < 0 ? ~index : index));
  const others = new Set(arcsOf(ireland));
  const border = arcsOf(unitedKingdom).filter((index) => others.has(index));
  return { land, border: border.map(arcOf) };
}

function isWithin({ x, y }: Place, { left, right, low, high }: Box): boolean {
  return x >= left && x <= right && y >= low && y <= high;
}

/** Empty where it is too small to be seen. */
function simplify(line: readonly Place[], { toleranceMetres, smallestSquareKm }: Detail): Point[] {
  const degrees = line.map(({ x, y }): Point => [y, x]);
  const plane = planeOf([degrees]);
  const places = plane.toPlaces(degrees);
  if (Math.abs(signedAreaOf(places)) / 1e6 < smallestSquareKm) return [];
  return [...plane.toPolygon(simplifyRing(places, toleranceMetres))];
}

function coasts(): Point[][] {
  return read()
    .land.map((ring) => clipRing(ring, box))
    .map((ring) => {
      const [first] = ring;
      const detail = ring.every((place) => isWithin(place, home)) ? detailed : rough;
      return first === undefined ? [] : simplify([...ring, first], detail);
    })
    .filter((ring) => ring.length >= 4)
    .sort((a, b) => b.length - a.length);
}

function borders(): Point[][] {
  return read().border.map((line) => simplify(line, { ...detailed, smallestSquareKm: 0 }));
}

/** What stands in `shared/broadcast/map/coast.ts`. */
export function coastFile(): string {
  const text = (lines: Point[][]) =>
    packLines(lines)
      .match(/.{1,108}/g)
      ?.join("\n") ?? "";
  return `/**
 * Coasts about the United Kingdom and Ireland as rings, and the border between the two, packed as \`lines.ts\` says. Made
 * by \`bun test/shared/broadcast/map/make.ts\` from Natural Earth's data (public domain), as \`world-atlas\` brings it.
 */
export const packedCoasts = \`
${text(coasts())}
\`;

export const packedBorder = \`
${text(borders())}
\`;

/** Where coasts are known, in degrees. */
export const known = { south: ${box.low}, west: ${box.left}, north: ${box.high}, east: ${box.right} };
`;
}

if (import.meta.main) {
  await Bun.write(new URL("../../../../shared/broadcast/map/coast.ts", import.meta.url), coastFile());
}
