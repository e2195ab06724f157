/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import {
  type LateSchedule,
  listScheduleTimes,
  readLateSchedules,
  type ScheduleTimes,
} from "../../../shared/overview/schedules.ts";
import { fireSchedule } from "../../../shared/schedule/queries.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { Choices, FaultSummary, type Faults, Form } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { type Column, Facts, Status, Table, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";

type ScheduleDeps = Pick<ApiDeps, "ask" | "now" | "newId">;

const Run = v.object({ confirm: v.literal("yes", "Tick that it is to run now") });

/** What runs by the clock, and how it went. */
export function schedulePages(deps: ScheduleDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const getSchedule = async (c: Context<ConsoleEnv>) => {
    const task = c.req.param("task");
    const found = (await deps.ask(listScheduleTimes)).find((one) => one.task === task);
    if (!found) throw notThere();
    return found;
  };

  pages.get("/schedules", async (c) => {
    const [all, late] = await deps.ask((sql) =>
      Promise.all([listScheduleTimes(sql), readLateSchedules(sql, deps.now())]),
    );
    const lateness = new Map(late.map((one) => [one.task, one]));
    const body = (
      <>
        <h1>Schedules</h1>
        <p class="hint">
          Each is made one job at its time, however many workers there are. What nobody was there for is run
          or told of when a worker starts.
        </p>
        <div data-live="schedules">
          <Table
            caption="Tasks by name"
            columns={columnsWith(lateness)}
            rows={all}
            empty="No worker has run yet: it says what it runs when it starts."
          />
        </div>
      </>
    );
    return await answerConsole(c, { title: "Schedules", body, liveSeconds: 10 });
  });

  pages.get("/schedules/:task", async (c) => schedulePage(c, await getSchedule(c)));

  pages.post("/schedules/:task/run", limitForm, async (c) => {
    const schedule = await getSchedule(c);
    const form = await readForm(c, Run);
    if (!form.ok) return schedulePage(c, schedule, form.faults);
    const { task } = schedule;
    const at = deps.now();
    return await audited(c, deps, { action: "schedule.run", subject: `schedule ${task}` }, async () => {
      await deps.ask((sql) => fireSchedule(sql, task, at));
      return {
        value: redirectWith(c, "/console/schedules", `Queued ${task}: a worker runs it in a moment`),
        after: { dueAt: at.toISOString() },
      };
    });
  });
  return pages;
}

function columnsWith(late: ReadonlyMap<string, LateSchedule>): readonly Column<ScheduleTimes>[] {
  return [
    { title: "Task", cell: ({ task }) => <a href={`/console/schedules/${task}`}>{task}</a> },
    { title: "Cron (UTC)", cell: ({ cron }) => <code>{cron}</code> },
    {
      title: "State",
      cell: ({ task, outcome }) => {
        const one = late.get(task);
        if (one) return <Status status={one.state} />;
        return outcome === null ? <span class="none">–</span> : <Status status={outcome} />;
      },
    },
    { title: "Last due", cell: ({ lastDueAt }) => <Time at={lastDueAt} /> },
    { title: "Next", cell: ({ nextAt }) => <Time at={nextAt} /> },
    { title: "What it said", cell: ({ detail }) => detail ?? "–" },
  ];
}

async function schedulePage(
  c: Context<ConsoleEnv>,
  schedule: ScheduleTimes,
  faults?: Faults,
): Promise<Response> {
  const { task, cron, nextAt, lastDueAt, startedAt, finishedAt, outcome, detail } = schedule;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{task}</h1>
      <Facts
        facts={[
          ["Cron (UTC)", <code>{cron}</code>],
          ["Next", <Time at={nextAt} />],
          ["Last due", <Time at={lastDueAt} />],
          ["Began", <Time at={startedAt} />],
          ["Ended", <Time at={finishedAt} />],
          ["How it went", outcome === null ? "–" : <Status status={outcome} />],
          ["What it said", detail ?? "–"],
        ]}
      />
      <h2>Run it now</h2>
      <p>It runs as at one of its times; its next time stays.</p>
      <Form c={c} action={`/console/schedules/${task}/run`}>
        <Choices
          legend="Sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: `Run ${task} now` }]}
          faults={faults}
        />
        <button type="submit">Run it</button>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title: task,
    faults,
    body,
    crumbs: [
      { title: "Schedules", path: "/console/schedules" },
      { title: task, path: null },
    ],
  });
}
