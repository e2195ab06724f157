import { isDetailed, networksFault, polygonsFault } from "./areas.ts";
import type { Polygon } from "./broadcast.ts";
import { simplifyPolygons } from "./simplify.ts";

/** Polygons that networks take; or what is wrong with them, in words that may follow "areas". */
export type Sendable = { ok: true; polygons: Polygon[] } | { ok: false; fault: string };

/** What goes out for polygons that somebody drew: smoothed and simplified where they have much detail. */
export function sendablePolygons(drawn: readonly Polygon[]): Sendable {
  const fault = polygonsFault(drawn);
  if (fault !== null) return { ok: false, fault };
  const sent = isDetailed(drawn) ? simplifyPolygons(drawn) : { ok: true as const, polygons: [...drawn] };
  if (!sent.ok) return sent;
  const excess = networksFault(sent.polygons);
  if (excess !== null) return { ok: false, fault: `${excess}, after they were simplified` };
  return { ok: true, polygons: sent.polygons };
}
