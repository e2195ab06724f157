import { type Context, Hono } from "hono";
import * as v from "valibot";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { alertPage } from "./alert-page.tsx";
import { deedsOf } from "./deeds.ts";
import { alertsPath, type BroadcastPageDeps, getAlert } from "./deps.ts";
import { durationMs } from "./draft-form.ts";
import { type MoveName, moves } from "./moves.ts";
import { mayMove, standingOf } from "./rights.ts";
import { inWords } from "./words.tsx";

const Version = v.pipe(
  v.string("Load the page again"),
  v.regex(/^\d{1,9}$/, "Load the page again"),
  v.transform(Number),
);

const forms = {
  submit: v.object({ version: Version }),
  withdraw: v.object({ version: Version }),
  reject: v.object({ version: Version }),
  approve: v.object({ version: Version, confirm: v.literal("yes", "Tick that it is to go out to phones") }),
  cancel: v.object({ version: Version, confirm: v.literal("yes", "Tick that it is to be called off") }),
};

/** POST …/broadcasts/:id/submit, withdraw, approve, reject and cancel. The rules are those of every way to do it. */
export function movePages(deps: BroadcastPageDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  for (const name of ["submit", "withdraw", "approve", "reject", "cancel"] as const) {
    pages.post(`/services/:service/broadcasts/:id/${name}`, limitForm, (c) => answerMove(c, deps, name));
  }
  return pages;
}

async function answerMove(
  c: Context<ConsoleEnv>,
  deps: BroadcastPageDeps,
  name: MoveName,
): Promise<Response> {
  const { broadcasts, now } = deps;
  const { to, done } = moves[name];
  const alert = await getAlert(c, deps);
  const standing = standingOf(c);
  if (!mayMove(standing, to)) throw notThere();
  const form = await readForm(c, forms[name]);
  if (!form.ok) return await alertPage(c, deps, alert, form.faults);
  const { id, serviceId, status, version } = alert;
  if (name === "submit" && form.value.version !== version) {
    return await alertPage(c, deps, alert, { "": "This alert has changed since you read it: read it again" });
  }
  const { userId } = standing;
  const deed = { action: `broadcast.${name}`, subject: `broadcast ${id}`, before: { status, version } };
  const changed = await audited(c, deps, deed, async () => {
    if (name === "submit") {
      // It is to last as long as its writer said, from when it may be approved.
      const finishesAt = new Date(now().getTime() + durationMs(alert));
      await broadcasts.edit({ serviceId, id, startsAt: now(), finishesAt, at: now() });
    }
    const versionRead = form.value.version;
    return deedsOf(await broadcasts.changeStatus({ serviceId, id, to, userId, versionRead, at: now() }));
  });
  switch (changed.outcome) {
    case "changed":
      return redirectWith(c, alertsPath(c, `/${id}`), done);
    case "unknown":
      throw notThere();
    case "suspended":
      return await alertPage(c, deps, alert, { "": "The service is suspended: nothing of it can change" });
    case "refused":
      return await alertPage(c, deps, await getAlert(c, deps), {
        "": inWords(changed.message, { userId, id }),
      });
  }
}
