import type { Point, Polygon } from "../broadcast.ts";

/**
 * Areas as people type them: a point is `51.52, -0.08`, latitude first; points stand on lines of their own or apart by
 * spaces, as CAP has them; an empty line begins another polygon. Rings need not be closed.
 */

const pair = /^(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)(?=\s|$)\s*/;

export type AreaText = { polygons: Polygon[] } | { fault: string };

/** Its polygons, each closed; or what is wrong, for the person who typed it. Empty where the text is. */
export function readAreaText(text: string): AreaText {
  const blocks: Point[][] = [[]];
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    let rest = line.trim();
    if (rest === "") blocks.push([]);
    while (rest !== "") {
      const [found, latitude, longitude] = pair.exec(rest) ?? [];
      if (found === undefined)
        return { fault: `Line ${index + 1} must be a latitude and a longitude, such as 51.52, -0.08` };
      blocks.at(-1)?.push([Number(latitude), Number(longitude)]);
      rest = rest.slice(found.length);
    }
  }
  return { polygons: blocks.filter((block) => block.length > 0).map(closed) };
}

/** What `readAreaText` reads these from. */
export function areaTextOf(polygons: readonly Polygon[]): string {
  return polygons
    .map((polygon) => polygon.map(([latitude, longitude]) => `${latitude}, ${longitude}`).join("\n"))
    .join("\n\n");
}

function closed(points: readonly Point[]): Polygon {
  const [first] = points;
  const last = points.at(-1);
  const isClosed = points.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  return first === undefined || isClosed ? points : [...points, first];
}
