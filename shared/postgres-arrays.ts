/** A type as postgres.js takes it: the type's number in `pg_type` to write as, and those to read. */
interface PostgresType<T> {
  to: number;
  from: number[];
  serialize: (value: unknown) => string;
  parse: (text: string) => T[];
}

/**
 * Arrays of one dimension, of texts and numbers: our statements have no others. The library would ask the server for
 * their types on each connection: a round trip more, and one whose failure nobody catches, which ends the process.
 */
export const arrayTypes = {
  /** text, varchar, uuid, bigint (read as text like a single one). */
  texts: arraysOf(1009, [1009, 1015, 2951, 1016], (text) => text),
  /** integer, smallint, double precision. */
  numbers: arraysOf(1007, [1007, 1005, 1022], Number),
};

function arraysOf<T>(to: number, from: number[], parse: (text: string) => T): PostgresType<T | null> {
  return {
    to,
    from,
    serialize,
    parse: (text) => elementsOf(text).map((one) => (one === null ? null : parse(one))),
  };
}

function serialize(value: unknown): string {
  // An array that is written out already.
  if (!Array.isArray(value)) return String(value);
  return `{${value.map(serializeElement).join(",")}}`;
}

function serializeElement(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return `"${String(value).replace(/["\\]/g, "\\$&")}"`;
}

/** The elements of `{a,"b c",NULL}`. */
function elementsOf(text: string): (string | null)[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^{},]+/gs)].map(([plain, quoted]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, "$1");
    return plain === "NULL" ? null : plain;
  });
}
