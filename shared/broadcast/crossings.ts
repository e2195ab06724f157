import type { Polygon } from "./broadcast.ts";

/** Pairs of edges looked at, at most; boundaries drawn from maps need a few for each of their points. */
const mostPairs = 5_000_000;
const mostVisits = 5_000_000;

interface Edge {
  ax: number;
  ay: number;
  bx: number;
  by: number;
}

/**
 * Whether a ring crosses or touches itself. Edges are sorted into squares, so that each is held against its neighbours
 * alone; a ring that nobody would draw, for which this does not help, is `too-complex` before it has cost much.
 */
export function crossesItself(ring: Polygon): "yes" | "no" | "too-complex" {
  const edges = edgesOf(ring);
  if (new Set(edges.map(({ ax, ay }) => `${ax} ${ay}`)).size < edges.length) return "yes";
  const squares = squaresOf(edges);
  if (squares === null) return "too-complex";
  let pairs = 0;
  for (const square of squares.values()) {
    pairs += (square.length * (square.length - 1)) / 2;
    if (pairs > mostPairs) return "too-complex";
    for (const [at, edge] of square.entries()) {
      for (let other = at + 1; other < square.length; other++) {
        const against = square[other];
        if (against !== undefined && cross(edge, against)) return "yes";
      }
    }
  }
  return "no";
}

function edgesOf(ring: Polygon): Edge[] {
  const edges: Edge[] = [];
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1], ring[at]];
    if (from === undefined || to === undefined) continue;
    // A point said twice makes no edge.
    if (from[0] === to[0] && from[1] === to[1]) continue;
    edges.push({ ax: from[1], ay: from[0], bx: to[1], by: to[0] });
  }
  return edges;
}

/** The edges by the squares their boxes overlap; null where that is too many. */
function squaresOf(edges: readonly Edge[]): Map<number, Edge[]> | null {
  const xs = edges.flatMap(({ ax, bx }) => [ax, bx]);
  const ys = edges.flatMap(({ ay, by }) => [ay, by]);
  const [left, right] = rangeOf(xs);
  const [bottom, top] = rangeOf(ys);
  const across = Math.max(1, Math.ceil(Math.sqrt(edges.length)));
  const width = (right - left) / across || 1;
  const height = (top - bottom) / across || 1;
  const column = (x: number) => Math.min(across - 1, Math.floor((x - left) / width));
  const row = (y: number) => Math.min(across - 1, Math.floor((y - bottom) / height));

  const squares = new Map<number, Edge[]>();
  let visits = 0;
  for (const edge of edges) {
    const [from, to] = [column(Math.min(edge.ax, edge.bx)), column(Math.max(edge.ax, edge.bx))];
    const [low, high] = [row(Math.min(edge.ay, edge.by)), row(Math.max(edge.ay, edge.by))];
    visits += (to - from + 1) * (high - low + 1);
    if (visits > mostVisits) return null;
    for (let x = from; x <= to; x++) {
      for (let y = low; y <= high; y++) {
        const key = y * across + x;
        const square = squares.get(key);
        if (square) square.push(edge);
        else squares.set(key, [edge]);
      }
    }
  }
  return squares;
}

function rangeOf(values: readonly number[]): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

/** Whether edges share a point that is not an end of both. */
function cross(a: Edge, b: Edge): boolean {
  const sidesOfA = [turn(a, b.ax, b.ay), turn(a, b.bx, b.by)] as const;
  const sidesOfB = [turn(b, a.ax, a.ay), turn(b, a.bx, a.by)] as const;
  if (sidesOfA[0] === 0 && sidesOfA[1] === 0) return overlap(a, b);
  const partedByA = sidesOfA[0] * sidesOfA[1];
  const partedByB = sidesOfB[0] * sidesOfB[1];
  return partedByA <= 0 && partedByB <= 0 && (partedByA < 0 || partedByB < 0);
}

/** Whether two edges of one line share more than a point. */
function overlap(a: Edge, b: Edge): boolean {
  const isSteep = Math.abs(a.by - a.ay) > Math.abs(a.bx - a.ax);
  const [a1, a2] = isSteep ? [a.ay, a.by] : [a.ax, a.bx];
  const [b1, b2] = isSteep ? [b.ay, b.by] : [b.ax, b.bx];
  return Math.min(Math.max(a1, a2), Math.max(b1, b2)) > Math.max(Math.min(a1, a2), Math.min(b1, b2));
}

/** 1 where the point lies to the left of the edge's line, -1 to the right, 0 on it. */
function turn({ ax, ay, bx, by }: Edge, x: number, y: number): number {
  return Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
}
