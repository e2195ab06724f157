/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { mayCreate } from "../../../shared/broadcast/standing.ts";
import { isEditable } from "../../../shared/broadcast/status.ts";
import { listAlertLines } from "../../../shared/overview/broadcasts.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { AlertPreview } from "../templates/preview.tsx";
import { deedsOf } from "./deeds.ts";
import { alertsPath, type BroadcastPageDeps, getAlert } from "./deps.ts";
import { AlertPlace, areasOf, NewAlert, timesOf, typedOf } from "./draft-form.ts";
import { editAlertPage } from "./edit-page.tsx";
import { newAlertPage } from "./new-page.tsx";
import { standingOf } from "./rights.ts";
import { inWords } from "./words.tsx";

const mostEarlier = 30;
const at = "/services/:service/broadcasts";

/** Alerts as people write and change them. Neither reaches a phone. */
export function writePages(deps: BroadcastPageDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const { broadcasts, ask, now, newId } = deps;

  const showNew = async (c: Context<ConsoleEnv>, typed: Typed, faults?: Faults) => {
    const query = { serviceId: c.var.service.id, status: null, after: null, limit: mostEarlier };
    const earlier = await ask((sql) => listAlertLines(sql, query));
    return await newAlertPage(c, { typed, faults, earlier });
  };

  pages.get(`${at}/new`, async (c) => {
    if (!mayCreate(standingOf(c))) throw notThere();
    const id = parseUuid(c.req.query("from") ?? "");
    const from = id === null ? null : await broadcasts.find(c.var.service.id, id);
    return await showNew(c, from ? typedOf(from) : {});
  });

  pages.post(`${at}/preview`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ content: v.optional(v.string(), "") }));
    const content = form.ok ? form.value.content : "";
    return c.html(
      <div>
        <AlertPreview draft={{ content }} values={new Map()} />
      </div>,
    );
  });

  pages.post(`${at}/new`, limitForm, async (c) => {
    if (!mayCreate(standingOf(c))) throw notThere();
    const form = await readForm(c, NewAlert);
    if (form.typed.do === "look") return await showNew(c, form.typed);
    if (!form.ok) return await showNew(c, form.typed, form.faults);
    const { reference, content } = form.value;
    const userId = c.var.user.id;
    const id = newId();
    const deed = { action: "broadcast.create", subject: `broadcast ${id}` };
    const composed = await audited(c, deps, deed, async () => {
      return deedsOf(
        await broadcasts.compose({
          id,
          serviceId: c.var.service.id,
          userId,
          words: { content, reference },
          areas: areasOf(form.value),
          ...timesOf(form.value, now()),
          at: now(),
        }),
      );
    });
    if (composed.outcome === "unknown") throw notThere();
    if (composed.outcome === "refused") {
      return await showNew(c, form.typed, { "": inWords(composed.message, { userId, id }) });
    }
    return redirectWith(c, alertsPath(c, `/${id}`), "Saved the draft: hand it in when it is right");
  });

  const getEditable = async (c: Context<ConsoleEnv>) => {
    const alert = await getAlert(c, deps);
    if (!mayCreate(standingOf(c)) || !isEditable(alert.status)) throw notThere();
    return alert;
  };

  pages.get(`${at}/:id/edit`, async (c) => {
    const alert = await getEditable(c);
    return await editAlertPage(c, alert, { typed: typedOf(alert) });
  });

  pages.post(`${at}/:id/edit`, limitForm, async (c) => {
    const alert = await getEditable(c);
    const form = await readForm(c, AlertPlace);
    const { typed } = form;
    if (typed.do === "look") return await editAlertPage(c, alert, { typed });
    if (!form.ok) return await editAlertPage(c, alert, { typed, faults: form.faults });
    const { id, serviceId, status, version } = alert;
    const deed = { action: "broadcast.change", subject: `broadcast ${id}`, before: { status, version } };
    const composed = await audited(c, deps, deed, async () => {
      const areas = areasOf(form.value);
      return deedsOf(
        await broadcasts.edit({
          serviceId,
          id,
          areas,
          ...timesOf(form.value, now()),
          at: now(),
        }),
      );
    });
    if (composed.outcome === "unknown") throw notThere();
    if (composed.outcome === "refused") {
      const fault = inWords(composed.message, { userId: c.var.user.id, id });
      return await editAlertPage(c, alert, { typed, faults: { "": fault } });
    }
    return redirectWith(c, alertsPath(c, `/${id}`), "Saved where it is for and how long");
  });
  return pages;
}
