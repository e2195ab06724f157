import type { Polygon } from "./broadcast.ts";

const earthRadiusMetres = 6_371_008.8;
const radians = Math.PI / 180;

/** A place in metres, east and north. */
export interface Place {
  x: number;
  y: number;
}

/** A flat map of the surroundings of some polygons: true to scale at their middle latitude. */
export interface Plane {
  toPlaces(polygon: Polygon): Place[];
  /** Six decimals of a degree: a tenth of a metre. */
  toPolygon(places: readonly Place[]): Polygon;
}

export function planeOf(polygons: readonly Polygon[]): Plane {
  const latitudes = polygons.flatMap((polygon) => polygon.map(([lat]) => lat));
  const middle = latitudes.reduce((sum, lat) => sum + lat, 0) / Math.max(1, latitudes.length);
  const northMetres = earthRadiusMetres * radians;
  // At a pole there is no east; a plane that is a line could not be read back.
  const eastMetres = northMetres * Math.max(0.01, Math.cos(middle * radians));
  return {
    toPlaces: (polygon) => polygon.map(([lat, long]) => ({ x: long * eastMetres, y: lat * northMetres })),
    toPolygon: (places) => places.map(({ x, y }) => [rounded(y / northMetres), rounded(x / eastMetres)]),
  };
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

/** Metres round a closed ring. */
export function perimeterOf(ring: readonly Place[]): number {
  let sum = 0;
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1], ring[at]];
    if (from && to) sum += Math.hypot(to.x - from.x, to.y - from.y);
  }
  return sum;
}

/** Square metres within a closed ring; positive where it goes anticlockwise. */
export function signedAreaOf(ring: readonly Place[]): number {
  const [origin] = ring;
  if (!origin) return 0;
  let sum = 0;
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1], ring[at]];
    // From the first place, or the digits of small areas are lost.
    if (from && to) sum += (from.x - origin.x) * (to.y - origin.y) - (to.x - origin.x) * (from.y - origin.y);
  }
  return sum / 2;
}
