import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

/** A file of ours: its path from the root of the repository, with `/`, and what stands in it. */
export interface Source {
  path: string;
  text: string;
}

/** What the files that match may import, after the table of the style guide. The first match counts. */
interface Layer {
  files: RegExp;
  /** Folders of ours, or files. */
  ours: readonly string[];
  /** Names of packages; null for any. */
  packages: readonly string[] | null;
  /** May use what only one runtime has: `node:`, `bun`, `process` … */
  bindsRuntime: boolean;
}

/** Run on every runtime: no built-in modules, no native code. */
const neutralPackages = [
  "aws4fetch",
  "entities",
  "google-libphonenumber",
  "ipaddr.js",
  "jose",
  "lossless-json",
  "postgres",
  "read-excel-file",
  "valibot",
];
const apiPackages = [...neutralPackages, "hono", "uplot"];

const layers: readonly Layer[] = [
  { files: /^test\//, ours: ["api", "shared", "sql", "test", "worker"], packages: null, bindsRuntime: true },
  { files: /^shared\//, ours: ["shared"], packages: neutralPackages, bindsRuntime: false },
  {
    files: /^api\/serve\.[^/]*$/,
    ours: ["api", "shared"],
    packages: [...apiPackages, "hot-shots", "pino", "prom-client"],
    bindsRuntime: true,
  },
  {
    files: /^api\/build-edge[^/]*\.ts$/,
    ours: ["api"],
    packages: ["esbuild", "oxc-parser"],
    bindsRuntime: true,
  },
  { files: /^api\//, ours: ["api", "shared"], packages: apiPackages, bindsRuntime: false },
  {
    files: /^worker\//,
    ours: ["worker", "shared"],
    packages: [
      ...neutralPackages,
      "@cantoo/pdf-lib",
      "@embedpdf/pdfium",
      "@expo-google-fonts/arimo",
      "@pdf-lib/fontkit",
      "citty",
      "croner",
      "hot-shots",
      "ky",
      "nodemailer",
      "pg-boss",
      "pino",
      "prom-client",
      "qrcode",
      "ssh2",
    ],
    bindsRuntime: true,
  },
  {
    files: /^sql\/migrate\.ts$/,
    // The queues are made from the table the processes read.
    ours: ["shared/queue/jobs.ts"],
    packages: ["node-pg-migrate", "pg", "pg-boss"],
    bindsRuntime: true,
  },
];

/** Names that exist on some runtimes only. `tsc -p api` knows most of them not; a library's types may let them in. */
const runtimeNames = new Set([
  "Buffer",
  "Bun",
  "Deno",
  "__dirname",
  "__filename",
  "global",
  "process",
  "require",
  "setImmediate",
]);

/** Every breach of the rules, as `path:line: what is wrong`; empty where there is none. */
export function importFaults(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  const parsed = sources.map(parse);
  return [...parsed.flatMap((file) => faultsOf(file, paths)), ...cycles(parsed, paths)];
}

interface Span {
  start: number;
  end: number;
}

interface Import extends Span {
  specifier: string;
}

interface Parsed extends Source {
  imports: Import[];
  /** By `export … from`, or by an `export` of what was imported. */
  reexports: Span[];
  names: (Span & { name: string })[];
}

function faultsOf(file: Parsed, paths: ReadonlySet<string>): string[] {
  const fault = (at: Span, words: string) => `${file.path}:${lineOf(file.text, at.start)}: ${words}`;
  const layer = layers.find(({ files }) => files.test(file.path));
  if (layer === undefined) return [`${file.path}:1: stands in no folder the rules know`];

  const faults = file.reexports.map((at) =>
    fault(at, "passes on an import: import it from the file that owns it"),
  );
  for (const at of file.imports) {
    const words = importFault(file.path, at.specifier, layer, paths);
    if (words !== null) faults.push(fault(at, words));
  }
  if (!layer.bindsRuntime) {
    for (const at of file.names) faults.push(fault(at, `names ${at.name}, which not every runtime has`));
  }
  return faults;
}

function importFault(
  from: string,
  specifier: string,
  layer: Layer,
  paths: ReadonlySet<string>,
): string | null {
  if (specifier.startsWith(".")) {
    const target = targetOf(from, specifier);
    // Files of other kinds are assets; that they exist, the bundler and tsc see.
    if (!paths.has(target) && !/\.(css|html|json|md|sql|svg|toml|txt)$/.test(target)) {
      return `imports "${specifier}", which is no file: write its whole name, with .ts`;
    }
    const allowed = layer.ours.some((place) => target === place || target.startsWith(`${place}/`));
    return allowed ? null : `may not import ${target}, only from ${layer.ours.join(", ")}`;
  }
  if (/^(node:|bun$|bun:)/.test(specifier)) {
    return layer.bindsRuntime ? null : `imports "${specifier}", which not every runtime has`;
  }
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  if (layer.packages === null || layer.packages.includes(name)) return null;
  return `may not import the package ${name}; if it should, add it to the layers in test/check/import-rules.ts`;
}

function targetOf(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

/** Each ring of files, and each ring of the folders in `shared`, once. */
function cycles(files: readonly Parsed[], paths: ReadonlySet<string>): string[] {
  const graph = new Map<string, Set<string>>();
  const folders = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const targets = imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => targetOf(path, specifier))
      .filter((target) => paths.has(target));
    graph.set(path, new Set(targets));
    const folder = sharedFolder(path);
    // The table of jobs lies below everything and names payloads of the nouns above: the folders' one exception.
    if (folder === null || path === "shared/queue/jobs.ts") continue;
    const others = folders.get(folder) ?? new Set();
    folders.set(folder, others);
    for (const other of targets.map(sharedFolder)) if (other !== null && other !== folder) others.add(other);
  }
  return [...rings(graph), ...rings(folders)].map(
    (ring) => `${ring[0]}:1: imports in a ring: ${ring.join(" → ")}`,
  );
}

function sharedFolder(path: string): string | null {
  return /^shared\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;
}

function rings(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) found.push([...trail.slice(start), node]);
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

function parse(source: Source): Parsed {
  const { program, module, errors } = parseSync(source.path, source.text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`Cannot read ${source.path}: ${error.message}`);

  const imports: Import[] = [];
  const add = ({ value, start, end }: Span & { value: unknown }) => {
    if (typeof value === "string") imports.push({ specifier: value, start, end });
  };
  for (const { moduleRequest } of module.staticImports) add(moduleRequest);
  const reexports: Span[] = [];
  for (const { moduleRequest, start, end } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest === null) continue;
    add(moduleRequest);
    reexports.push({ start, end });
  }

  const names = new Map<number, Parsed["names"][number]>();
  // Where an identifier is only a key: `job.process`, `{ process: 1 }`.
  const keys = new Set<number>();
  const key = (node: { computed: boolean; shorthand?: boolean; key: Span }) => {
    if (!node.computed && !node.shorthand) keys.add(node.key.start);
  };
  new Visitor({
    Identifier({ name, start, end }) {
      if (runtimeNames.has(name)) names.set(start, { name, start, end });
    },
    MemberExpression({ computed, object, property }) {
      const isGlobal = object.type === "Identifier" && object.name === "globalThis";
      if (!computed && !isGlobal) keys.add(property.start);
    },
    Property: key,
    MethodDefinition: key,
    PropertyDefinition: key,
    TSPropertySignature: key,
    TSMethodSignature: key,
    ImportExpression({ source: from }) {
      if (from.type === "Literal") add(from);
    },
    TSImportType({ source: from }) {
      add(from);
    },
  }).visit(program);
  for (const start of keys) names.delete(start);
  return { ...source, imports, reexports, names: [...names.values()] };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
