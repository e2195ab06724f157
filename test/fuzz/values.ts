import fc from "fast-check";
import type { JsonSchema } from "../../api/openapi/json-schema.ts";

/* Values made from the document's schemas, good and bad. */

/** Real values by the name of their field, for what a schema alone cannot tell: ids of what exists. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** What has broken others' software. */
export const nastyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "x\udfff",
    "\ufeff",
    "\u202e\u2066",
    "\u2028",
    "İıſK",
    "ﷺ".repeat(50),
    "👩‍👩‍👧‍👦",
    "e\u0301".repeat(30),
    "'; drop table notifications; --",
    "((name))",
    "((a??((b))))",
    "{{7*7}}",
    "$(x)",
    "%s%n",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "[a](javascript:alert(1))",
    "*".repeat(300),
    "(".repeat(500),
    "None",
    "NaN",
    "1e999",
    "-0",
    "9".repeat(400),
    "constructor",
    "__proto__",
    "07900 900123",
    "+1",
    "+999999999999999",
    "a@b",
    "a@xn--.com",
    "ü@exämple.com",
    `${"a".repeat(310)}@example.com`,
    "urn:uuid:{740e5834-3a29-46b4-9a6f-16142fde533a}",
    "740E58343A2946B49A6F16142FDE533A",
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59.999999999999999999+23:59",
  ),
  fc.integer({ min: 1000, max: 20_000 }).map((length) => "é'\"\\".repeat(length / 4)),
);

const nastyNumber = fc.constantFrom(0, -1, 1.5, 1e300, -1e-300, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER);

const deep = fc.integer({ min: 10, max: 400 }).map((depth) => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
});

const names = fc.constantFrom(
  "name",
  "day",
  "Name",
  "na_me",
  "file",
  "filename",
  "__proto__",
  "toString",
  "1",
  "",
);

export const nastyValue: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  nastyNumber,
  fc.constantFrom(null, true, false, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(names, nastyText, { maxKeys: 5 }),
  fc.array(nastyText, { maxLength: 5 }),
  { weight: 1, arbitrary: deep },
);

/** What a schema allows, as far as it tells. */
export function valueFor(
  schema: JsonSchema,
  schemas: Readonly<Record<string, JsonSchema>>,
  known: Known,
): fc.Arbitrary<unknown> {
  const inner = (one: JsonSchema) => valueFor(one, schemas, known);
  if (schema.$ref !== undefined) return inner(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const kinds = schema.anyOf ?? schema.oneOf;
  if (kinds) return fc.oneof(...kinds.map(inner));
  if (schema.examples && schema.type !== "object") {
    return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...schema.examples) }, plain(schema, inner));
  }
  return plain(schema, inner, known);
}

function plain(
  schema: JsonSchema,
  inner: (one: JsonSchema) => fc.Arbitrary<unknown>,
  known: Known = {},
): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case "string":
      return stringOf(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? -5, max: 5 });
    case "number":
      return fc.double({ noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(inner(schema.items ?? {}), { maxLength: 3 });
    case "object": {
      const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
        const real = known[name];
        return [name, real ? fc.constantFrom(...real) : inner(field)] as const;
      });
      if (fields.length === 0)
        return personalisation(
          typeof schema.additionalProperties === "object" ? inner(schema.additionalProperties) : nastyText,
        );
      return fc.record(Object.fromEntries(fields), { requiredKeys: schema.required ?? [] });
    }
    default:
      return nastyValue;
  }
}

/** Mostly enough for the templates there are, which ask for `name` and `day`. */
function personalisation(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const one = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("A", 1, true, ["a", "b"], "") }, value);
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ name: one, day: one }) },
    { weight: 1, arbitrary: fc.record({ "Na me": one, DAY: one, other: one }) },
    { weight: 1, arbitrary: fc.dictionary(names, one, { maxKeys: 3 }) },
  );
}

function stringOf({ format, contentEncoding, maxLength = 30 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  if (format === "uri") return fc.webUrl({ validSchemes: ["https"] });
  if (contentEncoding === "base64")
    return fc.oneof(fc.base64String({ maxLength: 200 }), fc.constant(btoa("Some text")));
  return fc.string({ maxLength: Math.min(maxLength, 30) });
}

/** The same with a few things wrong. */
export function spoil(valid: fc.Arbitrary<unknown>, fields: readonly string[]): fc.Arbitrary<unknown> {
  const field = fields.length > 0 ? fc.oneof(fc.constantFrom(...fields), names) : names;
  const change = fc.oneof(
    fc.record({ field, value: nastyValue }),
    fc.record({ field: fc.oneof(field, nastyText), value: nastyValue }),
    field.map((name) => ({ field: name, value: undefined })),
  );
  return fc.tuple(valid, fc.array(change, { minLength: 1, maxLength: 3 })).map(([value, changes]) => {
    const entries = new Map(Object.entries(Object(value)));
    for (const { field: name, value: other } of changes) entries.set(name, other);
    return Object.fromEntries(entries);
  });
}
