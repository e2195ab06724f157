/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { isOwnAlert } from "../../../shared/broadcast/approval.ts";
import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import { mayCreate } from "../../../shared/broadcast/standing.ts";
import { isEditable, mayBecome } from "../../../shared/broadcast/status.ts";
import type { ConsoleEnv } from "../env.ts";
import { ButtonForm, Choices, type Faults, Form } from "../form.tsx";
import { alertsPath } from "./deps.ts";
import { type MoveName, moves } from "./moves.ts";
import { mayMove, standingOf } from "./rights.ts";

interface Props {
  c: Context<ConsoleEnv>;
  alert: Broadcast;
  at: Date;
  faults: Faults | undefined;
}

/** What the person who looks may do with an alert as it stands. */
export function MoveForms({ c, alert, at, faults }: Props) {
  const standing = standingOf(c);
  const path = alertsPath(c, `/${alert.id}`);
  const fields = { version: String(alert.version) };
  const can = (name: MoveName) =>
    mayBecome(alert.status, moves[name].to) && mayMove(standing, moves[name].to);
  // In training people may approve their own.
  const isOwn = !c.var.service.restricted && isOwnAlert(alert, standing.userId);
  return (
    <>
      {can("approve") && isOwn ? (
        <p class="notice">You wrote this alert or handed it in: somebody else must approve it.</p>
      ) : null}
      {can("approve") && !isOwn ? <Approve c={c} path={path} alert={alert} at={at} faults={faults} /> : null}
      {can("cancel") ? <Cancel c={c} path={path} alert={alert} faults={faults} /> : null}
      <div class="actions">
        {can("submit") && mayCreate(standing) ? (
          <ButtonForm c={c} action={`${path}/submit`} label="Hand it in for approval" fields={fields} />
        ) : null}
        {isEditable(alert.status) && mayCreate(standing) ? (
          <a class="button quiet" href={`${path}/edit`}>
            Change where and how long
          </a>
        ) : null}
        {can("withdraw") && alert.status !== "draft" ? (
          <ButtonForm c={c} action={`${path}/withdraw`} label="Make it a draft again" fields={fields} />
        ) : null}
        {can("reject") ? (
          <ButtonForm c={c} action={`${path}/reject`} label="Reject it" fields={fields} danger />
        ) : null}
        {mayCreate(standing) ? (
          <a class="button quiet" href={alertsPath(c, `/new?from=${alert.id}`)}>
            Copy it to a new alert
          </a>
        ) : null}
      </div>
    </>
  );
}

function Approve({ c, path, alert, at, faults }: Props & { path: string }) {
  return (
    <section class="warning">
      <h2>Approve it</h2>
      <p>
        {alert.stubbed
          ? "It was written in training: it is approved as any other, and no phone shows it."
          : `Phones in this area show it from now on${forHowLong(alert, at)}. They cannot be made to forget it.`}
      </p>
      <Form c={c} action={`${path}/approve`}>
        <input type="hidden" name="version" value={String(alert.version)} />
        <Choices
          legend="Sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: "I have read it, and it is to go out to this area now" }]}
          faults={faults}
        />
        <button type="submit">Approve and send</button>
      </Form>
    </section>
  );
}

function Cancel({ c, path, alert, faults }: Omit<Props, "at"> & { path: string }) {
  return (
    <details open={faults !== undefined}>
      <summary>Call it off</summary>
      <Form c={c} action={`${path}/cancel`}>
        <input type="hidden" name="version" value={String(alert.version)} />
        <Choices
          legend="Sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: "It is to end now, on every network" }]}
          faults={faults}
        />
        <button type="submit" class="danger">
          Cancel the alert
        </button>
      </Form>
    </details>
  );
}

function forHowLong({ finishesAt }: Broadcast, at: Date): string {
  if (finishesAt === null) return "";
  const minutes = Math.max(0, Math.round((finishesAt.getTime() - at.getTime()) / 60_000));
  const hours = Math.floor(minutes / 60);
  return `, for ${hours} ${hours === 1 ? "hour" : "hours"} and ${minutes % 60} minutes`;
}
