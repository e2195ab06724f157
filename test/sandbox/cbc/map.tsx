/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Point, Polygon } from "../../../shared/broadcast/broadcast.ts";
import { coasts } from "./coast.ts";

/** In the picture's own units. */
const width = 360;
const height = 260;
/** Degrees of latitude that are shown at least, so that a street does not fill the map. */
const smallest = 0.12;

/** Where an alert is for, drawn from its polygons alone: the coast by heart, degrees as lines, a scale. */
export function AreaMap({ polygons }: { polygons: readonly Polygon[] }) {
  const view = viewOf(polygons.flat());
  if (view === null) return null;
  const { place, kmPerUnit, lines } = view;
  const path = (ring: Polygon) => `M${ring.map((point) => place(point).join(",")).join("L")}Z`;
  const bar = scaleOf(kmPerUnit);
  return (
    <svg class="map" viewBox={`0 0 ${width} ${height}`} role="img" aria-label="Where the alert is for">
      <rect class="sea" width={width} height={height} />
      {coasts.map((coast) => (
        <path class="land" d={path(coast)} />
      ))}
      {lines.map(({ from, to, label, at }) => (
        <>
          <path class="degree" d={`M${from.join(",")}L${to.join(",")}`} />
          <text class="label" x={at[0]} y={at[1]}>
            {label}
          </text>
        </>
      ))}
      {polygons.map((polygon) => (
        <path class="area" d={path(polygon)} />
      ))}
      <path class="bar" d={`M12,${height - 12}h${bar.units}`} />
      <text class="label" x={12} y={height - 17}>
        {bar.label}
      </text>
    </svg>
  );
}

interface Line {
  from: number[];
  to: number[];
  label: string;
  at: [number, number];
}

function viewOf(points: readonly Point[]) {
  if (points.length === 0) return null;
  const latitudes = points.map(([latitude]) => latitude);
  const longitudes = points.map(([, longitude]) => longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const middle: Point = [(south + north) / 2, (west + east) / 2];
  // A degree of longitude is the shorter the further north it is.
  const squeeze = Math.max(0.1, Math.cos((middle[0] * Math.PI) / 180));
  const span = 1.5 * Math.max(smallest, north - south, ((east - west) * squeeze * height) / width);
  const perDegree = height / span;

  const place = ([latitude, longitude]: Point): [number, number] => [
    round(width / 2 + (longitude - middle[1]) * squeeze * perDegree),
    round(height / 2 - (latitude - middle[0]) * perDegree),
  ];
  const step = stepOf(span);
  const lines: Line[] = [];
  for (const latitude of multiples(middle[0], span, step)) {
    const [, y] = place([latitude, 0]);
    lines.push({
      from: [0, y],
      to: [width, y],
      label: degreesOf(latitude, "N", "S"),
      at: [width - 44, y - 3],
    });
  }
  const across = (span * width) / height / squeeze;
  for (const longitude of multiples(middle[1], across, stepOf(across))) {
    const [x] = place([0, longitude]);
    lines.push({ from: [x, 0], to: [x, height], label: degreesOf(longitude, "E", "W"), at: [x + 3, 11] });
  }
  return { place, kmPerUnit: (span * 111.2) / height, lines };
}

function round(units: number): number {
  return Math.round(units * 10) / 10;
}

/** Three to eight lines across. */
function stepOf(span: number): number {
  return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30].find((step) => span / step <= 6) ?? 90;
}

function multiples(middle: number, span: number, step: number): number[] {
  const first = Math.ceil((middle - span / 2) / step);
  const last = Math.floor((middle + span / 2) / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => (first + n) * step);
}

function degreesOf(value: number, over: string, under: string): string {
  const text = Math.abs(Number(value.toFixed(2)));
  return `${text}° ${value < 0 ? under : over}`;
}

/** A round length that takes up to a third of the map. */
function scaleOf(kmPerUnit: number): { units: number; label: string } {
  const longest = (width / 3) * kmPerUnit;
  const km = [500, 200, 100, 50, 20, 10, 5, 2, 1, 0.5].find((each) => each <= longest) ?? 0.1;
  return { units: round(km / kmPerUnit), label: km < 1 ? `${km * 1000} m` : `${km} km` };
}
