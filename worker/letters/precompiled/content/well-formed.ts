import type { Operand } from "./content.ts";

/** What each operator takes (ISO 32000-1 annex A): n a number, / a name, s a string, [ an array, * anything. */
const taken: ReadonlyMap<string, string> = new Map([
  ..."q Q h S s f F f* B B* b b* n W W* BT ET T* EMC BX EX"
    .split(" ")
    .map((operator) => [operator, ""] as const),
  ..."w J j M i g G Tc Tw Tz TL Tr Ts".split(" ").map((operator) => [operator, "n"] as const),
  ..."ri gs cs CS Do sh BMC MP".split(" ").map((operator) => [operator, "/"] as const),
  ..."cm c d1 Tm".split(" ").map((operator) => [operator, "nnnnnn"] as const),
  ..."m l Td TD d0".split(" ").map((operator) => [operator, "nn"] as const),
  ..."v y re k K".split(" ").map((operator) => [operator, "nnnn"] as const),
  ["rg", "nnn"],
  ["RG", "nnn"],
  ["d", "[n"],
  ["Tf", "/n"],
  ["Tj", "s"],
  ["'", "s"],
  ['"', "nns"],
  ["TJ", "["],
  ["BDC", "/*"],
  ["DP", "/*"],
]);
const colours: ReadonlySet<string> = new Set(["sc", "SC", "scn", "SCN"]);

const signs = { number: "n", name: "/", string: "s", array: "[", dictionary: "<", word: "w" } as const;

/**
 * The operands of an operator, without those before them that it does not take. Null where there is no such operator,
 * or it lacks some: readers differ in what they make of it.
 */
export function operandsOf(operator: string, operands: readonly Operand[]): readonly Operand[] | null {
  const given = operands.map(({ kind }) => signs[kind]).join("");
  if (colours.has(operator)) return /^(?:n+\/?|\/)$/.test(given) ? operands : null;
  const wanted = taken.get(operator);
  if (wanted === undefined || given.length < wanted.length) return null;
  const last = given.slice(given.length - wanted.length);
  const fits = Array.from(wanted).every((sign, at) => sign === "*" || sign === last[at]);
  return fits ? operands.slice(operands.length - wanted.length) : null;
}
