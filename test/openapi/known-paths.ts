import type { OpenApiDocument, OperationObject } from "../../api/openapi/model.ts";

export interface KnownOperation {
  method: string;
  /** With `{names}`. */
  path: string;
  operation: OperationObject;
}

export function operationsOf({ paths }: OpenApiDocument): KnownOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}
