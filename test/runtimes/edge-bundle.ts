import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { atEnd } from "../support/at-end.ts";

export interface EdgeBundle {
  path: string;
  bytes: number;
  /** The files it was made of, and the bytes of each that are left. */
  inputs: ReadonlyMap<string, number>;
}

const Metafile = v.object({
  outputs: v.record(
    v.string(),
    v.object({ inputs: v.record(v.string(), v.object({ bytesInOutput: v.number() })) }),
  ),
});

let built: Promise<EdgeBundle> | undefined;

/** What `bun run build:edge` makes, once in a test run. */
export function edgeBundle(): Promise<EdgeBundle> {
  built ??= build();
  return built;
}

async function build(): Promise<EdgeBundle> {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-edge-"));
  atEnd.push(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "edge.js");
  const metafile = join(folder, "meta.json");
  const child = Bun.spawn(
    [process.execPath, "run", "build:edge", `--outfile=${path}`, `--metafile=${metafile}`],
    {
      cwd: join(import.meta.dir, "../.."),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`Cannot build the edge's bundle: ${said}`);
  const { outputs } = v.parse(Metafile, await Bun.file(metafile).json());
  const inputs = new Map<string, number>();
  for (const output of Object.values(outputs)) {
    for (const [name, { bytesInOutput }] of Object.entries(output.inputs)) inputs.set(name, bytesInOutput);
  }
  return { path, bytes: Bun.file(path).size, inputs };
}
