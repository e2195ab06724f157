import type { Place } from "./plane.ts";

/** Evenly spaced nodes over a stretch of a plane, the first in its south-west corner. */
export interface Grid {
  left: number;
  bottom: number;
  /** Metres from node to node. */
  step: number;
  columns: number;
  rows: number;
}

/** Marks the nodes within rings, a ring's own crossing of a line taking turns to be its beginning and its end. */
export function markInside(grid: Grid, rings: readonly (readonly Place[])[], marks: Uint8Array): void {
  for (const ring of rings) {
    const crossings = new Map<number, number[]>();
    for (let at = 1; at < ring.length; at++) {
      const [from, to] = [ring[at - 1], ring[at]];
      if (from && to) addCrossings(grid, from, to, crossings);
    }
    for (const [row, columns] of crossings) {
      columns.sort((a, b) => a - b);
      for (let at = 0; at + 1 < columns.length; at += 2) {
        const first = Math.max(0, Math.ceil(columns[at] ?? 0));
        const last = Math.min(grid.columns - 1, Math.floor(columns[at + 1] ?? 0));
        if (first <= last) marks.fill(1, row * grid.columns + first, row * grid.columns + last + 1);
      }
    }
  }
}

/** Where an edge crosses the grid's rows, by row, in columns. */
function addCrossings(grid: Grid, from: Place, to: Place, crossings: Map<number, number[]>): void {
  const [low, high] = from.y < to.y ? [from, to] : [to, from];
  const first = Math.max(0, Math.ceil((low.y - grid.bottom) / grid.step));
  const last = Math.min(grid.rows - 1, Math.ceil((high.y - grid.bottom) / grid.step) - 1);
  for (let row = first; row <= last; row++) {
    const share = (grid.bottom + row * grid.step - low.y) / (high.y - low.y);
    const column = (low.x + share * (high.x - low.x) - grid.left) / grid.step;
    const known = crossings.get(row);
    if (known) known.push(column);
    else crossings.set(row, [column]);
  }
}

/** Calls with the node nearest to each place along rings, in stretches of a part of a step. */
export function walk(grid: Grid, rings: readonly (readonly Place[])[], visit: (node: number) => void): void {
  const stretchesPerStep = 8;
  for (const ring of rings) {
    for (let at = 1; at < ring.length; at++) {
      const [from, to] = [ring[at - 1], ring[at]];
      if (!from || !to) continue;
      const length = Math.hypot(to.x - from.x, to.y - from.y);
      const stretches = Math.max(1, Math.ceil((length / grid.step) * stretchesPerStep));
      for (let part = 0; part <= stretches; part++) {
        const share = part / stretches;
        const column = Math.round((from.x + share * (to.x - from.x) - grid.left) / grid.step);
        const row = Math.round((from.y + share * (to.y - from.y) - grid.bottom) / grid.step);
        visit(row * grid.columns + column);
      }
    }
  }
}

/**
 * How far each node is from the nearest that is marked: the square of it, in steps; beyond the grid's size where none
 * is. Exact (Felzenszwalb and Huttenlocher, "Distance transforms of sampled functions"), in time that grows with the
 * number of nodes alone.
 */
export function squaredDistances({ columns, rows }: Grid, marks: Uint8Array): Float32Array {
  const far = 2 * (columns + rows);
  const result = new Float32Array(columns * rows);
  // Down each column, row by row: memory is read in its order.
  for (let node = 0; node < result.length; node++) {
    const above = node < columns ? far : (result[node - columns] ?? far);
    result[node] = marks[node] === 1 ? 0 : Math.min(far, above + 1);
  }
  for (let node = result.length - columns - 1; node >= 0; node--) {
    const below = (result[node + columns] ?? far) + 1;
    if (below < (result[node] ?? far)) result[node] = below;
  }
  const row = new Float64Array(columns);
  for (let at = 0; at < rows; at++) {
    for (let column = 0; column < columns; column++)
      row[column] = (result[at * columns + column] ?? far) ** 2;
    lowerEnvelope(row, result, at * columns);
  }
  return result;
}

/** Along one row: the least, over all columns, of the distance to that column squared plus what stands there. */
function lowerEnvelope(values: Float64Array, result: Float32Array, offset: number): void {
  const count = values.length;
  const apex = new Int32Array(count);
  const start = new Float64Array(count + 1);
  const at = (column: number) => values[column] ?? 0;
  let last = 0;
  start[0] = Number.NEGATIVE_INFINITY;
  start[1] = Number.POSITIVE_INFINITY;
  for (let column = 1; column < count; column++) {
    let meeting = 0;
    for (;;) {
      const other = apex[last] ?? 0;
      meeting = (at(column) + column ** 2 - at(other) - other ** 2) / (2 * (column - other));
      if (meeting > (start[last] ?? 0)) break;
      last--;
    }
    last++;
    apex[last] = column;
    start[last] = meeting;
    start[last + 1] = Number.POSITIVE_INFINITY;
  }
  let current = 0;
  for (let column = 0; column < count; column++) {
    while ((start[current + 1] ?? 0) < column) current++;
    const other = apex[current] ?? 0;
    result[offset + column] = (column - other) ** 2 + at(other);
  }
}
