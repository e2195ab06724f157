/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { JsonSchema } from "../openapi/json-schema.ts";
import { componentName } from "../openapi/resolve.ts";
import { Prose } from "./prose.tsx";

interface Known {
  schemas: Readonly<Record<string, JsonSchema>>;
  /** Of what we are sent it is said what is required; of what we answer, what may be absent. */
  side: "request" | "answer";
}

interface FieldProps extends Known {
  name: string;
  schema: JsonSchema;
  required: boolean;
  /** Where it stands, if not in a body. */
  place?: string;
  description?: string | undefined;
}

/** One field or parameter, with the fields it holds itself. */
export function Field({ name, schema: given, required, place = "", description, schemas, side }: FieldProps) {
  const schema = resolve(given, schemas);
  const { inner, nullable } = withoutNull(schema, schemas);
  const facts = [typeOf(inner, schemas), nullable ? "or null" : "", ...rulesOf(inner), place].filter(Boolean);
  const type = facts.join(", ").replace(", or null", " or null");
  return (
    <li>
      <code class="name">{name}</code> <span class="type">{type}</span>{" "}
      {side === "request" && required ? <strong class="mark">required</strong> : ""}
      {side === "answer" && !required ? <strong class="mark">may be absent</strong> : ""}
      <Prose text={description ?? schema.description ?? inner.description ?? ""} />
      <Choices schema={inner} />
      <Inner schema={inner} schemas={schemas} side={side} />
    </li>
  );
}

/** The fields of an object, or of each kind of object it may be. */
export function Fields({ schema: given, schemas, side }: Known & { schema: JsonSchema }) {
  const schema = resolve(given, schemas);
  const kinds = schema.oneOf ?? schema.anyOf;
  if (kinds) {
    return (
      <>
        {kinds.map((kind) => (
          <details>
            <summary>{titleOf(resolve(kind, schemas))}</summary>
            <Fields schema={kind} schemas={schemas} side={side} />
          </details>
        ))}
      </>
    );
  }
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return <p class="quiet">{schema.description ?? "No fields."}</p>;
  return (
    <ul class="fields">
      {entries.map(([name, value]) => (
        <Field
          name={name}
          schema={value}
          required={schema.required?.includes(name) ?? false}
          schemas={schemas}
          side={side}
        />
      ))}
    </ul>
  );
}

/** What stands inside an object or a list. */
function Inner({ schema, schemas, side }: Known & { schema: JsonSchema }) {
  const items = schema.items;
  if (items !== undefined) {
    const item = resolve(items, schemas);
    return <Inner schema={item} schemas={schemas} side={side} />;
  }
  const others = schema.additionalProperties;
  const value = typeof others === "object" ? resolve(others.anyOf?.[0] ?? others, schemas) : null;
  const shown = [schema.properties || schema.oneOf ? schema : null, value?.properties ? value : null];
  return (
    <>
      {shown.map((one) =>
        one === null ? (
          ""
        ) : (
          <details>
            <summary>{one === value ? "Fields of a value" : "Its fields"}</summary>
            <Fields schema={one} schemas={schemas} side={side} />
          </details>
        ),
      )}
    </>
  );
}

function Choices({ schema }: { schema: JsonSchema }) {
  const choices = schema.enum ?? schema.items?.enum;
  if (!choices) return null;
  return (
    <p class="quiet">
      One of{" "}
      {choices.map((choice, index) => (
        <>
          {index > 0 ? ", " : ""}
          <code>{String(choice)}</code>
        </>
      ))}
    </p>
  );
}

function resolve(schema: JsonSchema, schemas: Known["schemas"]): JsonSchema {
  const name = componentName(schema);
  return (name !== null && schemas[name]) || schema;
}

/** Parts "X or null". */
function withoutNull(
  schema: JsonSchema,
  schemas: Known["schemas"],
): { inner: JsonSchema; nullable: boolean } {
  const kinds = schema.anyOf?.map((kind) => resolve(kind, schemas)) ?? [];
  const [inner, ...rest] = kinds.filter(({ type }) => type !== "null");
  if (inner === undefined || rest.length > 0 || kinds.length < 2) return { inner: schema, nullable: false };
  return { inner, nullable: true };
}

function typeOf(schema: JsonSchema, schemas: Known["schemas"]): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.items !== undefined) {
    const item = typeOf(resolve(schema.items, schemas), schemas);
    return item === "anything" ? "list" : `list of ${item}s`;
  }
  const kinds = schema.oneOf ?? schema.anyOf;
  if (kinds) return [...new Set(kinds.map((kind) => typeOf(resolve(kind, schemas), schemas)))].join(" or ");
  return schema.type ?? "anything";
}

function rulesOf({ format, contentEncoding, maxLength, maxItems, default: preset }: JsonSchema): string[] {
  const rules = [format ?? contentEncoding ?? ""];
  if (maxLength !== undefined) rules.push(`${maxLength.toLocaleString("en")} characters at most`);
  if (maxItems !== undefined) rules.push(`${maxItems} at most`);
  if (preset !== undefined) rules.push(`if absent ${JSON.stringify(preset)}`);
  return rules;
}

/** What tells one kind of object from the others. */
function titleOf({ properties = {}, description }: JsonSchema): string {
  const { type } = properties;
  if (typeof type?.const === "string") return `Where type is "${type.const}"`;
  return description ?? Object.keys(properties).join(", ");
}
