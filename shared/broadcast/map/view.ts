import type { Point, Polygon } from "../broadcast.ts";
import type { Place } from "../plane.ts";
import type { Box } from "./clip.ts";

/** Of every picture, in its own units: a square, as the islands and most areas fit well. */
export const side = 400;

/** Which part of the earth a picture shows, in Mercator's projection: shapes stay right, whatever their latitude. */
export interface MapView {
  /** From the picture's left upper corner; far outside it for points that are not shown. */
  placeOf(point: Point): Place;
  /** Degrees at a place of the picture. */
  pointAt(place: Place): Point;
  /** At the picture's middle. */
  kmPerUnit: number;
}

/** The United Kingdom and Ireland. */
const home: Polygon = [
  [49.8, -10.7],
  [60.95, 2],
];
/** About its polygons an area shows so much of what surrounds it, as a share of its own length. */
const margin = 0.3;
/** So that a street does not fill the map, and nobody knows where it is. */
const smallestKm = 6;
/** Where Mercator's map ends, like most. */
const mostNorth = 85;
const kmPerDegree = 111.195;
const radians = Math.PI / 180;

/** All of the polygons with a margin; of none, the United Kingdom and Ireland. */
export function viewOfPolygons(polygons: readonly Polygon[]): MapView {
  const shown = polygons.some((polygon) => polygon.length > 0) ? polygons : null;
  const box = boxOf(shown ?? [home]);
  const middle: Place = { x: (box.left + box.right) / 2, y: (box.low + box.high) / 2 };
  const across = Math.max(box.right - box.left, box.high - box.low);
  return viewOf(middle, shown ? Math.max(across * (1 + 2 * margin), degreesOf(smallestKm, middle)) : across);
}

/** So many kilometres across, about a point. */
export function viewAround(middle: Point, km: number): MapView {
  const place = projected(middle);
  return viewOf(place, degreesOf(km, place));
}

/** @param across the picture's side in degrees of longitude. */
function viewOf(middle: Place, across: number): MapView {
  const unitsPerDegree = side / across;
  return {
    placeOf(point) {
      const { x, y } = projected(point);
      return { x: side / 2 + (x - middle.x) * unitsPerDegree, y: side / 2 + (y - middle.y) * unitsPerDegree };
    },
    pointAt: ({ x, y }) =>
      unprojected({
        x: middle.x + (x - side / 2) / unitsPerDegree,
        y: middle.y + (y - side / 2) / unitsPerDegree,
      }),
    kmPerUnit: (kmPerDegree * shrinkAt(middle)) / unitsPerDegree,
  };
}

function boxOf(polygons: readonly Polygon[]): Box {
  const box = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
  for (const polygon of polygons) {
    for (const point of polygon) {
      const { x, y } = projected(point);
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.low = Math.min(box.low, y);
      box.high = Math.max(box.high, y);
    }
  }
  return box;
}

/** In degrees of longitude, `y` southwards. */
function projected([latitude, longitude]: Point): Place {
  const north = Math.min(mostNorth, Math.max(-mostNorth, latitude)) * radians;
  return { x: longitude, y: -Math.asinh(Math.tan(north)) / radians };
}

function unprojected({ x, y }: Place): Point {
  return [Math.atan(Math.sinh(-y * radians)) / radians, x];
}

function degreesOf(km: number, middle: Place): number {
  return km / (kmPerDegree * shrinkAt(middle));
}

/** A degree of longitude there, as a share of one at the equator. */
function shrinkAt(place: Place): number {
  return Math.cos(unprojected(place)[0] * radians);
}
