import { Glob } from "bun";
import type { Source } from "./import-rules.ts";

/** The TypeScript files of the repository, and the scripts for browsers, sorted. */
export async function readSources(root: string): Promise<Source[]> {
  const paths = await Array.fromAsync(new Glob("{api,shared,sql,test,worker}/**/*.{js,ts,tsx}").scan(root));
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await Bun.file(`${root}/${path}`).text() })),
  );
}
