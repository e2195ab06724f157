import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as v from "valibot";
import { atEnd } from "../support/at-end.ts";

export interface EdgeBundle {
  folder: string;
  /** The modules in it, by name, that one where it begins first. */
  modules: readonly string[];
  /** What it loads at its start. */
  main: EdgePart;
  /** What it loads when it is asked for the console, beside that. */
  console: EdgePart;
}

export interface EdgePart {
  bytes: number;
  /** The files it was made of, and the bytes of each that are left. */
  inputs: ReadonlyMap<string, number>;
}

const first = "edge.js";

const Metafile = v.object({
  outputs: v.record(
    v.string(),
    v.object({
      bytes: v.number(),
      inputs: v.record(v.string(), v.object({ bytesInOutput: v.number() })),
      imports: v.array(v.object({ path: v.string(), kind: v.string(), external: v.optional(v.boolean()) })),
    }),
  ),
});
type Outputs = ReadonlyMap<string, v.InferOutput<typeof Metafile>["outputs"][string]>;

let built: Promise<EdgeBundle> | undefined;

/** What `bun run build:edge` makes, once until `atEnd`. */
export function edgeBundle(): Promise<EdgeBundle> {
  built ??= build();
  return built;
}

async function build(): Promise<EdgeBundle> {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-edge-"));
  atEnd.push(() => {
    built = undefined;
    return rm(folder, { recursive: true, force: true });
  });
  const metafile = join(folder, "meta.json");
  const child = Bun.spawn(
    [process.execPath, "run", "build:edge", `--outdir=${folder}`, `--metafile=${metafile}`],
    {
      cwd: join(import.meta.dir, "../.."),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`Cannot build the edge's bundle: ${said}`);
  const { outputs } = v.parse(Metafile, await Bun.file(metafile).json());
  const named: Outputs = new Map(
    Object.entries(outputs)
      .map(([path, output]) => [basename(path), output] as const)
      .filter(([name]) => name.endsWith(".js")),
  );
  const main = loadedWith([first], named);
  const others = [...named.keys()].filter((name) => !main.has(name));
  return {
    folder,
    modules: [first, ...[...named.keys()].filter((name) => name !== first)],
    main: partOf([...main], named),
    console: partOf(others, named),
  };
}

/** These modules, and what they import before they run. */
function loadedWith(names: readonly string[], outputs: Outputs): ReadonlySet<string> {
  const loaded = new Set(names);
  // It grows while it is walked.
  for (const name of loaded) {
    for (const { path, kind, external } of outputs.get(name)?.imports ?? []) {
      if (kind === "import-statement" && external !== true) loaded.add(basename(path));
    }
  }
  return loaded;
}

function partOf(names: readonly string[], outputs: Outputs): EdgePart {
  const inputs = new Map<string, number>();
  let bytes = 0;
  for (const name of names) {
    const output = outputs.get(name);
    if (!output) throw new Error(`Cannot weigh ${name}: it was not built`);
    bytes += output.bytes;
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) inputs.set(path, bytesInOutput);
  }
  return { bytes, inputs };
}
