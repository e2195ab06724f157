import type { Context } from "hono";
import { findServiceName } from "../../../shared/service/setup.ts";
import { parseInstant } from "../../../shared/time/instant.ts";
import { firstValues } from "../../query.ts";
import type { Ask } from "../ask.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";

/** The service of a path. Throws where there is none. */
export async function existingService(c: Context, ask: Ask): Promise<string> {
  const id = serviceIdOf(c);
  if ((await ask((sql) => findServiceName(sql, id))) === null) throw noResult();
  return id;
}

/** One parameter of the query, the first of them. */
export function parameter(c: Context, name: string): string | null {
  const value = firstValues(c.req.url)[name];
  return typeof value === "string" ? value : null;
}

/** The financial year that the query names; what is none is refused in these words. */
export function yearOf(c: Context, refusal: string): number {
  const year = parameter(c, "year") ?? "";
  if (!/^2\d{3}$/.test(year)) throw new Refusal(400, refusal);
  return Number(year);
}

/** A whole number of the query; null for anything else. */
export function wholeNumber(c: Context, name: string): number | null {
  const text = parameter(c, name) ?? "";
  return /^-?\d{1,9}$/.test(text) ? Number(text) : null;
}

/** A date of the query, `2026-07-05`; null where it is not given. */
export function dateOf(c: Context, name: string): string | null {
  const text = parameter(c, name);
  if (text === null) return null;
  if (!/^[12]\d{3}-\d\d-\d\d$/.test(text) || parseInstant(text) === null) throw notADate();
  return text;
}

export function notADate(): Refusal {
  return new Refusal(400, "Input must be a date in the format: YYYY-MM-DD");
}
