import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { withHelpersOnce } from "./build-edge-helpers.ts";
import { withSlimPhones } from "./build-edge-phones.ts";

/* `bun run build:edge`: the API as one module, for runtimes that take nothing beside it. */

const { values } = parseArgs({
  options: { outfile: { type: "string", default: "dist/edge.js" }, metafile: { type: "string" } },
});

const { metafile } = await build({
  entryPoints: ["api/serve.edge.ts"],
  outfile: values.outfile,
  bundle: true,
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
