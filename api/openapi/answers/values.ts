import * as v from "valibot";

/* The kinds of values in our answers. They describe; nothing is checked by them while requests are served. */

export function text(description: string, facts: Record<string, unknown> = {}) {
  return v.pipe(v.string(), v.metadata({ description, ...facts }));
}

export function id(description: string) {
  return text(description, { format: "uuid", examples: ["740e5834-3a29-46b4-9a6f-16142fde533a"] });
}

export function url(description: string) {
  return text(description, { format: "uri" });
}

/** UTC with six decimals. */
export function timestamp(description: string) {
  return v.pipe(
    v.string(),
    v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/),
    v.metadata({ description, format: "date-time", examples: ["2026-08-01T09:30:00.123456Z"] }),
  );
}

export function whole(description: string, facts: Record<string, unknown> = {}) {
  return v.pipe(v.number(), v.integer(), v.metadata({ description, ...facts }));
}

export function number(description: string) {
  return v.pipe(v.number(), v.metadata({ description }));
}

export function flag(description: string) {
  return v.pipe(v.boolean(), v.metadata({ description }));
}

/** Said of what no message of this kind has. */
export function nothing(description: string) {
  return v.pipe(v.null(), v.metadata({ description }));
}

export function fixed<const Value extends string>(value: Value, description: string) {
  return v.pipe(v.literal(value), v.metadata({ description, type: "string" }));
}
