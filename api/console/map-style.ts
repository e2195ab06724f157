/** The colours of `AreaMap`, for every page that shows one: a map's own, in light and dark, so that they stay a map's. */
export const mapStyle = `
.area-map {
  --map-unknown: #d9d9d6; --map-sea: #d3e4ee; --map-land: #f7f5ec; --map-coast: #7f8f96; --map-degree: #5b7486;
  --map-ink: #26313a; --map-area: #b80f2a;
  margin: 0 0 1.25rem; max-width: 32rem;
}
@media (prefers-color-scheme: dark) {
  .area-map {
    --map-unknown: #2b2b2b; --map-sea: #14232e; --map-land: #333a3a; --map-coast: #7d8d94; --map-degree: #7793a6;
    --map-ink: #e6edf1; --map-area: #ff6b7d;
  }
}
.area-map svg { display: block; width: 100%; height: auto; font-family: inherit; }
.area-map > svg { border: 1px solid var(--map-coast); border-radius: .3rem; }
.area-map figcaption { padding-top: .35rem; font-size: .9375rem; }
.map-unknown { fill: var(--map-unknown); }
.map-sea, .map-inset { fill: var(--map-sea); }
.map-land { fill: var(--map-land); stroke: var(--map-coast); stroke-width: .8; stroke-linejoin: round; }
.map-border { fill: none; stroke: var(--map-coast); stroke-width: 1; stroke-dasharray: 5 3; }
.map-degree { fill: none; stroke: var(--map-degree); stroke-width: .5; stroke-opacity: .45; }
.map-label, .map-name {
  fill: var(--map-ink); font-size: 10px; paint-order: stroke; stroke: var(--map-land); stroke-width: 2.5px; stroke-opacity: .85;
  stroke-linejoin: round;
}
.map-label { font-size: 9px; stroke: none; fill-opacity: .85; }
.map-town { fill: var(--map-ink); stroke: var(--map-land); stroke-width: 1; }
.map-bounds { fill: none; stroke: var(--map-area); stroke-width: .8; stroke-dasharray: 2 4; }
.map-area { fill: var(--map-area); fill-opacity: .28; stroke: var(--map-area); stroke-width: 1.8; stroke-linejoin: round; }
.map-drawable { cursor: crosshair; touch-action: manipulation; }
.map-corner { fill: var(--map-land); stroke: var(--map-area); stroke-width: 1.5; }
.map-bar { fill: none; stroke: var(--map-ink); stroke-width: 1.2; }
.map-inset { stroke: var(--map-coast); stroke-width: 6; }
.map-here { fill: none; stroke: var(--map-area); stroke-width: 9; }
@media (max-width: 30rem) { .map-label, .map-name { font-size: 12px; } }
@media (forced-colors: active) { .area-map { forced-color-adjust: none; } }
`;
