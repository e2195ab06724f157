import { type Expression, parseSync } from "oxc-parser";

/** What the metadata is made of: messages as arrays by field number, repeated fields as arrays. */
type Data = null | number | string | readonly Data[];

/** Repeated fields of `PhoneMetadata` that hold `NumberFormat`; every other array of it is a `PhoneNumberDesc`. */
const formatFields: ReadonlySet<number> = new Set([19, 20]);

/** The numbers of the fields that are read, by message. */
export interface FieldsRead {
  metadata: ReadonlySet<number>;
  kind: ReadonlySet<number>;
  format: ReadonlySet<number>;
}

/**
 * The assignment of google-libphonenumber's metadata, of each message only the fields that are read, and what is said
 * twice said once. Throws where it is not an object of arrays.
 */
export function slimMetadata(assignment: string, read: FieldsRead): string {
  const { path, regions } = readRegions(assignment);
  const slim = regions.map(([region, data]): [string, Data] => {
    const fields = only(data, read.metadata).map((field, index) => {
      if (!isList(field)) return field;
      if (formatFields.has(index)) return field.map((format) => only(format, read.format));
      return only(field, read.kind);
    });
    return [region, fields];
  });
  return sharedLiteral(path, slim);
}

function isList(data: Data | undefined): data is readonly Data[] {
  return Array.isArray(data);
}

function only(message: Data, fields: ReadonlySet<number>): Data[] {
  if (!isList(message)) throw unknownData("no message");
  const left = message.map((field, index) => (fields.has(index) ? field : null));
  return left.slice(0, left.findLastIndex((field) => field !== null) + 1);
}

function readRegions(text: string): { path: string; regions: [string, Data][] } {
  const { program } = parseSync("metadata.js", text, { sourceType: "script" });
  const [statement] = program.body;
  const assignment = statement?.type === "ExpressionStatement" ? statement.expression : null;
  if (assignment?.type !== "AssignmentExpression" || assignment.right.type !== "ObjectExpression")
    throw unknownData("no assignment of an object");
  const regions = assignment.right.properties.map((property): [string, Data] => {
    if (property.type !== "Property") throw unknownData(property.type);
    const { key, value } = property;
    if (key.type === "Identifier") return [key.name, readData(value)];
    if (key.type === "Literal") return [String(key.value), readData(value)];
    throw unknownData(key.type);
  });
  return { path: text.slice(assignment.left.start, assignment.left.end), regions };
}

function readData(node: Expression): Data {
  if (node.type === "Literal" && (typeof node.value === "string" || typeof node.value === "number"))
    return node.value;
  if (node.type === "UnaryExpression" && node.operator === "-") return -Number(readData(node.argument));
  if (node.type === "ArrayExpression") {
    return node.elements.map((element) => {
      if (element?.type === "SpreadElement") throw unknownData("spread");
      return element === null ? null : readData(element);
    });
  }
  throw unknownData(node.type);
}

function unknownData(what: string): Error {
  return new Error(`Cannot slim the phone metadata: it has ${what} where plain data was`);
}

/** An assignment of an object of arrays that shares what is equal in them: nobody writes to the metadata. */
function sharedLiteral(path: string, entries: readonly (readonly [string, Data])[]): string {
  const times = new Map<string, number>();
  const count = (data: Data) => {
    const key = JSON.stringify(data);
    times.set(key, (times.get(key) ?? 0) + 1);
    if (isList(data)) for (const part of data) count(part);
  };
  for (const [, data] of entries) count(data);

  const names = new Map<string, string>();
  const declared: string[] = [];
  const literal = (data: Data): string => {
    if (data === null) return "";
    const key = JSON.stringify(data);
    const name = names.get(key);
    if (name !== undefined) return name;
    const code = isList(data) ? `[${data.map(literal).join(",")}]` : key;
    // A name costs three letters where it is used, and four more where it is made.
    const uses = times.get(key) ?? 0;
    if ((uses - 1) * (code.length - 3) < 10) return code;
    const made = `shared${names.size}`;
    names.set(key, made);
    declared.push(`${made}=${code}`);
    return made;
  };
  const regions = entries.map(([region, data]) => `${JSON.stringify(region)}:${literal(data)}`);
  return `var ${declared.join(",")};${path}={${regions.join(",")}};`;
}
