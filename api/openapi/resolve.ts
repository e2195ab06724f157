import { componentRef } from "./convert.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { OpenApiDocument, Reference, ResponseObject } from "./model.ts";

/** The response itself where it stands apart. */
export function resolveResponse(
  { components }: OpenApiDocument,
  response: ResponseObject | Reference,
): ResponseObject {
  if (!("$ref" in response)) return response;
  const found = components.responses[response.$ref.slice(response.$ref.lastIndexOf("/") + 1)];
  if (!found) throw new Error(`Cannot resolve "${response.$ref}": the document has no such response`);
  return found;
}

/** The component's name where a schema only refers to it, else null. */
export function componentName({ $ref }: JsonSchema): string | null {
  return $ref?.startsWith(componentRef("")) ? $ref.slice(componentRef("").length) : null;
}
