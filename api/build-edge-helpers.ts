import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { parseSync, type Statement } from "oxc-parser";

const files = /read-excel-file\/modules\/.*\.js$/;
const helpersModule = "read-excel-file/helpers";

/** A function at the top of a file. */
interface Helper {
  name: string;
  text: string;
  start: number;
  end: number;
  /** All that its file declares or imports. */
  beside: ReadonlySet<string>;
}

/**
 * Bundles `read-excel-file`, each of whose files brings its own copies of Babel's helpers, with one copy of each.
 * Throws where the package has none.
 */
export const withHelpersOnce: Plugin = {
  name: "helpers once",
  setup({ onLoad, onResolve }) {
    const manifest = fileURLToPath(import.meta.resolve("read-excel-file/package.json"));
    const shared = sharedHelpers(join(dirname(manifest), "modules"));
    onResolve({ filter: new RegExp(`^${helpersModule}$`) }, ({ path }) => ({
      path,
      namespace: helpersModule,
      sideEffects: false,
    }));
    onLoad({ filter: /./, namespace: helpersModule }, async () => ({
      contents: [...(await shared).values()].map((text) => `export ${text}`).join("\n"),
    }));
    onLoad({ filter: files }, async ({ path }) => ({
      contents: withoutHelpers(await readFile(path, "utf8"), await shared),
    }));
  },
};

/** By name: the functions that stand in several files, the same in each, and use nothing of their files but such. */
async function sharedHelpers(folder: string): Promise<Map<string, string>> {
  const paths = await Array.fromAsync(new Bun.Glob("**/*.js").scan({ cwd: folder, absolute: true }));
  const found = (await Promise.all(paths.map((path) => readFile(path, "utf8")))).flatMap(helpersOf);
  const shared = new Map<string, Helper[]>();
  for (const [name, copies] of Map.groupBy(found, ({ name }) => name)) {
    if (copies.length > 1 && copies.every(({ text }) => text === copies[0]?.text)) shared.set(name, copies);
  }
  const standsAlone = ({ text, beside }: Helper) =>
    (text.match(/[A-Za-z_$][\w$]*/g) ?? []).every((word) => !beside.has(word) || shared.has(word));
  for (let count = Number.POSITIVE_INFINITY; count > shared.size; ) {
    count = shared.size;
    for (const [name, copies] of shared) if (!copies.every(standsAlone)) shared.delete(name);
  }
  if (shared.size === 0) throw new Error(`Cannot share the helpers of ${folder}: it has none`);
  return new Map([...shared].map(([name, [first]]) => [name, first?.text ?? ""]));
}

function helpersOf(source: string): Helper[] {
  const { program } = parseSync("module.js", source, { sourceType: "module" });
  const beside = new Set(program.body.flatMap(declaredBy));
  return program.body.flatMap((statement) => {
    if (statement.type !== "FunctionDeclaration" || statement.id === null) return [];
    const { start, end } = statement;
    return [{ name: statement.id.name, text: source.slice(start, end), start, end, beside }];
  });
}

function declaredBy(statement: Statement): string[] {
  switch (statement.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return statement.id === null ? [] : [statement.id.name];
    case "VariableDeclaration":
      return statement.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
    case "ImportDeclaration":
      return statement.specifiers.map(({ local }) => local.name);
    case "ExportDefaultDeclaration":
    case "ExportNamedDeclaration": {
      const { declaration } = statement;
      return declaration?.type === "FunctionDeclaration" || declaration?.type === "VariableDeclaration"
        ? declaredBy(declaration)
        : [];
    }
    default:
      return [];
  }
}

function withoutHelpers(source: string, shared: ReadonlyMap<string, string>): string {
  const helpers = helpersOf(source).filter(({ name }) => shared.has(name));
  if (helpers.length === 0) return source;
  let left = source;
  for (const { start, end } of helpers.toReversed()) left = left.slice(0, start) + left.slice(end);
  return `import { ${helpers.map(({ name }) => name).join(", ")} } from "${helpersModule}";\n${left}`;
}
