/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { Hono } from "hono";
import * as v from "valibot";
import { type LinkState, listLinkStates } from "../../../shared/overview/broadcasts.ts";
import { fireSchedule } from "../../../shared/schedule/queries.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { type Column, Count, Table, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import type { BroadcastPageDeps } from "./deps.ts";
import { networkNames } from "./words.tsx";

const path = "/console/broadcasts/links";
const task = "trigger-link-tests";
const dayMs = 24 * 3_600_000;

/** How the ways to networks do when they are tried, which no phone shows. */
export function linkPages(deps: Pick<BroadcastPageDeps, "ask" | "now" | "newId">): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/broadcasts/links", async (c) => {
    const since = new Date(deps.now().getTime() - dayMs);
    const links = await deps.ask((sql) => listLinkStates(sql, since));
    const body = (
      <>
        <h1>Link tests</h1>
        <p>
          Each network is reached by two sites. Both are tried every 15 minutes: alerts are too rare to show
          that a way is broken. How the task itself does is among the{" "}
          <a href={`/console/schedules/${task}`}>schedules</a>.
        </p>
        <div data-live="links">
          <Table
            caption="Ways to networks, as last tried"
            columns={columns}
            rows={links}
            empty="No way was tried in the last day. They are where CBC_PROXY_ENABLED is true."
          />
        </div>
        <div class="actions">
          <ButtonForm c={c} action={path} label="Try all of them now" />
        </div>
      </>
    );
    return await answerConsole(c, {
      title: "Link tests",
      body,
      liveSeconds: 5,
      crumbs: [
        { title: "Emergency alerts", path: "/console/broadcasts" },
        { title: "Link tests", path: null },
      ],
    });
  });

  pages.post("/broadcasts/links", limitForm, async (c) => {
    await readForm(c, v.object({}));
    const at = deps.now();
    return await audited(
      c,
      deps,
      { action: "broadcast.test-links", subject: `schedule ${task}` },
      async () => {
        await deps.ask((sql) => fireSchedule(sql, task, at));
        return {
          value: redirectWith(c, path, "Queued the tests: a worker runs them in a moment"),
          after: { dueAt: at.toISOString() },
        };
      },
    );
  });
  return pages;
}

const columns: readonly Column<LinkState>[] = [
  { title: "Network", cell: ({ provider }) => networkNames[provider] },
  { title: "Way", cell: ({ function: name }) => <code>{name}</code> },
  {
    title: "State",
    cell: ({ succeeded }) =>
      succeeded ? <span class="tag good">works</span> : <span class="tag bad">fails</span>,
  },
  { title: "Tried", cell: ({ testedAt }) => <Time at={testedAt} /> },
  { title: "Took", isNumber: true, cell: ({ durationMs }) => `${durationMs.toLocaleString("en-GB")} ms` },
  {
    title: "Failed of the last day's",
    isNumber: true,
    cell: ({ failed, tested }) => (
      <>
        <Count of={failed} /> of <Count of={tested} />
      </>
    ),
  },
  { title: "What was said", cell: ({ error }) => error ?? "–" },
];
