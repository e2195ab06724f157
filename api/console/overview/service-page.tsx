/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Overview } from "../../../shared/overview/overview.ts";
import type { Range } from "../../../shared/overview/range.ts";
import { answerConsole } from "../answer.tsx";
import { chartAssets } from "../chart.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Charts, Ranges } from "./charts.tsx";
import { type Drawn, draw } from "./drawn.ts";
import { FailingCallbacks } from "./failing-callbacks.tsx";
import { Tiles } from "./tile.tsx";
import { trafficTiles } from "./traffic-tiles.ts";

/** What goes on in one service: `drawn` by `drawService`. */
export async function servicePage(c: Context<ConsoleEnv>, range: Range, drawn: Drawn): Promise<Response> {
  const { service } = c.var;
  const body = (
    <>
      <h1>{service.name}</h1>
      {service.active ? null : (
        <p class="warning">This service is suspended: its keys are refused, and nothing of it is sent.</p>
      )}
      {service.active && service.restricted ? (
        <p class="hint">In trial mode: it sends to its own people and its guest list alone.</p>
      ) : null}
      <Ranges path={pathOf(service.id)} range={range} />
      {drawn}
    </>
  );
  return await answerConsole(c, { title: "Overview", body, ...chartAssets, liveSeconds: 10 });
}

export async function drawService(serviceId: string, overview: Overview): Promise<Drawn> {
  const search = `${pathOf(serviceId)}/notifications`;
  return await draw(
    <>
      <div data-live="tiles">
        <Tiles tiles={trafficTiles(overview, search)} />
      </div>
      <div data-live="charts">
        <Charts overview={overview} search={search} />
      </div>
      <div data-live="callbacks">
        <FailingCallbacks callbacks={overview.callbacks} />
      </div>
    </>,
  );
}

function pathOf(serviceId: string): string {
  return `/console/services/${serviceId}`;
}
