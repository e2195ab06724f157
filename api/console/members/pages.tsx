/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Member } from "../../../shared/user/members.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm, Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { Facts, Status, Table } from "../parts.tsx";
import { memberPermissions, permissionLabels } from "./permissions.ts";

function pathOf(c: Context<ConsoleEnv>): string {
  return `/console/services/${c.var.service.id}/members`;
}

export async function membersPage(c: Context<ConsoleEnv>, members: readonly Member[]): Promise<Response> {
  const path = pathOf(c);
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <h1>Members</h1>
      {mayChange ? (
        <p class="actions">
          <a class="button" href={`${path}/new`}>
            Add a person
          </a>
        </p>
      ) : null}
      <Table
        caption="People of this service"
        columns={[
          {
            title: "Name",
            cell: ({ id, name }) => (mayChange ? <a href={`${path}/${id}`}>{name}</a> : name),
          },
          { title: "Email address", cell: ({ emailAddress }) => emailAddress },
          {
            title: "What they may do",
            cell: (member) => (
              <>
                {member.permissions.includes("manage_settings") ? <Status status="manager" /> : null}
                {member.state === "active" ? null : <Status status={member.state} />}
                {wordsFor(member)}
              </>
            ),
          },
        ]}
        rows={members}
        empty="Nobody yet. Operators see the service all the same."
      />
    </>
  );
  return await answerConsole(c, { title: "Members", body });
}

function wordsFor({ permissions }: Member): string {
  if (permissions.length === 0) return "See its pages";
  return memberPermissions
    .filter((permission) => permission !== "manage_settings" && permissions.includes(permission))
    .map((permission) => permissionLabels[permission])
    .join(", ");
}

export async function addPage(c: Context<ConsoleEnv>, typed: Typed, faults?: Faults): Promise<Response> {
  const title = "Add a person";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        Somebody who signs in already is added by their address; anybody else gets a password, shown once.
      </p>
      <Form c={c} action={`${pathOf(c)}/new`}>
        <Field label="Name" name="name" value={typed.name} faults={faults} />
        <Field label="Email address" name="email" type="email" value={typed.email} faults={faults} />
        <Choices
          legend="What they may do"
          name="role"
          type="radio"
          values={[typed.role ?? "viewer"]}
          choices={[
            { value: "viewer", label: "Look at everything here, and change nothing" },
            { value: "manager", label: "Change everything here: a manager" },
          ]}
          faults={faults}
        />
        <button type="submit">Add the person</button>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Members", path: pathOf(c) },
      { title, path: null },
    ],
  });
}

export async function memberPage(c: Context<ConsoleEnv>, member: Member, faults?: Faults): Promise<Response> {
  const path = `${pathOf(c)}/${member.id}`;
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{member.name}</h1>
      <Facts facts={[["Email address", member.emailAddress]]} />
      {mayChange ? (
        <>
          <Form c={c} action={path}>
            <Choices
              legend="What they may do"
              name="permissions"
              values={member.permissions}
              choices={memberPermissions.map((value) => ({ value, label: permissionLabels[value] }))}
            />
            <button type="submit">Save</button>
          </Form>
          <h2>Remove</h2>
          <p>They do not see this service any more. Their account stays.</p>
          <ButtonForm c={c} action={`${path}/remove`} label={`Remove ${member.name}`} danger />
        </>
      ) : (
        <p>{wordsFor(member)}</p>
      )}
    </>
  );
  return await answerConsole(c, {
    title: member.name,
    faults,
    body,
    crumbs: [
      { title: "Members", path: pathOf(c) },
      { title: member.name, path: null },
    ],
  });
}
