/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { type Replayed, replayOne } from "../../../shared/notification/replay-one.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";
import { londonTime } from "../../../shared/time/london.ts";
import type { ApiDeps } from "../../deps.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { Choices } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { askFirst } from "./confirm.tsx";
import { type Deed, deedsOf, toldTypes } from "./may.ts";
import { idOf, type OpenDeps, openNotification } from "./open.ts";
import { pathOf } from "./words.ts";

export type DeedDeps = OpenDeps &
  Pick<ApiDeps, "findTimeline" | "now" | "newId" | "letters" | "callbackAttempts" | "log">;

/** The message of the path with what became of it, where this may be done with it. Throws where it may not. */
export async function getFor(c: Context<ConsoleEnv>, deps: DeedDeps, deed: Deed) {
  const [id, serviceId] = [idOf(c), c.var.service.id];
  const [opened, timeline] = await Promise.all([
    openNotification(deps, serviceId, id),
    deps.findTimeline(id),
  ]);
  if (!opened || !timeline || c.var.role === "viewer") throw notThere();
  if (!deedsOf(c, opened, timeline).includes(deed)) {
    throw new Fault(409, `This cannot be done with a message that is ${opened.facts.status}`);
  }
  return { id, serviceId, opened, timeline, path: pathOf({ id, serviceId }) };
}

/** Having a message's delivery queued again, its service told again, and a letter cancelled. */
export function deedPages(deps: DeedDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const one = "/services/:service/notifications/:id";

  const askReplay = (c: Context<ConsoleEnv>, id: string, fault: string | null) =>
    askFirst(c, {
      id,
      deed: "replay",
      title: "Queue its delivery again",
      explained: (
        <p>
          A message that is <code>created</code> waits in a queue. Should its job be lost, this makes another.
          Where it has one, nothing is done: it is not sent twice.
        </p>
      ),
      button: "Queue it",
      fault,
    });
  pages.get(`${one}/replay`, async (c) => askReplay(c, (await getFor(c, deps, "replay")).id, null));
  pages.post(`${one}/replay`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { id, serviceId, path } = await getFor(c, deps, "replay");
    return await audited(
      c,
      deps,
      { action: "notification.replay", subject: `notification ${id}` },
      async () => {
        const replayed = await deps.ask((sql) => replayOne(sql, { id, serviceId }));
        if (replayed.outcome === "queued") {
          return { value: redirectWith(c, path, "Queued"), after: { queue: replayed.queue } };
        }
        return { value: await askReplay(c, id, whyNot(replayed)), refused: true };
      },
    );
  });

  const askCallback = (c: Context<ConsoleEnv>, id: string, types: readonly string[], fault: string | null) =>
    askFirst(c, {
      id,
      deed: "callback",
      title: "Tell the service again",
      explained: <p>The service’s server gets what it was told once more, word for word.</p>,
      choices: (
        <Choices
          legend="Of what"
          name="type"
          type="radio"
          values={types.slice(0, 1)}
          choices={types.map((type) => ({ value: type, label: type }))}
        />
      ),
      button: "Tell it again",
      fault,
    });
  pages.get(`${one}/callback`, async (c) => {
    const { id, timeline } = await getFor(c, deps, "callback");
    return await askCallback(c, id, toldTypes(timeline), null);
  });
  pages.post(`${one}/callback`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ type: v.picklist(callbackTypes, "Choose of what") }));
    const { id, serviceId, timeline, path } = await getFor(c, deps, "callback");
    if (!form.ok) return await askCallback(c, id, toldTypes(timeline), "Choose of what");
    const { type } = form.value;
    return await audited(c, deps, { action: "callback.replay", subject: `notification ${id}` }, async () => {
      const made = { id: deps.newId(), at: deps.now() };
      const started = await deps.callbackAttempts.startReplay({ serviceId, type, subjectId: id }, made);
      if (started.ok)
        return {
          value: redirectWith(c, path, "The service is told again"),
          after: { type, replay: made.id },
        };
      return { value: await askCallback(c, id, toldTypes(timeline), started.fault), refused: true };
    });
  });

  const askCancel = (c: Context<ConsoleEnv>, id: string, fault: string | null) =>
    askFirst(c, {
      id,
      deed: "cancel",
      title: "Cancel this letter",
      explained: <p>It is not printed and costs nothing. A cancelled letter cannot be brought back.</p>,
      button: "Cancel the letter",
      isDanger: true,
      fault,
    });
  pages.get(`${one}/cancel`, async (c) => askCancel(c, (await getFor(c, deps, "cancel")).id, null));
  pages.post(`${one}/cancel`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { id, serviceId, path } = await getFor(c, deps, "cancel");
    return await audited(c, deps, { action: "letter.cancel", subject: `notification ${id}` }, async () => {
      const cancelled = await deps.letters.cancel({ serviceId, id, at: deps.now() });
      if (cancelled.outcome === "none") throw notThere();
      if (cancelled.outcome === "refused") {
        return { value: await askCancel(c, id, cancelled.message), refused: true };
      }
      deps.log.info({ notificationId: id, serviceId }, "Letter cancelled");
      return { value: redirectWith(c, path, "Cancelled the letter"), after: { status: "cancelled" } };
    });
  });
  return pages;
}

function whyNot(replayed: Exclude<Replayed, { outcome: "queued" }>): string {
  switch (replayed.outcome) {
    case "none":
      return "It is not kept any more";
    case "refused":
      return `This cannot be queued: ${replayed.reason}`;
    case "waiting":
      return `It has a job in ${replayed.job.queue}, due ${londonTime(replayed.job.dueAt)}: that will bring it on`;
  }
}
