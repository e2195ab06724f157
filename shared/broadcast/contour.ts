import { type Place, signedAreaOf } from "./plane.ts";
import type { Grid } from "./raster.ts";

/**
 * The outlines of where a height over a grid is 0 or more: closed rings, anticlockwise, that cross neither themselves
 * nor one another. Holes are left out, and what lies in them. All of the grid's rim must lie below 0.
 */
export function outlinesOf(grid: Grid, heights: Float32Array): Place[][] {
  const next = stepsOf(grid, heights);
  const rings: Place[][] = [];
  while (next.size > 0) {
    const ring: Place[] = [];
    const [first] = next.keys();
    let edge = first;
    while (edge !== undefined) {
      // The last is the first again, which leads nowhere any more.
      ring.push(placeOn(grid, heights, edge));
      const following = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    if (signedAreaOf(ring) > 0) rings.push(ring);
  }
  return rings.filter((ring) => !rings.some((other) => other !== ring && isWithin(ring, other)));
}

/**
 * From each edge of the grid that an outline crosses to the next it crosses, the height to the left. An edge has twice
 * the number of the node at its west or south end, and one more where it goes north.
 */
function stepsOf({ columns, rows }: Grid, heights: Float32Array): Map<number, number> {
  const next = new Map<number, number>();
  const isHigh = (node: number) => (heights[node] ?? -1) >= 0;
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const node = row * columns + column;
      const corners =
        (isHigh(node) ? 1 : 0) +
        (isHigh(node + 1) ? 2 : 0) +
        (isHigh(node + columns + 1) ? 4 : 0) +
        (isHigh(node + columns) ? 8 : 0);
      if (corners === 0 || corners === 15) continue;
      const sides = {
        south: 2 * node,
        west: 2 * node + 1,
        north: 2 * (node + columns),
        east: 2 * (node + 1) + 1,
      };
      for (const [from, to] of ways[corners] ?? []) next.set(sides[from], sides[to]);
    }
  }
  return next;
}

type Side = "south" | "west" | "north" | "east";

/** How an outline goes through a square, by which corners are high: south-west 1, south-east 2, north-east 4, north-west 8. */
const ways: readonly (readonly (readonly [Side, Side])[])[] = [
  [],
  [["south", "west"]],
  [["east", "south"]],
  [["east", "west"]],
  [["north", "east"]],
  // Two opposite corners belong together.
  [
    ["south", "east"],
    ["north", "west"],
  ],
  [["north", "south"]],
  [["north", "west"]],
  [["west", "north"]],
  [["south", "north"]],
  [
    ["west", "south"],
    ["east", "north"],
  ],
  [["east", "north"]],
  [["west", "east"]],
  [["south", "east"]],
  [["west", "south"]],
  [],
];

/** Where the height is 0 on an edge; never at its ends, where outlines could meet. */
function placeOn(grid: Grid, heights: Float32Array, edge: number): Place {
  const node = edge >> 1;
  const isNorthward = edge % 2 === 1;
  const here = heights[node] ?? 0;
  const there = heights[isNorthward ? node + grid.columns : node + 1] ?? 0;
  const share = Math.min(0.95, Math.max(0.05, here / (here - there)));
  const column = (node % grid.columns) + (isNorthward ? 0 : share);
  const row = Math.floor(node / grid.columns) + (isNorthward ? share : 0);
  return { x: grid.left + column * grid.step, y: grid.bottom + row * grid.step };
}

/** Whether a ring lies in another that it does not cross. */
function isWithin(ring: readonly Place[], other: readonly Place[]): boolean {
  const [place] = ring;
  if (!place) return false;
  let inside = false;
  let from = other.at(-1);
  for (const to of other) {
    if (from && from.y > place.y !== to.y > place.y) {
      const x = from.x + ((place.y - from.y) / (to.y - from.y)) * (to.x - from.x);
      if (place.x < x) inside = !inside;
    }
    from = to;
  }
  return inside;
}
