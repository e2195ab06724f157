import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { type Expression, parseSync, type Statement } from "oxc-parser";
import { type FieldsRead, slimMetadata } from "./build-edge-phone-metadata.ts";

/*
 * google-libphonenumber without what the API never reads. The library is one script of a thousand assignments to dotted
 * paths (`goog.proto2.Message.prototype.get=…`), which no bundler can shake: here a statement is left out when its path
 * cannot be reached by name from a word of our own code, and a field of the metadata when no getter of it is left.
 */

/** A statement of the library, and the path that must be reachable for it to matter. */
interface Piece {
  text: string;
  /** `goog.inherits(A,B)` matters where `A` does. */
  path: readonly string[];
  words: ReadonlySet<string>;
  /** Whether it makes its path, or does something to what stands there. */
  defines: boolean;
}

const firstWords = "var $jscomp=$jscomp||{};";
const lastWords = 'Object.defineProperty(exports,"__esModule"';
const root = "i18n.phonenumbers.";
const metadataPath = `${root}metadata.countryToMetadata`;
/** Has numbers and regions only: no word of it names a path. */
const dataPaths: ReadonlySet<string> = new Set([metadataPath, `${root}metadata.countryCodeToRegionCodeMap`]);

/** Bundles the library so slimmed. */
export const withSlimPhones: Plugin = {
  name: "slim phone library",
  setup({ onLoad }) {
    onLoad({ filter: /google-libphonenumber\/dist\/libphonenumber\.js$/ }, async ({ path }) => ({
      contents: slimPhoneLibrary(await readFile(path, "utf8"), wordsOf(await readOurCode())),
    }));
  },
};

/** All of what may be bundled, whether it is or not. */
async function readOurCode(): Promise<string> {
  const folder = join(import.meta.dir, "..");
  const paths = await Array.fromAsync(new Bun.Glob("{api,shared}/**/*.{ts,tsx}").scan(folder));
  const files = paths.filter((path) => !path.startsWith("api/build-edge"));
  return (await Promise.all(files.map((path) => readFile(join(folder, path), "utf8")))).join("\n");
}

/** The library's source with what these words of our code cannot reach left out. Throws where it is not as it was. */
export function slimPhoneLibrary(source: string, ourWords: ReadonlySet<string>): string {
  const start = source.indexOf(firstWords);
  const end = source.indexOf(lastWords);
  if (start < 0 || end < start)
    throw new Error("Cannot slim the phone library: its script is not where it was");
  const kept = reachable(readPieces(source.slice(start, end)), ourWords);
  const metadata = kept.find(({ path }) => path.join(".") === metadataPath);
  if (metadata === undefined)
    throw new Error("Cannot slim the phone library: its metadata is not where it was");
  const read: FieldsRead = {
    metadata: fieldsRead("PhoneMetadata", kept),
    kind: fieldsRead("PhoneNumberDesc", kept),
    format: fieldsRead("NumberFormat", kept),
  };
  const script = kept.map((piece) => (piece === metadata ? slimMetadata(piece.text, read) : piece.text));
  return `${source.slice(0, start)}${script.join("\n")}\n${source.slice(end)}`;
}

/** The numbers of the fields that what is left of a message's getters reads. */
function fieldsRead(message: string, kept: readonly Piece[]): Set<number> {
  const prefix = `${root}${message}.prototype.`;
  const getters = kept.filter(({ path }) => path.join(".").startsWith(prefix));
  const numbers = getters.flatMap(({ text }) => [
    ...text.matchAll(/\.(?:get|has|count|array)\$\w+\((\d+)/g).map(([, number]) => Number(number)),
  ]);
  if (numbers.length === 0) throw new Error(`Cannot slim the phone library: nothing reads ${message}`);
  return new Set(numbers);
}

function readPieces(script: string): Piece[] {
  const { program, errors } = parseSync("libphonenumber.js", script, { sourceType: "script" });
  if (errors.length > 0) throw new Error(`Cannot slim the phone library: ${errors[0]?.message}`);
  return program.body.flatMap((statement) => piecesOf(statement, script));
}

function piecesOf(statement: Statement, script: string): Piece[] {
  const text = script.slice(statement.start, statement.end);
  const piece = (path: string, defines: boolean, code = text): Piece => ({
    text: code,
    path: path.split("."),
    words: dataPaths.has(path) ? new Set() : wordsOf(code),
    defines,
  });
  if (statement.type === "FunctionDeclaration" && statement.id !== null)
    return [piece(statement.id.name, true)];
  if (statement.type === "VariableDeclaration") {
    return statement.declarations.map(({ id, start, end }) =>
      piece(script.slice(id.start, id.end), true, `var ${script.slice(start, end)};`),
    );
  }
  if (statement.type !== "ExpressionStatement") throw unknownPiece(text);
  const { expression } = statement;
  if (expression.type === "AssignmentExpression")
    return [piece(script.slice(expression.left.start, expression.left.end), true)];
  // What is done while developing only, and what runtimes of ten years ago lacked.
  if (expression.type === "LogicalExpression" && /^(?:!?COMPILED|goog\.DEBUG)\b/.test(text)) return [];
  if (text.startsWith("$jscomp.polyfill(")) return [];
  if (expression.type === "CallExpression") return [piece(subjectOf(expression, script), false)];
  throw unknownPiece(text);
}

/** What a call that stands alone does something to: what it is handed first, or what it is a method of. */
function subjectOf(call: Extract<Expression, { type: "CallExpression" }>, script: string): string {
  const callee = script.slice(call.callee.start, call.callee.end);
  const [first] = call.arguments;
  const isSetup = callee === "goog.inherits" || callee === "goog.addSingletonGetter";
  if (isSetup && first !== undefined) return script.slice(first.start, first.end);
  if (!callee.startsWith(root)) throw unknownPiece(callee);
  return callee.slice(0, callee.lastIndexOf("."));
}

function unknownPiece(text: string): Error {
  return new Error(`Cannot slim the phone library: it has a statement of another kind: ${text.slice(0, 80)}`);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.match(/[A-Za-z_$][\w$]*/g));
}

/**
 * The pieces that can be reached: each word of a path is said somewhere in what is reached, and what the path leads
 * through is reached too. Our code is taken to say the words of the library's public names only.
 */
function reachable(pieces: readonly Piece[], ourWords: ReadonlySet<string>): Piece[] {
  const made = new Set(pieces.filter(({ defines }) => defines).map(({ path }) => path.join(".")));
  const reached = new Set<Piece>();
  const said = new Set(["i18n", "phonenumbers", "prototype"]);
  const paths = new Set<string>();
  const isReached = ({ path }: Piece) =>
    path.every((word, depth) => {
      const before = path.slice(0, depth).join(".");
      const isOurs = `${before}.`.startsWith(root) && ourWords.has(word) && !word.endsWith("_");
      return (said.has(word) || isOurs) && (!made.has(before) || paths.has(before));
    });
  for (let count = -1; count < reached.size; ) {
    count = reached.size;
    for (const piece of pieces) {
      if (reached.has(piece) || !isReached(piece)) continue;
      reached.add(piece);
      paths.add(piece.path.join("."));
      for (const word of piece.words) said.add(word);
    }
  }
  return pieces.filter((piece) => reached.has(piece));
}
