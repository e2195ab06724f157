import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as v from "valibot";
import type { ConsoleEnv } from "./env.ts";
import { Fault } from "./fault.ts";
import { type Faults, formTokenField, type Typed } from "./form.tsx";

/** Of a form without a file. */
const largestForm = 512 * 1024;

export const limitForm: MiddlewareHandler = bodyLimit({
  maxSize: largestForm,
  onError: () => {
    throw new Fault(413, "What you sent is too large");
  },
});

export type FormResult<T> =
  | { ok: true; value: T; typed: Typed }
  /** What was typed, to be shown again with what is wrong of it. */
  | { ok: false; faults: Faults; typed: Typed };

/** The texts of a form, which must carry its session's token. Throws a `Fault` where it does not. */
async function readFields(c: Context<ConsoleEnv>): Promise<URLSearchParams> {
  const fields = new URLSearchParams(await c.req.text());
  requireToken(c, fields.get(formTokenField));
  fields.delete(formTokenField);
  return fields;
}

/** Throws unless it is the token that this session's forms carry. */
export function requireToken(c: Context<ConsoleEnv>, token: string | null): void {
  // A leak of timing tells of a value that only lives as long as the session it is of.
  if (token !== c.var.formToken) {
    throw new Fault(403, "This form is too old: go back, load its page again, and send it once more");
  }
}

/**
 * Reads a form by a schema of texts; fields of the names in `lists` come as lists, empty where none was ticked. Its
 * messages are what people read beside the fields.
 */
export async function readForm<TSchema extends v.GenericSchema>(
  c: Context<ConsoleEnv>,
  schema: TSchema,
  { lists = [] }: { lists?: readonly string[] } = {},
): Promise<FormResult<v.InferOutput<TSchema>>> {
  const fields = await readFields(c);
  return parseForm(fields, schema, lists);
}

function parseForm<TSchema extends v.GenericSchema>(
  fields: URLSearchParams,
  schema: TSchema,
  lists: readonly string[],
): FormResult<v.InferOutput<TSchema>> {
  const given: Record<string, string | string[]> = {};
  const typed: Record<string, string> = {};
  for (const name of new Set(fields.keys())) {
    // Postgres holds no text with a NUL in it.
    const values = fields.getAll(name).map((value) => value.replaceAll("\r\n", "\n").replaceAll("\0", ""));
    typed[name] = values[0] ?? "";
    given[name] = lists.includes(name) ? values : (values[0] ?? "");
  }
  for (const name of lists) given[name] ??= [];
  for (const name of boxesOf(schema)) given[name] ??= "";
  const result = v.safeParse(schema, given);
  if (result.success) return { ok: true, value: result.output, typed };
  const faults: Record<string, string> = {};
  for (const issue of result.issues) faults[String(issue.path?.[0]?.key ?? "")] ??= issue.message;
  return { ok: false, faults, typed };
}

/** The fields that must have one of certain values. What is ticked or chosen is not sent at all where nothing was. */
function boxesOf(schema: v.GenericSchema): string[] {
  const entries = "entries" in schema ? Object.entries(schema.entries ?? {}) : [];
  return entries.flatMap(([name, { type }]: [string, v.GenericSchema]) =>
    type === "literal" || type === "picklist" ? [name] : [],
  );
}
