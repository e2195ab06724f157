import type { Polygon } from "../broadcast.ts";
import type { Place } from "../plane.ts";
import { type Box, clipRing } from "./clip.ts";
import { type MapView, side } from "./view.ts";

/** Nearer points look like one. In the picture's units, as everything here. */
const nearest = 0.6;
/** Of one ring; a picture of more would be slow to come and to draw. */
const mostPoints = 2000;
/** Beyond the picture, so that the edge along which a ring is cut is not seen. */
const overhang = 8;

const picture: Box = { left: -overhang, right: side + overhang, low: -overhang, high: side + overhang };

/**
 * The ring as SVG's path data, with no more points than can be seen; empty where it lies outside the picture.
 * @param apart how far points stand from each other at least
 */
export function ringPath(ring: Polygon, { placeOf }: MapView, apart = nearest): string {
  const places = clipRing(ring.map(placeOf), picture);
  return places.length < 3 ? "" : `${dataOf(thin(places, apart))}Z`;
}

/** A line that is not closed, without what goes on far from the picture. */
export function linePath(line: Polygon, { placeOf }: MapView): string {
  const parts: Place[][] = [[]];
  for (const place of line.map(placeOf)) {
    if (Math.max(Math.abs(place.x - side / 2), Math.abs(place.y - side / 2)) < 2 * side)
      parts.at(-1)?.push(place);
    else parts.push([]);
  }
  return parts
    .filter((part) => part.length > 1)
    .map(dataOf)
    .join("");
}

/** Leaves the first, and of the others those that are seen apart. Of the smallest area something is left. */
function thin(places: readonly Place[], least: number): Place[] {
  for (let apart = least; ; apart *= 1.5) {
    let last: Place | undefined;
    const kept = places.filter((place) => {
      const isSeen = last === undefined || Math.hypot(place.x - last.x, place.y - last.y) >= apart;
      if (isSeen) last = place;
      return isSeen;
    });
    if (kept.length < 3) return places.slice(0, mostPoints);
    if (kept.length <= mostPoints) return kept;
  }
}

/** Each point by how far it is from the one before, which is shorter; in tenths, so that errors do not add up. */
function dataOf(places: readonly Place[]): string {
  let [x, y] = [0, 0];
  const [first = "", ...others] = places.map((place) => {
    const [toX, toY] = [Math.round(place.x * 10), Math.round(place.y * 10)];
    const step = `${(toX - x) / 10},${(toY - y) / 10}`;
    [x, y] = [toX, toY];
    return step;
  });
  return `M${first}l${others.join(" ")}`.replaceAll(/[ ,]-/g, "-");
}

/** To what can be seen. */
export function round(units: number): number {
  return Math.round(units * 10) / 10;
}
