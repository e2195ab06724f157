import type { JsonSchema } from "./json-schema.ts";
import type { Operation } from "./operation.ts";

/* As much of OpenAPI 3.1 as our document uses. */

export type RefusalBody =
  | { errors: { error: string; message: string }[]; status_code: number }
  | { message: Record<string, string>; result: "error" };

/** Into `components`. */
export interface Reference {
  $ref: string;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: JsonSchema;
}

export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
  examples?: Record<string, { summary: string; value: RefusalBody }>;
}

export interface HeaderObject {
  description: string;
  /** Whether it is always there. */
  required: boolean;
  schema: JsonSchema;
}

export interface ResponseObject {
  description: string;
  headers: Record<string, HeaderObject | Reference>;
  content: Record<string, MediaType>;
}

export interface OperationObject {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters: Parameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, ResponseObject | Reference>;
}

export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Partial<Record<Operation["method"], OperationObject>>>;
  components: {
    schemas: Record<string, JsonSchema>;
    responses: Record<string, ResponseObject>;
    headers: Record<string, HeaderObject>;
    securitySchemes: Record<string, unknown>;
  };
}
