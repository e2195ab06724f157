import type * as v from "valibot";
import { describe, type JsonSchema, toJsonSchema } from "./json-schema.ts";
import type { Parameter } from "./model.ts";
import type { Entries } from "./operation.ts";

/** Where a schema of this name stands in the document. */
export function componentRef(name: string): string {
  return `#/components/schemas/${name}`;
}

/** JSON Schemas of these validators; where one holds another, it refers to it. */
export function toComponents(schemas: Readonly<Record<string, v.GenericSchema>>): Record<string, JsonSchema> {
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [schema, name]));
  const refer = (schema: v.GenericSchema) => {
    const name = names.get(schema);
    return name === undefined ? null : componentRef(name);
  };
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, describe(schema, refer)]));
}

/** What a route reads from elsewhere than the body, in its order. */
export function toParameters(place: Parameter["in"], entries: Entries | undefined): Parameter[] {
  if (!entries) return [];
  const { properties = {}, required = [] } = toJsonSchema(entries, () => null);
  return Object.entries(properties).map(([name, { description = "", ...schema }]) => ({
    name,
    in: place,
    required: required.includes(name),
    description,
    schema,
  }));
}
