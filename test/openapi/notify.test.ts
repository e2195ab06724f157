import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeApi } from "../../api/openapi/document.ts";
import { differences, type Facts, factsOf, type Node } from "./facts.ts";
import { listed } from "./listed-differences.ts";

/** Notify's own document, which is not ours to ship. */
const folder = join(import.meta.dir, "../../../shared/spec/openapi");
const isThere = existsSync(join(folder, "publicapi_spec.json"));
if (!isThere) console.warn(`Skipped: Notify's document is not in ${folder}`);

function readTheirs(): Facts {
  const files = new Map<string, Node>();
  const load = (name: string): Node => {
    const known = files.get(name) ?? JSON.parse(readFileSync(join(folder, name), "utf8"));
    files.set(name, known);
    return known;
  };
  const base = "publicapi_spec.json";
  const facts = factsOf({
    paths: load(base).paths,
    base,
    resolve(ref, from) {
      const [file = "", pointer = ""] = ref.split("#");
      const name = file.replace(/^\.\//, "") || from;
      return [walk(load(name), pointer), name];
    },
  });
  return new Map([...facts].map(([place, fact]) => [named(place), fact]));
}

/** They give an example of a placeholder where we say what holds for any. */
function named(place: string): string {
  return place
    .replace("body.personalisation.link_to_file", "body.personalisation.*")
    .replace("sanitised_content.first_name", "sanitised_content.*");
}

function readOurs(): Facts {
  const document: Node = { ...describeApi() };
  return factsOf({ paths: document.paths, base: "", resolve: (ref) => [walk(document, ref.slice(1)), ""] });
}

function walk(node: Node, pointer: string): Node {
  const names = pointer.split("/").filter(Boolean);
  return names.reduce((inner, name) => Object(inner[name.replaceAll("~1", "/").replaceAll("~0", "~")]), node);
}

function matches(pattern: string, line: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(line);
}

describe.skipIf(!isThere)("our document beside Notify's", () => {
  const found = isThere ? differences(readTheirs(), readOurs()) : [];

  test("differs in nothing that is not listed with its reason", () => {
    expect(found.filter((line) => !listed.some(([pattern]) => matches(pattern, line)))).toEqual([]);
  });

  test("still differs in all that is listed", () => {
    expect(listed.filter(([pattern]) => !found.some((line) => matches(pattern, line)))).toEqual([]);
  });

  test("has all of their endpoints", () => {
    const theirs = [...readTheirs().keys()].filter((place) => /^[A-Z]+ \S+$/.test(place));

    expect(theirs).toHaveLength(11);
    expect(theirs.filter((place) => !readOurs().has(place))).toEqual([]);
  });
});

describe("documents are compared", () => {
  const schema = (node: object) => ({
    paths: { "/a": { get: { responses: { 200: { content: { "application/json": { schema: node } } } } } } },
    base: "",
    resolve: () => [{}, ""] as [Node, string],
  });
  const theirs = schema({ type: "object", required: ["a"], properties: { a: { type: "string" } } });

  test.each<[string, object, string[]]>([
    ["nothing", { type: "object", required: ["a"], properties: { a: { type: "string" } } }, []],
    [
      "a type",
      { type: "object", required: ["a"], properties: { a: { type: "integer" } } },
      ["GET /a 200.a type: theirs string; ours integer"],
    ],
    [
      "a field that may be absent",
      { type: "object", properties: { a: { type: "string" } } },
      ["GET /a 200.a required: theirs yes; ours –"],
    ],
    [
      "null",
      {
        type: "object",
        required: ["a"],
        properties: { a: { anyOf: [{ type: "string" }, { type: "null" }] } },
      },
      ["GET /a 200.a type: theirs string; ours null, string"],
    ],
    [
      "one field more",
      { type: "object", required: ["a"], properties: { a: { type: "string" }, b: { const: "c" } } },
      ["GET /a 200.b enum: theirs –; ours c", "GET /a 200.b type: theirs –; ours string"],
    ],
  ])("by %s", (_what, ours, expected) => {
    expect(differences(factsOf(theirs), factsOf(schema(ours)))).toEqual(expected);
  });

  test("by endpoints that only one has, each told once", () => {
    const other = { ...theirs, paths: { "/b": theirs.paths["/a"] } };

    expect(differences(factsOf(theirs), factsOf(other))).toEqual([
      "GET /a: only theirs",
      "GET /b: only ours",
    ]);
  });
});
