import { Hono } from "hono";
import charts from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import chartStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import type { ConsoleEnv } from "./env.ts";
import { notThere } from "./fault.ts";
import { mapStyle } from "./map-style.ts";
import chart from "./scripts/chart.js" with { type: "text" };
import drawArea from "./scripts/draw-area.js" with { type: "text" };
import live from "./scripts/live.js" with { type: "text" };
import preview from "./scripts/preview.js" with { type: "text" };
import { consoleStyle } from "./style.ts";

/** What pages of the console load, by the names that they ask for it with. */
const texts: Record<string, string> = {
  "chart.js": chart,
  "console.css": consoleStyle,
  // Points out an area on a map: `scripts/draw-area.js` says how a page asks for it.
  "draw-area.js": drawArea,
  "live.js": live,
  // Shows a message while it is typed.
  "preview.js": preview,
  // For pages with an `AreaMap`.
  "map.css": mapStyle,
  // Makes `uPlot`, which charts are drawn with.
  "uplot.css": chartStyle,
  "uplot.js": charts,
};

const types: Record<string, string> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

interface Asset {
  text: string;
  type: string;
  hash: string;
  path: string;
}

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(texts).map(([name, text]) => {
    const [stem, extension = ""] = name.split(".");
    const hash = hashOf(text);
    const path = `/console/assets/${stem}.${hash}.${extension}`;
    return [name, { text, type: types[extension] ?? "", hash, path }];
  }),
);

/** Where `chart.js` is, say: another path when what it says is another. Throws for what there is not. */
export function assetPath(name: string): string {
  const asset = assets.get(name);
  if (!asset) throw new Error(`Cannot load "${name}": it is no asset of the console`);
  return asset.path;
}

/** `NAME.HASH.EXT`, to be mounted at `/console/assets`. Browsers keep it for good. */
export function assetRoutes(): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>().get("/:file", (c) => {
    const [stem, hash, extension, ...others] = c.req.param("file").split(".");
    const asset = assets.get(`${stem}.${extension}`);
    if (!asset || others.length > 0) throw notThere();
    const isSame = hash === asset.hash;
    // While two versions run side by side, a page of one may ask the other: it gets what there is, to be forgotten.
    const kept = isSame ? "public, max-age=31536000, immutable" : "no-store";
    const headers = { "Content-Type": asset.type, "Cache-Control": kept, ETag: `"${asset.hash}"` };
    if (c.req.header("If-None-Match") === headers.ETag) return c.body(null, 304, headers);
    return c.body(asset.text, 200, headers);
  });
}

/** Names a text, and guards nothing: 64 bits by two of FNV-1a, since WebCrypto's would have to be waited for. */
function hashOf(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x1b873593;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code ^ (one >>> 15), 0x01000193);
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
