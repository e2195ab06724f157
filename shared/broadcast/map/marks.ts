import type { Point } from "../broadcast.ts";
import { round } from "./path.ts";
import { type MapView, side } from "./view.ts";

/** A line of one degree across the picture, and how it is called. */
export interface Degree {
  kind: "latitude" | "longitude";
  /** From the top or the left. */
  at: number;
  /** `51.5° N` */
  label: string;
}

/** Round lengths, in degrees; minutes would be rounder, but polygons are written in decimals. */
const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** Three to six lines each way. */
export function degreesOf(view: MapView): Degree[] {
  const [north, west] = view.pointAt({ x: 0, y: 0 });
  const [south, east] = view.pointAt({ x: side, y: side });
  return [
    ...multiples(south, north).map((latitude): Degree => {
      const at = round(view.placeOf([latitude, west]).y);
      return { kind: "latitude", at, label: named(latitude, "N", "S") };
    }),
    ...multiples(Math.max(west, -180), Math.min(east, 180)).map((longitude): Degree => {
      const at = round(view.placeOf([north, longitude]).x);
      return { kind: "longitude", at, label: named(longitude, "E", "W") };
    }),
  ];
}

function multiples(from: number, to: number): number[] {
  const step = steps.find((each) => (to - from) / each <= 5) ?? 90;
  const first = Math.ceil(from / step);
  const count = Math.floor(to / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => (first + n) * step);
}

function named(degrees: number, over: string, under: string): string {
  const text = Math.abs(Number(degrees.toFixed(2)));
  return text === 0 ? "0°" : `${text}° ${degrees < 0 ? under : over}`;
}

/** A point as people write it: `51.52° N, 0.08° W`. */
export function pointName([latitude, longitude]: Point): string {
  return `${named(latitude, "N", "S")}, ${named(longitude, "E", "W")}`;
}

export interface ScaleBar {
  units: number;
  /** `20 km` */
  label: string;
}

/** A round length that takes up to a quarter of the picture. True at its middle. */
export function scaleOf({ kmPerUnit }: MapView): ScaleBar {
  const longest = (side / 4) * kmPerUnit;
  const km = [1000, 500, 200, 100, 50, 20, 10, 5, 2, 1].find((each) => each <= longest) ?? 0.5;
  return { units: round(km / kmPerUnit), label: km < 1 ? `${km * 1000} m` : `${km} km` };
}
