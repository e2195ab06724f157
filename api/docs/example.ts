import type { JsonSchema } from "../openapi/json-schema.ts";
import { componentName } from "../openapi/resolve.ts";

type Schemas = Readonly<Record<string, JsonSchema>>;
/** What a value of this schema may look like: its own example, or one made of those of its parts. */
export function exampleOf(schema: JsonSchema | undefined, schemas: Schemas): unknown {
  if (schema === undefined) return null;
  const name = componentName(schema);
  if (name !== null) return exampleOf(schemas[name], schemas);
  const [example] = schema.examples ?? schema.enum ?? [];
  if (example !== undefined) return example;
  if (schema.const !== undefined) return schema.const;
  const [first] = schema.oneOf ?? schema.anyOf ?? [];
  if (first !== undefined) return exampleOf(first, schemas);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .map(([key, value]) => [key, exampleOf(value, schemas)] as const)
          .sort(([one], [other]) => (one < other ? -1 : 1)),
      );
    case "array":
      return [exampleOf(schema.items, schemas)];
    case "string":
      return schema.format === "uri" ? "https://…" : "…";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
