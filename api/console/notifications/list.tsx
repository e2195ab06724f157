/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { type Found, findPage, listTemplateChoices } from "./find.ts";
import { listPage } from "./list-page.tsx";
import { readSearch } from "./search.ts";
import { pagesOf, trailOf } from "./trail.ts";

const size = 50;

/** GET …/notifications: a service's, or with no service in its path everybody's. */
export function listNotifications({ ask }: Pick<ApiDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const serviceId = c.var.service?.id ?? null;
    const asked = readSearch(c, serviceId);
    const choices =
      serviceId === null ? Promise.resolve(null) : ask((sql) => listTemplateChoices(sql, serviceId));
    if (Object.keys(asked.faults).length > 0) {
      const nothing = { found: [], newer: null, older: null, remark: null, isLive: false };
      return await listPage(c, { asked, templates: await choices, ...nothing });
    }
    const trail = trailOf(c);
    const { search } = asked;
    const [templates, { found, next, idOf }] = await Promise.all([
      choices,
      ask((sql) => findPage(sql, search, { olderThan: trail.at(-1) ?? null, limit: size })),
    ]);
    // To look for a text again and again would cost more than it tells.
    const isLive = trail.length === 0 && search.id === null && search.terms.length === 0;
    const remark = remarkOn(search.id ?? "", idOf);
    return await listPage(c, { asked, templates, found, ...pagesOf(c, trail, next), remark, isLive });
  };
}

function remarkOn(id: string, idOf: Found["idOf"]) {
  if (idOf === null) return null;
  if (typeof idOf === "string")
    return <p class="hint">That is the id of a {idOf}: these are its messages.</p>;
  return (
    <p class="hint">
      That is the id of a broadcast.{" "}
      <a href={`/console/services/${idOf.broadcastOf}/broadcasts/${id}`}>Show the broadcast and its map</a>
    </p>
  );
}
