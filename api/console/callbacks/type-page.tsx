/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { ListedAttempt } from "../../../shared/callback/attempt-list.ts";
import { attemptOutcomes } from "../../../shared/callback/attempts.ts";
import type { CallbackConfig } from "../../../shared/callback/queries.ts";
import type { Standing } from "../../../shared/callback/standing.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm, Choices, FaultSummary, type Faults, Field, Form, Select, type Typed } from "../form.tsx";
import { type Column, Facts, Paging, Status, Table, Time } from "../parts.tsx";
import { Health } from "./list-page.tsx";
import { typeWords } from "./types.ts";

/** What is set, and how its receiver did. */
export interface SetCallback {
  config: CallbackConfig;
  standing: Standing;
  attempts: readonly ListedAttempt[];
  outcome: string;
  newest: string | null;
  older: string | null;
}

interface Shown {
  typed?: Typed | undefined;
  faults?: Faults | undefined;
}

function pathOf(c: Context<ConsoleEnv>, type: CallbackType): string {
  return `/console/services/${c.var.service.id}/callbacks/${type}`;
}

/** One kind of callback: where it goes and what came of it. */
export async function typePage(
  c: Context<ConsoleEnv>,
  type: CallbackType,
  set: SetCallback | null,
  { typed, faults }: Shown = {},
): Promise<Response> {
  const { title, what } = typeWords[type];
  const path = pathOf(c, type);
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>{what}.</p>
      {set === null ? (
        <p class="empty">Not set: the service is told of none.</p>
      ) : (
        <CallbackFacts set={set} />
      )}
      {set !== null && mayChange ? <Actions c={c} path={path} config={set.config} /> : null}
      {set === null ? null : <Attempts path={path} set={set} type={type} serviceId={c.var.service.id} />}
      {mayChange ? (
        <ReceiverForm c={c} path={path} config={set?.config ?? null} typed={typed} faults={faults} />
      ) : null}
      {set !== null && mayChange ? (
        <Form c={c} action={`${path}/remove`}>
          <h2>Remove</h2>
          <p>The service is told of none any more, of what waits neither.</p>
          <Choices
            legend="Are you sure?"
            name="confirm"
            values={[]}
            choices={[{ value: "yes", label: "Remove this callback" }]}
            faults={faults}
          />
          <button type="submit" class="danger">
            Remove
          </button>
        </Form>
      ) : null}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: crumbsOf(c, type, null),
    liveSeconds: set === null || faults ? null : 5,
  });
}

export function crumbsOf(c: Context<ConsoleEnv>, type: CallbackType, last: string | null) {
  const path = pathOf(c, type);
  return [
    { title: "Callbacks", path: `/console/services/${c.var.service.id}/callbacks` },
    { title: typeWords[type].title, path: last === null ? null : path },
    ...(last === null ? [] : [{ title: last, path: null }]),
  ];
}

function CallbackFacts({ set: { config, standing } }: { set: SetCallback }) {
  const { url, version, isSigned, previousSecretUntil, updatedAt, createdAt } = config;
  return (
    <>
      <div data-live="health">
        <Health standing={standing} />
      </div>
      <p>
        <code class="lines">{url}</code>
      </p>
      <Facts
        facts={[
          ["Signed", isSigned ? "Yes" : "No: make a signing secret"],
          ...(previousSecretUntil
            ? ([["The secret before signs until", <Time at={previousSecretUntil} />]] as const)
            : []),
          ["Version", String(version)],
          ["Changed", <Time at={updatedAt ?? createdAt} />],
        ]}
      />
    </>
  );
}

function Actions({ c, path, config }: { c: Context<ConsoleEnv>; path: string; config: CallbackConfig }) {
  return (
    <div class="actions">
      <ButtonForm c={c} action={`${path}/test`} label="Test it now" />
      {config.suspendedAt === null ? (
        <ButtonForm c={c} action={`${path}/suspend`} label="Suspend" danger />
      ) : (
        <ButtonForm c={c} action={`${path}/resume`} label="Resume" />
      )}
      <a class="button quiet" href={`${path}/secret`}>
        New signing secret
      </a>
    </div>
  );
}

interface AttemptsProps {
  path: string;
  set: SetCallback;
  type: CallbackType;
  serviceId: string;
}

function Attempts({ path, set: { attempts, outcome, newest, older }, type, serviceId }: AttemptsProps) {
  return (
    <>
      <h2>Attempts</h2>
      <form method="get" action={path} class="filter">
        <Select
          label="How they ended"
          name="outcome"
          value={outcome}
          choices={[
            { value: "", label: "In any way" },
            ...[...attemptOutcomes, "final-failure"].map((value) => ({ value, label: value })),
          ]}
        />
        <button type="submit" class="quiet">
          Show
        </button>
      </form>
      <div data-live="attempts">
        <Table
          caption="Attempts, the newest first"
          columns={columnsOf(type, serviceId)}
          rows={attempts}
          empty="None in the last 7 days. Test it to see whether the receiver answers."
        />
      </div>
      <Paging newer={newest} older={older} />
    </>
  );
}

function columnsOf(type: CallbackType, serviceId: string): readonly Column<ListedAttempt>[] {
  return [
    { title: "When", cell: ({ at }) => <Time at={at} /> },
    { title: "Outcome", cell: ({ outcome }) => <Status status={outcome} /> },
    { title: "Answer", cell: ({ status, error }) => status ?? error ?? "–" },
    {
      title: "Told of",
      cell: ({ subjectId }) =>
        type === "delivery_status" ? (
          <a href={`/console/services/${serviceId}/notifications/${subjectId}`}>
            <code>{subjectId}</code>
          </a>
        ) : (
          <code>{subjectId}</code>
        ),
    },
    { title: "Attempt", cell: ({ attempt }) => attempt, isNumber: true },
    { title: "Took", cell: ({ durationMs }) => `${durationMs.toLocaleString("en-GB")} ms`, isNumber: true },
    {
      title: "More",
      cell: ({ detail, excerpt, address }) =>
        detail === null && excerpt === null ? (
          "–"
        ) : (
          <details>
            <summary>{detail ?? "What it answered"}</summary>
            {address === null ? null : <p class="hint">At {address}</p>}
            {excerpt === null ? null : <pre>{excerpt}</pre>}
          </details>
        ),
    },
  ];
}

interface ReceiverProps {
  c: Context<ConsoleEnv>;
  path: string;
  config: CallbackConfig | null;
  typed: Typed | undefined;
  faults: Faults | undefined;
}

function ReceiverForm({ c, path, config, typed, faults }: ReceiverProps) {
  return (
    <Form c={c} action={path}>
      <h2>{config ? "Change the receiver" : "Set the receiver"}</h2>
      <Field
        label="Address"
        name="url"
        type="url"
        value={typed?.url ?? config?.url}
        hint="Begins with https://"
        faults={faults}
      />
      <Field
        label="Bearer token"
        name="token"
        type="password"
        autocomplete="new-password"
        hint={
          config
            ? "It is never shown. Leave it empty to keep the one there is."
            : "At least 10 characters: each call brings it, so that the receiver knows who calls."
        }
        faults={faults}
      />
      <button type="submit">{config ? "Save" : "Set it"}</button>
    </Form>
  );
}
