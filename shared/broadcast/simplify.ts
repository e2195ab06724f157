import type { Polygon } from "./broadcast.ts";
import { outlinesOf } from "./contour.ts";
import { crossesItself } from "./crossings.ts";
import { simplifyRing } from "./douglas-peucker.ts";
import { type Place, type Plane, perimeterOf, planeOf } from "./plane.ts";
import { type Grid, markInside, squaredDistances, walk } from "./raster.ts";

/** Nodes of all grids together: what bounds time and memory. */
const mostNodes = 4_000_000;
/** Beyond it, finding which polygons lie close together would cost too much. */
const mostPolygons = 1000;

export type Simplified = { ok: true; polygons: Polygon[] } | { ok: false; fault: string };

/**
 * Smooths and simplifies polygons that are closed and do not cross themselves (`spec/broadcasts.md` 8): they grow by
 * so much that those close together merge, shrink by less, and lose what detail is below the tolerance. Holes are lost.
 * What comes out covers all of what went in and does not cross itself: it is held against it, and a polygon that would
 * not keeps more of its points.
 *
 * Growing and shrinking are done on a grid as fine as the polygons' own growth asks for. `fault` follows "areas".
 */
export function simplifyPolygons(polygons: readonly Polygon[]): Simplified {
  if (polygons.length > mostPolygons)
    return { ok: false, fault: `must have at most ${mostPolygons} polygons` };
  const plane = planeOf(polygons);
  const rings = polygons.map((polygon) => plane.toPlaces(polygon));
  const scale = scaleOf(rings);
  if (scale === null) return { ok: false, fault: "are too far apart for their size to be simplified" };
  const outlines = scale.groups.flatMap((group) => closeGaps(group, scale, plane));
  return { ok: true, polygons: outlines };
}

interface Scale {
  groups: Group[];
  /** Metres by which polygons grow to merge, and by which they have grown when they have shrunk again. */
  outMetres: number;
  growthMetres: number;
  toleranceMetres: number;
}

/** Polygons that may merge, and the grid for them. */
interface Group {
  rings: Place[][];
  grid: Grid;
}

/** Null where no grid that fits is fine enough. */
function scaleOf(rings: readonly Place[][]): Scale | null {
  const perimeter = rings.reduce((sum, ring) => sum + perimeterOf(ring), 0);
  const outMetres = 500 + perimeter / 1000;
  const grouped = groupsOf(rings, outMetres);
  let growthMetres = perimeter / 3240 + 15;
  // A grid may be coarser where areas are large; they then grow a little more.
  for (; growthMetres < outMetres * 0.8; growthMetres *= 1.1) {
    const step = growthMetres / 4;
    const groups = grouped.map((group) => ({ rings: group, grid: gridFor(group, step, outMetres) }));
    if (groups.reduce((sum, { grid }) => sum + grid.columns * grid.rows, 0) <= mostNodes)
      return { groups, outMetres, growthMetres, toleranceMetres: perimeter / 1620 };
  }
  return null;
}

interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

function boxOf(rings: readonly (readonly Place[])[]): Box {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (const ring of rings) {
    for (const { x, y } of ring) {
      if (x < box.left) box.left = x;
      if (x > box.right) box.right = x;
      if (y < box.bottom) box.bottom = y;
      if (y > box.top) box.top = y;
    }
  }
  return box;
}

function gridFor(rings: readonly (readonly Place[])[], step: number, outMetres: number): Grid {
  const { left, right, bottom, top } = boxOf(rings);
  // The rim must stay outside whatever is grown.
  const margin = outMetres + 3 * step;
  return {
    left: left - margin,
    bottom: bottom - margin,
    step,
    columns: Math.ceil((right - left + 2 * margin) / step) + 1,
    rows: Math.ceil((top - bottom + 2 * margin) / step) + 1,
  };
}

/** Rings whose boxes, grown, overlap, directly or by others. */
function groupsOf(rings: readonly Place[][], outMetres: number): Place[][][] {
  const boxes = rings.map((ring) => boxOf([ring]));
  const groupOf = rings.map((_, index) => index);
  const leader = (index: number): number => {
    let at = index;
    for (let up = groupOf[at] ?? at; up !== at; up = groupOf[at] ?? at) at = up;
    return at;
  };
  for (const [index, box] of boxes.entries()) {
    for (let other = 0; other < index; other++) {
      const near = boxes[other];
      if (near && areNear(box, near, 2 * outMetres)) groupOf[leader(other)] = leader(index);
    }
  }
  return [...Map.groupBy(rings.entries(), ([index]) => leader(index)).values()].map((members) =>
    members.map(([, ring]) => ring),
  );
}

function areNear(a: Box, b: Box, metres: number): boolean {
  return (
    a.left - b.right <= metres &&
    b.left - a.right <= metres &&
    a.bottom - b.top <= metres &&
    b.bottom - a.top <= metres
  );
}

function closeGaps({ rings, grid }: Group, scale: Scale, plane: Plane): Polygon[] {
  const { outMetres, growthMetres, toleranceMetres } = scale;
  const marks = new Uint8Array(grid.columns * grid.rows);
  markInside(grid, rings, marks);
  walk(grid, rings, (node) => {
    marks[node] = 1;
  });
  const distances = squaredDistances(grid, marks);

  const outside = new Uint8Array(marks.length);
  const outSquared = (outMetres / grid.step) ** 2;
  for (let node = 0; node < outside.length; node++) {
    if ((distances[node] ?? 0) > outSquared) outside[node] = 1;
  }
  const heights = squaredDistances(grid, outside);
  for (let node = 0; node < heights.length; node++) {
    heights[node] = Math.sqrt(heights[node] ?? 0) * grid.step - (outMetres - growthMetres);
  }
  const outlines = outlinesOf(grid, heights);

  for (const share of [1, 0.5, 0.25, 0.1]) {
    const found = outlines.map((ring) => plane.toPolygon(simplifyRing(ring, toleranceMetres * share)));
    if (isCover(found)) return found;
  }
  return outlines.map((ring) => plane.toPolygon(ring));

  function isCover(polygons: readonly Polygon[]): boolean {
    if (polygons.some((polygon) => polygon.length < 4 || crossesItself(polygon) !== "no")) return false;
    const candidates = polygons.map((polygon) => plane.toPlaces(polygon));
    let isClear = true;
    walk(grid, candidates, (node) => {
      // Neither in what must be covered nor beside it.
      if ((distances[node] ?? 0) < 2) isClear = false;
    });
    if (!isClear) return false;
    const covered = new Uint8Array(marks.length);
    markInside(grid, candidates, covered);
    for (let node = 0; node < marks.length; node++)
      if (marks[node] === 1 && covered[node] === 0) return false;
    return true;
  }
}
