import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { withHelpersOnce } from "./build-edge-helpers.ts";
import { withSlimPhones } from "./build-edge-phones.ts";

/*
 * `bun run build:edge`: the API for runtimes that install nothing. `edge.js` is where it begins; what only the console
 * needs is in `edge-console.js`, loaded when somebody asks for it, and what both need in `edge-chunk.js`.
 */

const { values } = parseArgs({
  options: { outdir: { type: "string", default: "dist" }, metafile: { type: "string" } },
});

const { metafile } = await build({
  entryPoints: { edge: "api/serve.edge.ts" },
  outdir: values.outdir,
  bundle: true,
  splitting: true,
  // No hashes: who deploys names the files.
  chunkNames: "edge-[name]",
  minify: true,
  charset: "utf8",
  legalComments: "external",
  format: "esm",
  platform: "browser",
  conditions: ["workerd", "worker"],
  external: ["node:*", "cloudflare:*"],
  logLevel: "warning",
  metafile: true,
  plugins: [withSlimPhones, withHelpersOnce],
});
if (values.metafile !== undefined) await writeFile(values.metafile, JSON.stringify(metafile));
