import type { JsonObject } from "../shared/json/json.ts";

/** A query's parameters; of one that is repeated the first. */
export function firstValues(url: string): JsonObject {
  const found = new Map<string, string>();
  for (const [name, value] of new URL(url).searchParams) if (!found.has(name)) found.set(name, value);
  return Object.fromEntries(found);
}
