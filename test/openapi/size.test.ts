import { expect, test } from "bun:test";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dir, "../..");

test("the document and its page add less than 45 KB to a bundle for edge runtimes", async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["api/docs/show-docs.tsx", "api/openapi/show-document.ts"],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    outdir: "unused",
  });
  const page = Object.values(metafile.outputs).find(
    ({ entryPoint }) => entryPoint === "api/docs/show-docs.tsx",
  );
  const parts = Object.entries(page?.inputs ?? {}).filter(([path]) => /^api\/(?:docs|openapi)\//.test(path));
  const bytes = parts.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);

  expect(parts.length).toBeGreaterThan(20);
  expect(bytes).toBeLessThan(45_000);
});
