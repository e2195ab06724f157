import type { Context } from "hono";
import { firstValues } from "../query.ts";
import { Refusal } from "./refusal.ts";

/** So that no page lies beyond what Postgres can count. */
const lastPage = 1_000_000;

/** The page that a query asks for, from 1 on; the first where it names none. */
export function pageOf(c: Context): number {
  const { page = "1" } = firstValues(c.req.url);
  const number = typeof page === "string" && /^\d{1,7}$/.test(page) ? Number(page) : 0;
  if (number < 1 || number > lastPage) throw new Refusal(400, "Invalid page");
  return number;
}
