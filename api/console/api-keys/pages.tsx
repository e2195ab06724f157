/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { ApiKeyObject } from "../../../shared/service/api-keys.ts";
import type { ListedKey } from "../../../shared/service/key-list.ts";
import type { KeyType } from "../../../shared/service/service.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { type Column, Status, Table, Time } from "../parts.tsx";

const kinds: Readonly<Record<KeyType, { name: string; what: string }>> = {
  normal: { name: "Live", what: "Live: sends to anyone, as far as the service may" },
  team: {
    name: "Team and guest list",
    what: "Team and guest list: sends to the service’s own people and guests",
  },
  test: { name: "Test", what: "Test: pretends to send, and nothing leaves" },
};

export async function keysPage(
  c: Context<ConsoleEnv>,
  keys: readonly ListedKey[],
  root: string,
  { typed = {}, faults }: { typed?: Typed; faults?: Faults },
): Promise<Response> {
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>API keys</h1>
      <p>
        Programs sign their requests with them. The service’s id, which some clients ask for:{" "}
        <code>{c.var.service.id}</code>
      </p>
      <Table
        caption="Keys, those that can be used first"
        columns={columnsAt(root, mayChange)}
        rows={keys}
        empty="No keys yet. A program needs one before it can send anything."
      />
      {mayChange ? (
        <Form c={c} action={root}>
          <h2>Make a key</h2>
          <Field
            label="Name"
            name="name"
            value={typed.name}
            hint="Which program has it, such as Booking system."
            faults={faults}
          />
          <Choices
            legend="What it is for"
            name="type"
            type="radio"
            values={[typed.type ?? ""]}
            choices={(["normal", "team", "test"] as const).map((value) => ({
              value,
              label: kinds[value].what,
            }))}
            faults={faults}
          />
          {c.var.service.restricted ? (
            <p class="hint">
              The service is in trial mode: until that ends, a live key sends to its own people and guests
              alone.
            </p>
          ) : null}
          <button type="submit">Make the key</button>
        </Form>
      ) : null}
    </>
  );
  return await answerConsole(c, {
    title: faults ? "Problem: API keys" : "API keys",
    body,
    status: faults ? 400 : 200,
    crumbs: [{ title: "API keys", path: null }],
  });
}

function columnsAt(root: string, mayChange: boolean): readonly Column<ListedKey>[] {
  return [
    { title: "Name", cell: ({ name }) => name },
    { title: "Kind", cell: ({ type }) => kinds[type].name },
    {
      title: "State",
      cell: ({ expiryDate }) =>
        expiryDate === null ? (
          <Status status="active" />
        ) : (
          <>
            <Status status="revoked" />
            <Time at={expiryDate} />
          </>
        ),
    },
    { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: "Made by", cell: ({ createdBy }) => createdBy ?? "–" },
    ...(mayChange
      ? [
          {
            title: "Change",
            cell: ({ id, name, expiryDate }: ListedKey) =>
              expiryDate === null ? <a href={`${root}/${id}/revoke`}>{`Revoke ${name}`}</a> : "–",
          },
        ]
      : []),
  ];
}

/** The only time that a key is shown. */
export async function secretPage(
  c: Context<ConsoleEnv>,
  { name, type, key }: { name: string; type: KeyType; key: string },
  root: string,
): Promise<Response> {
  const title = `The key ${name}`;
  const body = (
    <>
      <h1>{title}</h1>
      <p>
        Copy it now, and keep it as you keep passwords: it is not shown again, and whoever has it can send in
        the service’s name. Clients take it as it stands here.
      </p>
      <pre class="secret">{key}</pre>
      <p class="hint">{kinds[type].what}.</p>
      <p>
        <a href={root}>To all keys</a>
      </p>
    </>
  );
  return await answerConsole(c, { title, body, crumbs: crumbsOf(root, name) });
}

export async function revokePage(
  c: Context<ConsoleEnv>,
  { id, name, type }: Pick<ApiKeyObject, "id" | "name" | "type">,
  root: string,
  faults?: Faults,
): Promise<Response> {
  const title = `Revoke ${name}`;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p class="warning">
        Programs that use this key ({kinds[type].name.toLowerCase()}) are refused from now on. It cannot be
        used again.
      </p>
      <Form c={c} action={`${root}/${id}/revoke`}>
        <Choices
          legend="Are you sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: `Revoke ${name} for good` }]}
          faults={faults}
        />
        <div class="actions">
          <button type="submit" class="danger">
            Revoke the key
          </button>
          <a href={root}>Leave it as it is</a>
        </div>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: crumbsOf(root, name),
  });
}

function crumbsOf(root: string, name: string) {
  return [
    { title: "API keys", path: root },
    { title: name, path: null },
  ];
}
