/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { SenderKind, SenderObject } from "../../../shared/service/senders.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, TextArea, type Typed } from "../form.tsx";
import { type Column, Status, Table } from "../parts.tsx";
import { kindWords, senderKinds } from "./kinds.ts";

export type AllSenders = Readonly<Record<SenderKind, readonly SenderObject[]>>;

function rootOf(c: Context<ConsoleEnv>): string {
  return `/console/services/${c.var.service.id}/senders`;
}

/** What was typed to add one, and what is wrong with it. */
interface Adding {
  kind: SenderKind;
  typed: Typed;
  faults: Faults;
}

export async function sendersPage(
  c: Context<ConsoleEnv>,
  senders: AllSenders,
  adding: Adding | null,
): Promise<Response> {
  const root = rootOf(c);
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <FaultSummary faults={adding?.faults} />
      <h1>Senders</h1>
      {senderKinds.map((kind) => {
        const words = kindWords[kind];
        const faults = adding?.kind === kind ? adding.faults : undefined;
        return (
          <>
            <h2>{words.title}</h2>
            <p class="hint">{words.what}</p>
            <Table
              caption={words.caption}
              columns={columnsAt(kind, `${root}/${kind}`, mayChange)}
              rows={senders[kind]}
              empty={words.empty}
            />
            {mayChange ? (
              <details open={faults !== undefined}>
                <summary>{words.button}</summary>
                <Form c={c} action={`${root}/${kind}`}>
                  <ValueField
                    kind={kind}
                    name={`${kind}_value`}
                    value={faults ? adding?.typed[`${kind}_value`] : ""}
                    faults={faults}
                  />
                  <DefaultChoice
                    name={`${kind}_default`}
                    isDefault={senders[kind].length === 0 && kind !== "letter"}
                  />
                  <button type="submit">{words.button}</button>
                </Form>
              </details>
            ) : null}
          </>
        );
      })}
    </>
  );
  return await answerConsole(c, {
    title: adding ? "Problem: Senders" : "Senders",
    body,
    status: adding ? 400 : 200,
    crumbs: [{ title: "Senders", path: null }],
  });
}

function columnsAt(kind: SenderKind, path: string, mayChange: boolean): readonly Column<SenderObject>[] {
  return [
    { title: kindWords[kind].label, cell: ({ value }) => <span class="lines">{value}</span> },
    {
      title: "State",
      cell: ({ isDefault, inboundNumberId }) => (
        <>
          {isDefault ? <Status status="default" /> : null}
          {inboundNumberId === null ? null : <Status status="receives texts" />}
        </>
      ),
    },
    { title: "Id", cell: ({ id }) => <code>{id}</code> },
    ...(mayChange
      ? [
          {
            title: "Change",
            cell: ({ id, value }: SenderObject) => (
              <a href={`${path}/${id}`}>{`Change ${value.trim().split("\n")[0] ?? ""}`}</a>
            ),
          },
        ]
      : []),
  ];
}

function ValueField({
  kind,
  ...rest
}: {
  kind: SenderKind;
  name: string;
  value: string | undefined;
  faults: Faults | undefined;
}) {
  const { label, hint } = kindWords[kind];
  if (kind === "letter") return <TextArea label={label} hint={hint} rows={6} {...rest} />;
  return <Field label={label} hint={hint} type={kind === "email" ? "email" : "text"} {...rest} />;
}

function DefaultChoice({ name, isDefault }: { name: string; isDefault: boolean }) {
  return (
    <Choices
      legend="Where no other is named"
      name={name}
      values={isDefault ? ["yes"] : []}
      choices={[{ value: "yes", label: "Use this one: the default" }]}
    />
  );
}

export async function senderPage(
  c: Context<ConsoleEnv>,
  kind: SenderKind,
  sender: SenderObject,
  { typed, faults }: { typed?: Typed; faults?: Faults } = {},
): Promise<Response> {
  const path = `${rootOf(c)}/${kind}/${sender.id}`;
  const title = `Change ${sender.value.trim().split("\n")[0] ?? ""}`;
  const isNumber = sender.inboundNumberId !== null;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Form c={c} action={path}>
        {isNumber ? (
          <>
            <p>{`${sender.value} receives texts: an operator can give the service another number.`}</p>
            <input type="hidden" name="value" value={sender.value} />
          </>
        ) : (
          <ValueField kind={kind} name="value" value={typed?.value ?? sender.value} faults={faults} />
        )}
        <DefaultChoice name="default" isDefault={typed ? typed.default !== undefined : sender.isDefault} />
        <button type="submit">Save</button>
      </Form>
      {isNumber || (sender.isDefault && kind !== "letter") ? (
        <p class="hint">
          {isNumber ? "It cannot be removed." : "To remove it, make another one the default."}
        </p>
      ) : (
        <Form c={c} action={`${path}/remove`}>
          <h2>Remove</h2>
          <p>
            Requests that name its id are refused from now on.
            {kind === "letter" ? " Templates that name it say from nobody." : ""}
          </p>
          <Choices
            legend="Are you sure?"
            name="confirm"
            values={[]}
            choices={[{ value: "yes", label: "Remove it" }]}
            faults={faults}
          />
          <button type="submit" class="danger">
            Remove
          </button>
        </Form>
      )}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Senders", path: rootOf(c) },
      { title: "Change", path: null },
    ],
  });
}
