import type * as v from "valibot";

/** As much of JSON Schema (2020-12) as our validators come to. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  description?: string;
  format?: string;
  pattern?: string;
  contentEncoding?: string;
  minimum?: number;
  maxLength?: number;
  maxItems?: number;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  examples?: readonly unknown[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

type Schema = v.GenericSchema;

/** The kinds of schema that are in use, each with what tells its values. */
type Known =
  | { type: "string" | "number" | "boolean" | "null" | "custom" }
  | { type: "literal"; literal: unknown }
  | { type: "picklist"; options: readonly string[] }
  | { type: "array"; item: Schema }
  | { type: "record"; key: Schema; value: Schema }
  | { type: "nullable" | "optional"; wrapped: Schema }
  | { type: "union"; options: readonly Schema[] }
  | { type: "variant"; options: readonly Schema[] }
  | { type: "object" | "strict_object" | "loose_object"; entries: Readonly<Record<string, Schema>> };

/** The same for what follows a schema in a pipe. */
type Action =
  | { kind: "schema" | "transformation"; type: "" }
  | { kind: "metadata"; type: "metadata"; metadata: JsonSchema }
  | { kind: "validation"; type: "regex"; requirement: RegExp }
  | { kind: "validation"; type: "integer" | "check" | "raw_check" }
  | { kind: "validation"; type: "min_value" | "max_length"; requirement: number };

/** What to write instead of a schema that stands elsewhere; null for one that does not. */
export type Refer = (schema: Schema) => string | null;

/**
 * What a validator takes, before it reads that into something else. Checks by code, and values checked by code alone,
 * are told by the `metadata` beside them. Says the same as `@valibot/to-json-schema` in a tenth of its size, for the
 * bundle of edge runtimes must stay small. Throws for kinds that nothing has needed yet.
 */
export function toJsonSchema(schema: Schema, refer: Refer): JsonSchema {
  const $ref = refer(schema);
  return $ref === null ? describe(schema, refer) : { $ref };
}

/** The schema itself, even where others refer to it. */
export function describe(schema: Schema, refer: Refer): JsonSchema {
  const [first, ...actions] = flatten(schema);
  const described = describeBare(first as Known, refer);
  for (const action of actions as Action[]) {
    if (action.kind === "schema" || action.kind === "transformation") break;
    Object.assign(described, rulesOf(action));
  }
  return described;
}

/** A schema, then what its pipe does with its values. Valibot's general types tell neither apart. */
function flatten(schema: object): unknown[] {
  if (!("pipe" in schema) || !Array.isArray(schema.pipe)) return [schema];
  const [first, ...rest] = schema.pipe;
  return [...flatten(first), ...rest];
}

function rulesOf(action: Action): JsonSchema {
  const kind: string = action.type;
  switch (action.type) {
    case "metadata":
      return action.metadata;
    case "regex":
      return { pattern: action.requirement.source };
    case "integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: action.requirement };
    case "max_length":
      return { maxItems: action.requirement };
    case "check":
    case "raw_check":
      return {};
    default:
      throw new Error(`Cannot describe an action of the kind "${kind}"`);
  }
}

function describeBare(schema: Known, refer: Refer): JsonSchema {
  const kind: string = schema.type;
  const inner = (one: Schema) => toJsonSchema(one, refer);
  switch (schema.type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
      return { type: schema.type };
    case "custom":
      return {};
    case "literal":
      return { const: schema.literal };
    case "picklist":
      return { enum: schema.options, type: "string" };
    case "array":
      return { type: "array", items: inner(schema.item) };
    case "record":
      return { type: "object", propertyNames: inner(schema.key), additionalProperties: inner(schema.value) };
    case "nullable":
      return { anyOf: [inner(schema.wrapped), { type: "null" }] };
    case "optional":
      return inner(schema.wrapped);
    case "union":
      return { anyOf: schema.options.map(inner) };
    case "variant":
      return { oneOf: schema.options.map(inner) };
    case "object":
    case "strict_object":
    case "loose_object": {
      const entries = Object.entries(schema.entries);
      return {
        type: "object",
        properties: Object.fromEntries(entries.map(([name, entry]) => [name, inner(entry)])),
        required: entries.filter(([, { type }]) => type !== "optional").map(([name]) => name),
        // Of a plain object, `readFields` refuses what its schema does not know.
        ...(schema.type !== "loose_object" && { additionalProperties: false }),
      };
    }
    default:
      throw new Error(`Cannot describe a schema of the kind "${kind}"`);
  }
}
