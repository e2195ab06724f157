/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { londonTime } from "../../shared/time/london.ts";

export interface Series {
  label: string;
  /** One for each time; null: nothing is known of it. */
  values: readonly (number | null)[];
}

export interface ChartProps {
  title: string;
  /** Seconds since 1970, evenly apart, oldest first. */
  times: readonly number[];
  /** At most four: they are told apart by colour and by how the line is broken. */
  series: readonly Series[];
  /** What the values are counted in, such as `a minute` or `seconds`. */
  unit: string;
}

const width = 640;
const height = 180;
const left = 52;
const bottom = 24;
const top = 8;

/** The assets a page with charts loads. */
export const chartAssets = { scripts: ["uplot.js", "chart.js"], styles: ["uplot.css"] } as const;

/**
 * Lines over time. Drawn by the server, for whoever has no scripts; `chart.js` draws it anew, to be pointed at. The same
 * figures stand in a table below.
 */
export function Chart({ title, times, series, unit }: ChartProps) {
  const data = { times, unit, series: series.map(({ label, values }) => ({ label, values })) };
  return (
    <figure class="chart" data-chart={JSON.stringify(data)}>
      <figcaption>
        {title} <span class="quiet-text">({unit})</span> <span class="pointed quiet-text" />
      </figcaption>
      <div class="drawing">
        <Drawing title={title} times={times} series={series} />
      </div>
      <ul class="legend">
        {series.map(({ label }, at) => (
          <li>
            <svg width="24" height="10" aria-hidden="true">
              <line x1="0" y1="5" x2="24" y2="5" class={`line line-${at + 1}`} />
            </svg>{" "}
            {label} <b />
          </li>
        ))}
      </ul>
      <Figures title={title} times={times} series={series} />
    </figure>
  );
}

type DrawnProps = Pick<ChartProps, "title" | "times" | "series">;

function Drawing({ title, times, series }: DrawnProps) {
  const most = niceMost(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const x = (at: number) => left + ((width - left) * at) / Math.max(1, times.length - 1);
  const y = (value: number) => top + (height - top - bottom) * (1 - value / most);
  const marks = [0, most / 2, most];
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: a chart of the table below`}>
      {marks.map((mark) => (
        <>
          <line x1={left} x2={width} y1={y(mark)} y2={y(mark)} class="grid" />
          <text x={left - 6} y={y(mark) + 4} text-anchor="end" class="mark">
            {short(mark)}
          </text>
        </>
      ))}
      {[0, times.length - 1].map((at, end) => (
        <text x={x(at)} y={height - 6} text-anchor={end === 0 ? "start" : "end"} class="mark">
          {labelOf(times[at])}
        </text>
      ))}
      <path d={areaOf(series[0]?.values ?? [], x, y)} class="area" />
      {series.map(({ values }, at) => (
        <path d={pathOf(values, x, y)} class={`line line-${at + 1}`} />
      ))}
    </svg>
  );
}

/** A stroke for each run of what is known. */
function pathOf(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let isDrawing = false;
  const parts: string[] = [];
  for (const [at, value] of values.entries()) {
    if (value !== null) parts.push(`${isDrawing ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
    isDrawing = value !== null;
  }
  return parts.join("");
}

/** From what is known at first to what is known at last, down to nothing. */
function areaOf(
  values: readonly (number | null)[],
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const known = [...values.entries()].flatMap(([at, value]) => (value === null ? [] : [{ at, value }]));
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last) return "";
  const line = known.map(({ at, value }) => `L${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return `M${x(first.at).toFixed(1)} ${y(0)}${line}L${x(last.at).toFixed(1)} ${y(0)}Z`;
}

/** At most so many rows: steps are put together by their highest value. */
const mostRows = 24;

function Figures({ title, times, series }: DrawnProps) {
  const size = Math.max(1, Math.ceil(times.length / mostRows));
  const starts = times.filter((_, at) => at % size === 0);
  return (
    <details>
      <summary>Figures of {title}</summary>
      <div class="scrolls">
        <table>
          <caption>{`${title}${size > 1 ? `: the highest of each ${size} steps` : ""}`}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map(({ label }) => (
                <th scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {starts.map((time, row) => (
              <tr>
                <th scope="row">{labelOf(time)}</th>
                {series.map(({ values }) => (
                  <td class="number">{highest(values.slice(row * size, (row + 1) * size))}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function highest(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? "–" : short(Math.max(...known));
}

function labelOf(seconds: number | undefined): string {
  return seconds === undefined ? "" : londonTime(new Date(seconds * 1000)).slice(5, 16);
}

/** A round number no smaller than this, for the top of the chart. */
function niceMost(most: number): number {
  if (most <= 0) return 1;
  const scale = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((one) => one * scale >= most) ?? 10;
  return step * scale;
}

function short(value: number): string {
  if (value >= 1_000_000) return `${round(value / 1_000_000)}M`;
  if (value >= 10_000) return `${round(value / 1000)}k`;
  return round(value).toLocaleString("en-GB");
}

function round(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
