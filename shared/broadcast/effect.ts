import type { Polygon } from "./broadcast.ts";
import { planeOf, signedAreaOf } from "./plane.ts";

/** Where an alert takes effect, for people to judge it by. */
export interface Effect {
  polygons: number;
  points: number;
  /** Of all polygons; what two of them cover counts twice. */
  squareKilometres: number;
  /** The corners of a box around them, in degrees; null where there are no polygons. */
  bounds: { south: number; west: number; north: number; east: number } | null;
}

export function effectOf(polygons: readonly Polygon[]): Effect {
  const points = polygons.flat();
  const bounds = { south: 90, west: 180, north: -90, east: -180 };
  for (const [lat, long] of points) {
    bounds.south = Math.min(bounds.south, lat);
    bounds.north = Math.max(bounds.north, lat);
    bounds.west = Math.min(bounds.west, long);
    bounds.east = Math.max(bounds.east, long);
  }
  const squareMetres = polygons.map((polygon) =>
    // Each on a map of its own surroundings: one of the whole country would be off by a tenth.
    Math.abs(signedAreaOf(planeOf([polygon]).toPlaces(polygon))),
  );
  const squareKilometres = squareMetres.reduce((sum, one) => sum + one, 0) / 1e6;
  return {
    polygons: polygons.length,
    points: points.length,
    squareKilometres: Math.round(squareKilometres * 1000) / 1000,
    bounds: points.length === 0 ? null : bounds,
  };
}
