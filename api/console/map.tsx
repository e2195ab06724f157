/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Polygon } from "../../shared/broadcast/broadcast.ts";
import type { Effect } from "../../shared/broadcast/effect.ts";
import type { Box } from "../../shared/broadcast/map/clip.ts";
import { known, packedBorder, packedCoasts } from "../../shared/broadcast/map/coast.ts";
import { unpackLines } from "../../shared/broadcast/map/lines.ts";
import { degreesOf, pointName, scaleOf } from "../../shared/broadcast/map/marks.ts";
import { linePath, ringPath, round } from "../../shared/broadcast/map/path.ts";
import { type TownLabel, townLabels } from "../../shared/broadcast/map/towns.ts";
import { type MapView, side, viewOfPolygons } from "../../shared/broadcast/map/view.ts";

export interface AreaMapProps {
  polygons: readonly Polygon[];
  /** Of these polygons. */
  effect: Effect;
  view: MapView;
}

/** Wider pictures show by themselves where they are. */
const widestInsetKm = 300;
/** The small map's place in the large one. */
const inset: Box = { left: side - 82, right: side - 6, low: 6, high: 82 };
/** In the small map's own units: it is drawn that much smaller. */
const insetThinness = 4;
/** Smaller islands would not be seen there. */
const fewestInsetPoints = 25;
const scaleBox: Box = { left: 0, right: 120, low: side - 32, high: side };

/**
 * Where an alert is for, or may be: polygons over coasts, degrees and towns, drawn without anything from outside. Its
 * colours are those of `map-style.ts`. Of `polygons` may be none; `viewOfPolygons` fits a view to them.
 */
export function AreaMap({ polygons, effect, view }: AreaMapProps) {
  const coasts = unpackLines(packedCoasts);
  const border = unpackLines(packedBorder);
  const insetShown = needsInset(view);
  const towns = townLabels(view, insetShown ? [inset, scaleBox] : [scaleBox]);
  return (
    <figure class="area-map">
      <svg viewBox={`0 0 ${side} ${side}`} role="img" data-corners={cornersOf(view)}>
        <title>{titleOf(effect)}</title>
        <desc>{descriptionOf(effect, towns)}</desc>
        <rect class="map-unknown" width={side} height={side} />
        <Sea view={view} />
        <path class="map-land" d={coasts.map((coast) => ringPath(coast, view)).join("")} />
        <path class="map-border" d={border.map((line) => linePath(line, view)).join("")} />
        <Degrees view={view} insetShown={insetShown} />
        <Bounds effect={effect} view={view} />
        {polygons.map((polygon) => (
          <path class="map-area" d={ringPath(polygon, view)} />
        ))}
        <Towns towns={towns} />
        <ScaleBar view={view} />
        {insetShown && <Inset coasts={coasts} view={view} />}
      </svg>
      <figcaption>{captionOf(effect)}</figcaption>
    </figure>
  );
}

/** North, west and east, in degrees: what `draw-area` needs to tell where somebody points. */
function cornersOf(view: MapView): string {
  const [north, west] = view.pointAt({ x: 0, y: 0 });
  const [, east] = view.pointAt({ x: side, y: side });
  return [north, west, east].map((degrees) => degrees.toFixed(6)).join(" ");
}

function Sea({ view }: { view: MapView }) {
  const { south, west, north, east } = known;
  const from = view.placeOf([north, west]);
  const to = view.placeOf([south, east]);
  const [left, right] = [within(from.x), within(to.x)];
  const [top, bottom] = [within(from.y), within(to.y)];
  return <rect class="map-sea" x={left} y={top} width={right - left} height={bottom - top} />;
}

function within(units: number): number {
  return round(Math.min(side, Math.max(0, units)));
}

function Degrees({ view, insetShown }: { view: MapView; insetShown: boolean }) {
  const labelled = { longitude: (insetShown ? inset.left : side) - 36, latitude: scaleBox.low };
  return degreesOf(view).map(({ kind, at, label }) => (
    <>
      <path class="map-degree" d={kind === "latitude" ? `M0,${at}H${side}` : `M${at},0V${side}`} />
      {at > 14 && at < labelled[kind] && (
        <text class="map-label" x={kind === "latitude" ? 4 : at + 3} y={kind === "latitude" ? at - 3 : 11}>
          {label}
        </text>
      )}
    </>
  ));
}

/** The box around all polygons. */
function Bounds({ effect: { bounds }, view }: { effect: Effect; view: MapView }) {
  if (bounds === null) return null;
  const { south, west, north, east } = bounds;
  const box: Polygon = [
    [south, west],
    [south, east],
    [north, east],
    [north, west],
  ];
  return <path class="map-bounds" d={ringPath(box, view)} />;
}

function Towns({ towns }: { towns: readonly TownLabel[] }) {
  return towns.map(({ name, x, y, side }) => (
    <>
      <circle class="map-town" cx={x} cy={y} r={2} />
      <text
        class="map-name"
        x={side === "right" ? x + 5 : x - 5}
        y={y + 3.5}
        text-anchor={side === "right" ? "start" : "end"}
      >
        {name}
      </text>
    </>
  ));
}

function ScaleBar({ view }: { view: MapView }) {
  const { units, label } = scaleOf(view);
  return (
    <>
      <path class="map-bar" d={`M10,${side - 15}v5h${units}v-5`} />
      <text class="map-label" x={14} y={side - 15}>
        {label}
      </text>
    </>
  );
}

/** Where the picture shows too little to tell where it lies, and lies where the small map can tell. */
function needsInset(view: MapView): boolean {
  const middle = viewOfPolygons([]).placeOf(view.pointAt({ x: side / 2, y: side / 2 }));
  const isOnIt = Math.min(middle.x, middle.y, side - middle.x, side - middle.y) > 0;
  return isOnIt && view.kmPerUnit * side <= widestInsetKm;
}

/** The islands as a whole, small, and where on them the large map lies. */
function Inset({ coasts, view }: { coasts: readonly Polygon[]; view: MapView }) {
  const whole = viewOfPolygons([]);
  const from = whole.placeOf(view.pointAt({ x: 0, y: 0 }));
  const to = whole.placeOf(view.pointAt({ x: side, y: side }));
  const middle = { x: round((from.x + to.x) / 2), y: round((from.y + to.y) / 2) };
  const large = coasts.filter((coast) => coast.length >= fewestInsetPoints);
  const land = large.map((coast) => ringPath(coast, whole, insetThinness)).join("");
  return (
    <svg
      x={inset.left}
      y={inset.low}
      width={inset.right - inset.left}
      height={inset.high - inset.low}
      viewBox={`0 0 ${side} ${side}`}
      aria-hidden="true"
    >
      <rect class="map-inset" width={side} height={side} />
      <path class="map-land" d={land} />
      <circle class="map-here" cx={middle.x} cy={middle.y} r={Math.max(18, round((to.x - from.x) / 2))} />
    </svg>
  );
}

function titleOf({ polygons }: Effect): string {
  return polygons === 0 ? "Map of the United Kingdom and Ireland" : "Map of where the alert is for";
}

function captionOf({ polygons, points, squareKilometres }: Effect): string {
  if (polygons === 0) return "No area yet";
  const areas = polygons === 1 ? "1 area" : `${polygons} areas`;
  return `${areas}, ${points.toLocaleString("en-GB")} points, ${areaName(squareKilometres)}`;
}

/** In words, for who does not see the picture. */
function descriptionOf(effect: Effect, towns: readonly TownLabel[]): string {
  const { bounds } = effect;
  if (bounds === null) return "No area is drawn.";
  const { south, west, north, east } = bounds;
  const names = towns.map(({ name }) => name).join(", ");
  return [
    `${captionOf(effect)}, between ${pointName([south, west])} and ${pointName([north, east])}.`,
    names === "" ? "The map names no towns." : `The map names ${names}.`,
  ].join(" ");
}

function areaName(squareKilometres: number): string {
  const digits = squareKilometres < 10 ? 2 : squareKilometres < 100 ? 1 : 0;
  return `${squareKilometres.toLocaleString("en-GB", { maximumFractionDigits: digits })} km²`;
}
