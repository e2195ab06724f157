import type { Point, Polygon } from "./broadcast.ts";
import { crossesItself } from "./crossings.ts";

/** What networks take as an alert's area (`spec/broadcasts.md` 8). */

/** More than this costs too much to look through; an alert of such detail is drawn by mistake. */
const mostPointsRead = 100_000;
const fewestPoints = 4;
const networksMost = { polygons: 25, points: 6000 };

/** From here on areas are smoothed and simplified; smaller ones go out as they are. */
const detailed = { polygons: 12, points: 250 };

/**
 * What is wrong with polygons, in words that may follow "areas"; null where every one is a closed ring on earth that
 * does not cross itself.
 */
export function polygonsFault(polygons: readonly Polygon[]): string | null {
  if (polygons.length === 0) return "must have at least 1 polygon";
  if (countPoints(polygons) > mostPointsRead) return `must have at most ${mostPointsRead} points`;
  for (const [index, polygon] of polygons.entries()) {
    const fault = ringFault(polygon);
    if (fault !== null) return `polygon ${index + 1} ${fault}`;
  }
  return null;
}

function ringFault(ring: Polygon): string | null {
  if (ring.length < fewestPoints) return `must have at least ${fewestPoints} points`;
  if (!ring.every(isOnEarth)) return "must have latitudes from -90 to 90 and longitudes from -180 to 180";
  const [first] = ring;
  const last = ring.at(-1);
  if (first === undefined || last === undefined || first[0] !== last[0] || first[1] !== last[1])
    return "must end where it begins";
  switch (crossesItself(ring)) {
    case "yes":
      return "must not cross or touch itself";
    case "too-complex":
      return "is too complex";
    case "no":
      return isFlat(ring) ? "must enclose an area" : null;
  }
}

function isOnEarth([lat, long]: Point): boolean {
  return Math.abs(lat) <= 90 && Math.abs(long) <= 180;
}

function isFlat(ring: Polygon): boolean {
  return Math.abs(signedArea(ring)) < 1e-12;
}

/** In square degrees; the sign tells which way round the ring goes. */
function signedArea(ring: Polygon): number {
  const [originLat, originLong] = ring[0] ?? [0, 0];
  let sum = 0;
  for (const [index, [lat, long]] of ring.entries()) {
    const [nextLat, nextLong] = ring[index + 1] ?? [originLat, originLong];
    // From the first point, or the digits of small areas are lost.
    sum += (long - originLong) * (nextLat - originLat) - (nextLong - originLong) * (lat - originLat);
  }
  return sum / 2;
}

/** Whether an area has so much detail that it is smoothed first. */
export function isDetailed(polygons: readonly Polygon[]): boolean {
  return polygons.length > detailed.polygons || countPoints(polygons) > detailed.points;
}

/** What is too much for the networks, in words that may follow "areas"; null where nothing is. */
export function networksFault(polygons: readonly Polygon[]): string | null {
  if (polygons.length > networksMost.polygons) return `must have at most ${networksMost.polygons} polygons`;
  if (countPoints(polygons) > networksMost.points) return `must have at most ${networksMost.points} points`;
  return null;
}

function countPoints(polygons: readonly Polygon[]): number {
  return polygons.reduce((sum, { length }) => sum + length, 0);
}
