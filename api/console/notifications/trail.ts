import type { Context } from "hono";
import { readPosition } from "../../../shared/notification/find-notifications.ts";
import type { Position } from "../../../shared/notification/search-conditions.ts";

/** From further down the list, "Newer" leads to its top. */
const longestTrail = 20;

/** Where the pages begin that somebody came by, the one asked for last; empty for the first page. */
export function trailOf(c: Context): readonly Position[] {
  return (c.req.queries("older") ?? []).slice(-longestTrail).flatMap((text) => {
    const [at = "", id = ""] = text.split(",");
    const position = readPosition(at, id);
    return position ? [position] : [];
  });
}

/** The links to the pages before and after the one that the trail ends with. */
export function pagesOf(
  c: Context,
  trail: readonly Position[],
  next: Position | null,
): { newer: string | null; older: string | null } {
  return {
    newer: trail.length === 0 ? null : withTrail(c, trail.slice(0, -1)),
    older: next && withTrail(c, [...trail, next].slice(-longestTrail)),
  };
}

function withTrail(c: Context, trail: readonly Position[]): string {
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.delete("older");
  for (const { at, id } of trail) searchParams.append("older", `${at},${id}`);
  const query = searchParams.toString();
  return query === "" ? pathname : `${pathname}?${query}`;
}
