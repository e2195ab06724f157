import type { Context } from "hono";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

export type LetterPageDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "readHolidays" | "signer">;

/** The id in the path. Throws where it is none. */
export function idOf(c: Context<ConsoleEnv>): string {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw notThere();
  return id;
}

const kilo = 1024;

/** Bytes as people say them: `3 MB`. */
export function sizeOf(bytes: number): string {
  if (bytes < kilo) return `${bytes} bytes`;
  if (bytes < kilo * kilo) return `${(bytes / kilo).toFixed(0)} KB`;
  return `${(bytes / kilo / kilo).toFixed(1)} MB`;
}

const postages: Readonly<Record<string, string>> = {
  first: "First class",
  second: "Second class",
  economy: "Economy",
  europe: "Europe",
  "rest-of-world": "Rest of the world",
};

export function postageOf(postage: string): string {
  return postages[postage] ?? postage;
}
