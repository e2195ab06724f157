import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { JsonSchema } from "../../api/openapi/json-schema.ts";
import type { MediaType, OpenApiDocument, OperationObject } from "../../api/openapi/model.ts";
import { resolveResponse } from "../../api/openapi/resolve.ts";

/** An answer with its body read. */
export interface Answered {
  status: number;
  headers: Headers;
  body: string;
}

export async function read(response: Response): Promise<Answered> {
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/**
 * Holds answers against a document: status, headers, media type, body, and that each error is one it lists. Answers
 * what is wrong. `operation` is null where the request was for no endpoint; then the plain 404 and 405 are right, which
 * the document's text promises.
 */
export function createAnswerCheck(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const $defs = document.components.schemas;

  function validatorOf(schema: JsonSchema): ValidateFunction {
    const text = JSON.stringify(schema);
    const known = compiled.get(text);
    if (known) return known;
    const whole = JSON.stringify({ ...schema, $defs }).replaceAll("#/components/schemas/", "#/$defs/");
    const fresh = ajv.compile(JSON.parse(whole));
    compiled.set(text, fresh);
    return fresh;
  }

  function bodyFaults(media: MediaType, body: string): string[] {
    const json = parse(body);
    if (json === undefined) return [`is no JSON: ${body.slice(0, 200)}`];
    const validate = validatorOf(media.schema);
    const faults = validate(json) ? [] : [`${ajv.errorsText(validate.errors)}: ${body.slice(0, 500)}`];
    if (media.examples === undefined || "result" in Object(json)) return faults;
    const patterns = Object.values(media.examples).map(({ value }) => patternOf(value));
    const unlisted = errorsOf(json).filter((error) => !patterns.some((pattern) => pattern.test(error)));
    return [...faults, ...unlisted.map((error) => `error is not in the document: ${error.slice(0, 500)}`)];
  }

  return function check(operation: OperationObject | null, { status, headers, body }: Answered): string[] {
    const faults = everyHeader.filter((name) => !headers.has(name)).map((name) => `has no header ${name}`);
    const type = headers.get("Content-Type")?.split(";")[0] ?? "";
    if (operation === null) {
      if (status !== 404 && status !== 405) return [...faults, `status ${status} where nothing is`];
      // Notify's 405 calls its JSON HTML.
      const expected = status === 404 ? "application/json" : "text/html";
      if (type !== expected) faults.push(`type ${type}`);
      if (status === 405 && !headers.has("Allow")) faults.push("has no header Allow");
      return [...faults, ...bodyFaults({ schema: { $ref: "#/components/schemas/PlainError" } }, body)];
    }
    const listed = operation.responses[status];
    if (!listed) return [...faults, `status ${status} is not in the document: ${body.slice(0, 200)}`];
    const response = resolveResponse(document, listed);
    const required = Object.entries(response.headers).filter(
      ([name, header]) =>
        ("$ref" in header ? document.components.headers[name] : header)?.required && !headers.has(name),
    );
    faults.push(...required.map(([name]) => `has no header ${name}`));
    const media = response.content[type] ?? response.content["*/*"];
    if (media) return type === "application/json" ? [...faults, ...bodyFaults(media, body)] : faults;
    if (body !== "" || Object.keys(response.content).length > 0)
      faults.push(`type "${type}" is not in the document`);
    return faults;
  };
}

const everyHeader = [
  "X-Content-Type-Options",
  "X-Frame-Options",
  "Cache-Control",
  "Strict-Transport-Security",
  "Access-Control-Allow-Origin",
  "X-B3-TraceId",
  "X-B3-SpanId",
];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One line an error: its kind and its text. */
function errorsOf(body: unknown): string[] {
  const errors = Object(body).errors;
  if (!Array.isArray(errors)) return [];
  return errors.map((error) => `${Object(error).error} ${Object(error).message}`);
}

/** What stands in braces differs from one to the next. */
function patternOf(example: unknown): RegExp {
  const [line = ""] = errorsOf(example);
  const parts = line.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[\\s\\S]*")}$`, "u");
}
