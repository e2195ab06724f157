/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { DeadLetter, JobSummary, QueueStatus } from "../../../shared/queue/status.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm, Choices, FaultSummary, type Faults, Field, Form } from "../form.tsx";
import { ago } from "../overview/tile.tsx";
import { type Column, Count, Facts, Status, Table, Time } from "../parts.tsx";

export async function queuesPage(
  c: Context<ConsoleEnv>,
  queues: readonly QueueStatus[],
  dead: readonly { queue: string | null; jobs: number }[],
): Promise<Response> {
  const body = (
    <>
      <h1>Queues</h1>
      <div data-live="queues">
        <h2 id="dead">Dead letters</h2>
        <Table
          caption="Jobs that used up their attempts, by the queue they came from"
          columns={[
            {
              title: "Queue",
              // Those that do not say are shown as what waits in the queue of the dead.
              cell: ({ queue }) => (
                <a href={`/console/queues/${queue ?? "dead-letters"}`}>{queue ?? "unknown"}</a>
              ),
            },
            { title: "Jobs", cell: ({ jobs }) => <Count of={jobs} />, isNumber: true },
          ]}
          rows={dead}
          empty="None: every job was done, or is still tried."
        />
        <h2>Queues by name</h2>
        <Table
          caption="What waits, runs and failed"
          columns={queueColumns}
          rows={queues.filter(({ queue }) => queue !== "dead-letters")}
          empty="There are none."
        />
      </div>
    </>
  );
  return await answerConsole(c, { title: "Queues", body, liveSeconds: 5 });
}

const queueColumns: readonly Column<QueueStatus>[] = [
  { title: "Queue", cell: ({ queue }) => <a href={`/console/queues/${queue}`}>{queue}</a> },
  { title: "Due", cell: ({ due }) => <Count of={due} />, isNumber: true },
  { title: "Waiting", cell: ({ waiting }) => <Count of={waiting} />, isNumber: true },
  { title: "Running", cell: ({ active }) => <Count of={active} />, isNumber: true },
  { title: "Failed", cell: ({ failed }) => <Count of={failed} />, isNumber: true },
  {
    title: "Oldest",
    cell: ({ oldestWaitingSeconds: seconds }) => (seconds === null ? "–" : ago(seconds)),
    isNumber: true,
  },
];

interface QueueShown {
  status: QueueStatus;
  jobs: readonly JobSummary[];
  letters: readonly DeadLetter[];
  /** All there are, of which `letters` are the oldest. */
  dead: number;
}

export async function queuePage(
  c: Context<ConsoleEnv>,
  { status, jobs, letters, dead }: QueueShown,
  faults?: Faults,
): Promise<Response> {
  const { queue, due, waiting, active, failed, oldestWaitingSeconds: oldest } = status;
  const path = `/console/queues/${queue}`;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{queue}</h1>
      <Facts
        facts={[
          ["Due", <Count of={due} />],
          ["Waiting", <Count of={waiting} />],
          ["Running", <Count of={active} />],
          ["Failed", <Count of={failed} />],
          ["Oldest", oldest === null ? "–" : ago(oldest)],
        ]}
      />
      <Table
        caption="Jobs, oldest first, a hundred at most"
        columns={jobColumns}
        rows={jobs}
        empty="Nothing waits, runs or failed."
      />
      <h2 id="dead">Dead letters</h2>
      <Table
        caption={`The oldest of ${dead} that used up their attempts`}
        columns={letterColumns}
        rows={letters}
        empty="None came from here."
      />
      {dead === 0 ? null : <ForAll c={c} path={path} dead={dead} faults={faults} />}
    </>
  );
  return await answerConsole(c, {
    title: queue,
    faults,
    body,
    crumbs: [
      { title: "Queues", path: "/console/queues" },
      { title: queue, path: null },
    ],
  });
}

const jobColumns: readonly Column<JobSummary>[] = [
  { title: "Job", cell: ({ id }) => <code>{id}</code> },
  { title: "State", cell: ({ state }) => <Status status={state} /> },
  { title: "Queued", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: "Due", cell: ({ dueAt }) => <Time at={dueAt} /> },
  { title: "Attempts", cell: ({ attempts }) => <Count of={attempts} />, isNumber: true },
  { title: "Failed with", cell: ({ reason }) => reason ?? "–" },
];

const letterColumns: readonly Column<DeadLetter>[] = [
  { title: "Job", cell: ({ id }) => <a href={`/console/dead-letters/${id}`}>{id}</a> },
  { title: "Queued", cell: ({ queuedAt }) => <Time at={queuedAt} /> },
  { title: "Given up", cell: ({ failedAt }) => <Time at={failedAt} /> },
  { title: "Attempts", cell: ({ attempts }) => <Count of={attempts ?? 0} />, isNumber: true },
  { title: "Failed with", cell: ({ reason }) => reason ?? "–" },
];

interface ForAllProps {
  c: Context<ConsoleEnv>;
  path: string;
  dead: number;
  faults: Faults | undefined;
}

function ForAll({ c, path, dead, faults }: ForAllProps) {
  return (
    <div class="split">
      <Form c={c} action={`${path}/redrive`}>
        <h3>Put all back</h3>
        <p>They are tried again, with all their attempts.</p>
        <fieldset class="field">
          <div class="choice">
            <input type="checkbox" id="redrive" name="confirm" value="yes" />
            <label for="redrive">{`Put all ${dead} back`}</label>
          </div>
        </fieldset>
        <button type="submit">Put them back</button>
      </Form>
      <Form c={c} action={`${path}/drop`}>
        <h3>Let all go</h3>
        <p>They are deleted, and what they were to do is never done.</p>
        <Field label="Why" name="reason" faults={faults} />
        <fieldset class="field">
          <div class="choice">
            <input type="checkbox" id="drop" name="confirm" value="yes" />
            <label for="drop">{`Delete all ${dead}`}</label>
          </div>
        </fieldset>
        <button type="submit" class="danger">
          Delete them
        </button>
      </Form>
    </div>
  );
}

export async function deadLetterPage(
  c: Context<ConsoleEnv>,
  { id, queue, queuedAt, failedAt, attempts, reason }: DeadLetter & { queue: string },
  faults?: Faults,
): Promise<Response> {
  const path = `/console/dead-letters/${id}`;
  const title = `A dead letter of ${queue}`;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Facts
        facts={[
          ["Job", <code>{id}</code>],
          ["Queued", <Time at={queuedAt} />],
          ["Given up", <Time at={failedAt} />],
          ["Attempts", <Count of={attempts ?? 0} />],
        ]}
      />
      <h2>What the last attempt failed with</h2>
      <pre>{reason ?? "It said nothing."}</pre>
      <div class="split">
        <div>
          <h2>Put it back</h2>
          <p>It is tried again, with all its attempts.</p>
          <ButtonForm c={c} action={`${path}/redrive`} label="Put it back" />
        </div>
        <Form c={c} action={`${path}/drop`}>
          <h2>Let it go</h2>
          <Field label="Why" name="reason" faults={faults} />
          <Choices
            legend="Sure?"
            name="confirm"
            values={[]}
            choices={[{ value: "yes", label: "Delete it: what it was to do is never done" }]}
            faults={faults}
          />
          <button type="submit" class="danger">
            Delete it
          </button>
        </Form>
      </div>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Queues", path: "/console/queues" },
      { title: queue, path: `/console/queues/${queue}` },
      { title: "Dead letter", path: null },
    ],
  });
}
