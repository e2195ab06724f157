import type { Place } from "./plane.ts";

/** A closed ring with fewer points, none of those left out further from it than the tolerance (Douglas and Peucker). */
export function simplifyRing(ring: readonly Place[], toleranceMetres: number): Place[] {
  const [first] = ring;
  if (!first || ring.length <= 4) return [...ring];
  // A ring has no ends: it is taken as two lines, to the place furthest from its beginning and back.
  const middle = furthest(ring, 0, ring.length - 1, (place) =>
    Math.hypot(place.x - first.x, place.y - first.y),
  );
  const kept = new Uint8Array(ring.length);
  kept[0] = kept[middle.index] = kept[ring.length - 1] = 1;
  const stretches: [number, number][] = [
    [0, middle.index],
    [middle.index, ring.length - 1],
  ];
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const [from, to] = stretch;
    const [start, end] = [ring[from], ring[to]];
    if (!start || !end) continue;
    const worst = furthest(ring, from, to, (place) => distanceToLine(place, start, end));
    if (worst.distance <= toleranceMetres) continue;
    kept[worst.index] = 1;
    stretches.push([from, worst.index], [worst.index, to]);
  }
  return ring.filter((_, index) => kept[index] === 1);
}

/** Of the places between two, which is furthest by a measure; the distance is -1 where there is none. */
function furthest(
  ring: readonly Place[],
  from: number,
  to: number,
  measure: (place: Place) => number,
): { index: number; distance: number } {
  let worst = { index: from, distance: -1 };
  for (let index = from + 1; index < to; index++) {
    const place = ring[index];
    const distance = place ? measure(place) : -1;
    if (distance > worst.distance) worst = { index, distance };
  }
  return worst;
}

function distanceToLine(place: Place, start: Place, end: Place): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = dx ** 2 + dy ** 2;
  const along = length === 0 ? 0 : ((place.x - start.x) * dx + (place.y - start.y) * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return Math.hypot(place.x - start.x - share * dx, place.y - start.y - share * dy);
}
