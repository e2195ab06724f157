import type { Context } from "hono";
import * as v from "valibot";

// Postgres holds no text with a NUL in it.
const Name = v.pipe(
  v.string(),
  v.check((text) => !text.includes("\0")),
);
const Position = v.tuple([Name, v.pipe(v.string(), v.uuid())]);

/** What the query looks for: a part of a name, an id; empty for all. */
export function searchOf(c: Context): string {
  return (c.req.query("q") ?? "").replaceAll("\0", "").trim().slice(0, 255);
}

/** Where a page of a list by name begins: after this entry. Null from the first, or for what is no position. */
export function positionOf(c: Context): { name: string; id: string } | null {
  try {
    const [name, id] = v.parse(Position, JSON.parse(c.req.query("after") ?? "null"));
    return { name, id };
  } catch {
    return null;
  }
}

/** This page's address with other values in its query; null takes one out. */
export function withQuery(c: Context, changes: Record<string, string | null>): string {
  const { pathname, searchParams } = new URL(c.req.url);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) searchParams.delete(name);
    else searchParams.set(name, value);
  }
  const query = searchParams.toString();
  return query === "" ? pathname : `${pathname}?${query}`;
}

/**
 * Of one entry more than a page holds: the page, and the link to what follows, null where nothing does.
 */
export function pageOf<T extends { name: string; id: string }>(
  c: Context,
  entries: readonly T[],
  size: number,
): { shown: readonly T[]; next: string | null } {
  const shown = entries.slice(0, size);
  const last = shown.at(-1);
  const next =
    entries.length > size && last ? withQuery(c, { after: JSON.stringify([last.name, last.id]) }) : null;
  return { shown, next };
}
