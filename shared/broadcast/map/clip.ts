import type { Place } from "../plane.ts";

export interface Box {
  left: number;
  right: number;
  /** The smaller `y`, whichever way `y` goes. */
  low: number;
  high: number;
}

/**
 * What of a ring lies in a box, after Sutherland and Hodgman; empty where nothing does. Parts that lie apart are joined
 * along the box's edge: they fill alike, and who draws the line too takes a box that reaches beyond the picture.
 */
export function clipRing(ring: readonly Place[], { left, right, low, high }: Box): Place[] {
  const sides: [inside: (place: Place) => boolean, cross: (from: Place, to: Place) => Place][] = [
    [({ x }) => x >= left, (from, to) => atX(from, to, left)],
    [({ x }) => x <= right, (from, to) => atX(from, to, right)],
    [({ y }) => y >= low, (from, to) => atY(from, to, low)],
    [({ y }) => y <= high, (from, to) => atY(from, to, high)],
  ];
  let places = [...ring];
  for (const [inside, cross] of sides) {
    const kept: Place[] = [];
    let from = places.at(-1);
    for (const to of places) {
      if (from && inside(from) !== inside(to)) kept.push(cross(from, to));
      if (inside(to)) kept.push(to);
      from = to;
    }
    places = kept;
  }
  return places;
}

function atX(from: Place, to: Place, x: number): Place {
  return { x, y: from.y + ((to.y - from.y) * (x - from.x)) / (to.x - from.x) };
}

function atY(from: Place, to: Place, y: number): Place {
  return { x: from.x + ((to.x - from.x) * (y - from.y)) / (to.y - from.y), y };
}
