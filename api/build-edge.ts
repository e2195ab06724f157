import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { build, type Plugin } from "esbuild";

/* `bun run build:edge`: the API as one module, for runtimes that take nothing beside it. */

const { values } = parseArgs({
  options: { outfile: { type: "string", default: "dist/edge.js" }, metafile: { type: "string" } },
});

/** What emergency and short numbers look like, country by country: an eighth of what such a bundle may weigh, unread. */
const shortNumbers = /(i18n\.phonenumbers\.shortnumbermetadata\.countryToMetadata=)\{.*?\]\};/s;

const withoutShortNumbers: Plugin = {
  name: "without short numbers",
  setup({ onLoad }) {
    onLoad({ filter: /google-libphonenumber\/dist\/libphonenumber\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(shortNumbers, "$1{};");
      if (contents === source)
        throw new Error("Cannot leave out short numbers: they are not where they were");
      return { contents };
    });
  },
};

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
  plugins: [withoutShortNumbers],
});
if (values.metafile !== undefined) await writeFile(values.metafile, JSON.stringify(metafile));
