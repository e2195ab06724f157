import { type Context, Hono } from "hono";
import * as v from "valibot";
import { createValueCache } from "../../../shared/cache.ts";
import { readOverview } from "../../../shared/overview/overview.ts";
import { type Range, RangeSchema } from "../../../shared/overview/range.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import type { Drawn } from "./drawn.ts";
import { drawPlatform, platformPage } from "./platform-page.tsx";
import { drawService, servicePage } from "./service-page.tsx";

/** One reading and drawing serves all who watch the same: watching costs the same however many do. */
const cacheOptions = { ttlMs: 10_000, largest: 200 };

/** The first page: of everything for operators, of a service for its people. */
export function overviewPages({ ask, now }: Pick<ApiDeps, "ask" | "now">): Hono<ConsoleEnv> {
  const read = (serviceId: string | null, range: Range) =>
    ask((sql) => readOverview(sql, { serviceId, range, at: now() }));
  const platform = createValueCache<Drawn>(cacheOptions)(async (range) =>
    drawPlatform(await read(null, v.parse(RangeSchema, range))),
  );
  const services = createValueCache<Drawn>(cacheOptions)(async (key) => {
    const [serviceId = "", range] = key.split(" ");
    return await drawService(serviceId, await read(serviceId, v.parse(RangeSchema, range)));
  });

  return new Hono<ConsoleEnv>()
    .get("/", async (c) => {
      if (!c.var.user.isOperator) return c.redirect("/console/services", 303);
      const range = rangeOf(c);
      return await platformPage(c, range, await platform(range));
    })
    .get("/services/:service", async (c) => {
      const range = rangeOf(c);
      return await servicePage(c, range, await services(`${c.var.service.id} ${range}`));
    });
}

/** An hour, where the query names no other. */
function rangeOf(c: Context): Range {
  const asked = v.safeParse(RangeSchema, c.req.query("range"));
  return asked.success ? asked.output : "1h";
}
