import { type Context, Hono } from "hono";
import * as v from "valibot";
import { cursorShape } from "../../../shared/callback/attempt-list.ts";
import { attemptOutcomes } from "../../../shared/callback/attempts.ts";
import { listStandings } from "../../../shared/callback/standing.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { withQuery } from "../listing.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { callbackActionPages } from "./action-routes.ts";
import { byWhom, type CallbackDeps, findConfig, getCallback, rootOf } from "./context.ts";
import { receiverForm } from "./forms.ts";
import { callbackListPages } from "./list-routes.ts";
import { secretPage } from "./secret-pages.tsx";
import { type SetCallback, typePage } from "./type-page.tsx";
import { typeIn } from "./types.ts";

const pageSize = 15;
const Outcome = v.picklist([...attemptOutcomes, "final-failure"]);
const Confirm = v.object({ confirm: v.optional(v.string()) });

/** Where a service is told of what happens, how that goes, and telling it again. */
export function callbackPages(deps: CallbackDeps): Hono<ConsoleEnv> {
  const { ask, callbacks, callbackAttempts, now } = deps;
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/callbacks";

  const show = async (
    c: Context<ConsoleEnv>,
    type: CallbackType,
    shown: { typed?: Typed; faults?: Faults } = {},
  ) => typePage(c, type, await readSet(c, type), shown);

  const readSet = async (c: Context<ConsoleEnv>, type: CallbackType): Promise<SetCallback | null> => {
    const serviceId = c.var.service.id;
    const asked = v.safeParse(Outcome, c.req.query("outcome"));
    const outcome = asked.success ? asked.output : null;
    const before = c.req.query("before") ?? "";
    const olderThan = cursorShape.test(before) ? before : null;
    const query = { serviceId, type, outcome, since: null, olderThan, limit: pageSize + 1 };
    const [config, standings, found] = await Promise.all([
      findConfig(c, deps, type),
      ask((sql) => listStandings(sql, serviceId, now())),
      callbackAttempts.list(query),
    ]);
    const standing = standings.find((one) => one.type === type);
    if (!config || !standing) return null;
    const attempts = found.slice(0, pageSize);
    const last = attempts.at(-1);
    return {
      config,
      standing,
      attempts,
      outcome: outcome ?? "",
      newest: olderThan === null ? null : withQuery(c, { before: null }),
      older: found.length > pageSize && last ? withQuery(c, { before: last.cursor }) : null,
    };
  };

  pages.route("/", callbackListPages(deps));
  pages.route("/", callbackActionPages(deps));

  pages.get(`${at}/:type`, async (c) => show(c, typeIn(c.req.param("type"))));

  pages.post(`${at}/:type`, limitForm, async (c) => {
    const type = typeIn(c.req.param("type"));
    const config = await findConfig(c, deps, type);
    const form = await readForm(c, receiverForm(callbacks, { token: config ? "optional" : "required" }));
    if (!form.ok) return await show(c, type, { typed: { url: form.typed.url ?? "" }, faults: form.faults });
    const { url, token } = form.value;
    const serviceId = c.var.service.id;
    const path = `${rootOf(c)}/${type}`;
    if (config === null) {
      const deed = { action: "callback.create", subject: `service ${serviceId}` };
      return await audited(c, deps, deed, async () => {
        const made = await callbacks.create({ serviceId, type, url, bearerToken: token }, byWhom(c, deps));
        if (made.outcome !== "created") {
          const faults = { "": "Somebody set this callback meanwhile: look at it before you change it" };
          return { value: await show(c, type, { faults }), refused: true };
        }
        const after = { type, id: made.config.id };
        return { value: await secretPage(c, { type, secret: made.signingSecret, until: null, path }), after };
      });
    }
    const change = {
      ...(url !== config.url && { url }),
      ...(token !== "" && { bearerToken: token }),
    };
    if (Object.keys(change).length === 0) return redirectWith(c, path, "Nothing was changed");
    const before = { version: config.version };
    const deed = { action: "callback.change", subject: `callback ${config.id} (${type})`, before };
    return await audited(c, deps, deed, async () => {
      const changed = await callbacks.update({ serviceId, id: config.id, type }, change, byWhom(c, deps));
      if (!changed) throw notThere();
      const after = { version: changed.version, changed: Object.keys(change) };
      return { value: redirectWith(c, path, "Saved the receiver"), after };
    });
  });

  pages.post(`${at}/:type/remove`, limitForm, async (c) => {
    const { typed } = await readForm(c, Confirm);
    const { type, key, subject } = await getCallback(c, deps);
    if (typed.confirm !== "yes") {
      return await show(c, type, { faults: { confirm: "Tick that the callback is to be removed" } });
    }
    return await audited(c, deps, { action: "callback.remove", subject }, async () => {
      if (!(await callbacks.remove(key, now()))) throw notThere();
      return { value: redirectWith(c, rootOf(c), "Removed the callback"), after: { removed: true } };
    });
  });
  return pages;
}
