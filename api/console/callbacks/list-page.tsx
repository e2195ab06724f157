/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { attemptDays } from "../../../shared/callback/attempts.ts";
import type { Replay } from "../../../shared/callback/replay.ts";
import type { Standing } from "../../../shared/callback/standing.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm, Choices, FaultSummary, type Faults, Field, Form, Select, type Typed } from "../form.tsx";
import { type Column, Count, Status, Table, Time } from "../parts.tsx";
import { typeWords } from "./types.ts";

const outcomeWords = {
  undelivered: "What was not delivered, for whatever reason",
  exhausted: "What was tried to the end",
  refused: "What the receiver refused",
  suspended: "What came while it was suspended",
  delivered: "What was delivered",
  any: "Everything",
};

interface Shown {
  standings: readonly Standing[];
  replays: readonly Replay[];
  typed?: Typed | undefined;
  faults?: Faults | undefined;
}

/** Where a service is told of what, and what it was told again. */
export async function callbacksPage(c: Context<ConsoleEnv>, shown: Shown): Promise<Response> {
  const { standings, replays, typed = {}, faults } = shown;
  const root = `/console/services/${c.var.service.id}/callbacks`;
  const mayChange = c.var.role !== "viewer";
  const isRunning = replays.some(({ state }) => state === "running");
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>Callbacks</h1>
      <p>Instead of asking again and again, the service’s programs are told at these addresses.</p>
      <div data-live="standings">
        <ul class="cards">
          {callbackTypes.map((type) => (
            <Card type={type} standing={standings.find((one) => one.type === type) ?? null} root={root} />
          ))}
        </ul>
      </div>
      <h2>Told again</h2>
      <div data-live="replays">
        <Table
          caption="Replays, the newest first"
          columns={replayColumns}
          rows={replays}
          empty="Nothing was told again. After a receiver was down, have it told what it missed."
        />
      </div>
      {mayChange
        ? replays
            .filter(({ state }) => state === "running")
            .map(({ id }) => (
              <ButtonForm
                c={c}
                action={`${root}/replays/${id}/cancel`}
                label="Stop the replay that runs"
                danger
              />
            ))
        : null}
      {mayChange && standings.length > 0 && !isRunning ? (
        <ReplayForm c={c} root={root} standings={standings} typed={typed} faults={faults} />
      ) : null}
    </>
  );
  return await answerConsole(c, {
    title: faults ? "Problem: Callbacks" : "Callbacks",
    body,
    status: faults ? 400 : 200,
    crumbs: [{ title: "Callbacks", path: null }],
    liveSeconds: faults ? null : 5,
  });
}

function Card({ type, standing, root }: { type: Standing["type"]; standing: Standing | null; root: string }) {
  const { title, what } = typeWords[type];
  const kind = standing?.suspendedAt ? "tile bad" : standing?.sparedSince ? "tile warn" : "tile";
  return (
    <li class={kind}>
      <h2 class="card-title">
        <a href={`${root}/${type}`}>{title}</a>
      </h2>
      <p class="hint">{what}.</p>
      {standing === null ? (
        <p class="empty">Not set: the service is told of none.</p>
      ) : (
        <>
          <p>
            <code class="lines">{standing.url}</code>
          </p>
          <Health standing={standing} />
        </>
      )}
    </li>
  );
}

/** How the receiver does, in words. */
export function Health({ standing }: { standing: Standing }) {
  const { suspendedAt, suspendedReason, sparedSince, probeAt, attempts, failures } = standing;
  if (suspendedAt) {
    return (
      <p>
        <Status status="suspended" /> since <Time at={suspendedAt} />
        {suspendedReason === null ? "" : `: ${suspendedReason}`}
      </p>
    );
  }
  if (sparedSince) {
    return (
      <p>
        <span class="tag warn">spared</span> since <Time at={sparedSince} />: too many failed. One is tried at{" "}
        <Time at={probeAt} />.
      </p>
    );
  }
  return (
    <p>
      <Status status="active" />
      {attempts === 0
        ? "Nothing to tell in the last five minutes."
        : `${(attempts - failures).toLocaleString("en-GB")} of ${attempts.toLocaleString("en-GB")} taken in the last five minutes.`}
    </p>
  );
}

const replayColumns: readonly Column<Replay>[] = [
  { title: "Asked for", cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: "What",
    cell: ({ type, subjectId, outcome }) =>
      subjectId === null ? (
        `${type === null ? "All kinds" : typeWords[type].title}: ${outcome}`
      ) : (
        <>
          {type === null ? "" : typeWords[type].title} <code>{subjectId}</code>
        </>
      ),
  },
  { title: "Since", cell: ({ since, subjectId }) => (subjectId === null ? <Time at={since} /> : "–") },
  { title: "State", cell: ({ state }) => <Status status={state} /> },
  { title: "Queued", cell: ({ queued }) => <Count of={queued} />, isNumber: true },
  { title: "Taken", cell: ({ delivered }) => <Count of={delivered} />, isNumber: true },
  { title: "Given up", cell: ({ undelivered }) => <Count of={undelivered} />, isNumber: true },
];

interface ReplayFormProps {
  c: Context<ConsoleEnv>;
  root: string;
  standings: readonly Standing[];
  typed: Typed;
  faults: Faults | undefined;
}

function ReplayForm({ c, root, standings, typed, faults }: ReplayFormProps) {
  return (
    <details open={faults !== undefined}>
      <summary>Tell again what happened since a time</summary>
      <Form c={c} action={`${root}/replays`}>
        <Select
          label="What to tell"
          name="type"
          value={typed.type}
          choices={[
            { value: "any", label: "All kinds" },
            ...standings.map(({ type }) => ({ value: type, label: typeWords[type].title })),
          ]}
          faults={faults}
        />
        <Select
          label="Which"
          name="outcome"
          value={typed.outcome}
          choices={Object.entries(outcomeWords).map(([value, label]) => ({ value, label }))}
          faults={faults}
        />
        <Field
          label="Since"
          name="since"
          type="datetime-local"
          value={typed.since}
          hint={`London time. What ended is kept for ${attemptDays} days.`}
          faults={faults}
        />
        <Choices
          legend="Are you sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: "The receiver can take being told the same twice" }]}
          faults={faults}
        />
        <button type="submit">Tell again</button>
      </Form>
    </details>
  );
}
