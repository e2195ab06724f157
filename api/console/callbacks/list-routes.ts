import { type Context, Hono } from "hono";
import * as v from "valibot";
import { listStandings } from "../../../shared/callback/standing.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { type CallbackDeps, rootOf } from "./context.ts";
import { replayForm } from "./forms.ts";
import { callbacksPage } from "./list-page.tsx";

const replaysShown = 20;

/** All callbacks of a service, and what it was told again. */
export function callbackListPages(deps: CallbackDeps): Hono<ConsoleEnv> {
  const { ask, callbackAttempts, now, newId } = deps;
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/callbacks";

  const list = async (c: Context<ConsoleEnv>, shown: { typed?: Typed; faults?: Faults } = {}) => {
    const { id } = c.var.service;
    const [standings, replays] = await Promise.all([
      ask((sql) => listStandings(sql, id, now())),
      callbackAttempts.listReplays(id, replaysShown),
    ]);
    return await callbacksPage(c, { standings, replays, ...shown });
  };

  pages.get(at, (c) => list(c));

  pages.post(`${at}/replays`, limitForm, async (c) => {
    const form = await readForm(c, replayForm(now()));
    if (!form.ok) return await list(c, form);
    const { type, outcome, since } = form.value;
    const serviceId = c.var.service.id;
    const id = newId();
    return await audited(c, deps, { action: "callback.replay", subject: `replay ${id}` }, async () => {
      const request = { serviceId, type: type === "any" ? null : type, outcome, since };
      const started = await callbackAttempts.startReplay(request, { id, at: now() });
      if (started.ok) {
        const after = { type, outcome, since: since.toISOString() };
        return { value: redirectWith(c, rootOf(c), "It is being told again"), after };
      }
      return { value: await list(c, { typed: form.typed, faults: { "": started.fault } }), refused: true };
    });
  });

  pages.post(`${at}/replays/:replay/cancel`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const id = parseUuid(c.req.param("replay"));
    const serviceId = c.var.service.id;
    const replay = id === null ? null : await callbackAttempts.findReplay(serviceId, id);
    if (!replay) throw notThere();
    const deed = { action: "callback.cancel-replay", subject: `replay ${replay.id}` };
    return await audited(c, deps, deed, async () => {
      const cancelled = await callbackAttempts.cancelReplay({ serviceId, id: replay.id }, now());
      const said = cancelled ? "Stopped the replay" : "The replay had ended already";
      return { value: redirectWith(c, rootOf(c), said), refused: !cancelled };
    });
  });
  return pages;
}
