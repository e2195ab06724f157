import { type Context, Hono } from "hono";
import * as v from "valibot";
import {
  addSender,
  archiveSender,
  changeSender,
  findSender,
  listSenders,
  type SenderKind,
  type SenderObject,
} from "../../../shared/service/senders.ts";
import type { ApiDeps } from "../../deps.ts";
import { assertMayBecome, settled, settledRemoval } from "../../internal/senders/routes.ts";
import { parseUuid } from "../../uuid.ts";
import { audited, type Deed } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { faultsBy } from "../refusals.ts";
import { wireOf } from "./kinds.ts";
import { senderPage, sendersPage } from "./pages.tsx";

type SenderDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "forgetService">;

/** What texts come from, where emails are answered to, whom letters are from. */
export function senderPages(deps: SenderDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/senders";
  const rootOf = (c: Context<ConsoleEnv>) => `/console/services/${c.var.service.id}/senders`;

  const show = async (c: Context<ConsoleEnv>, adding: Parameters<typeof sendersPage>[2] = null) => {
    const { id } = c.var.service;
    const [sms, email, letter] = await deps.ask((sql) =>
      Promise.all([
        listSenders(sql, "sms", id),
        listSenders(sql, "email", id),
        listSenders(sql, "letter", id),
      ]),
    );
    return await sendersPage(c, { sms, email, letter }, adding);
  };
  const getSender = async (c: Context<ConsoleEnv>, kind: SenderKind): Promise<SenderObject> => {
    const id = parseUuid(c.req.param("sender") ?? "");
    const key = id && { serviceId: c.var.service.id, id };
    const sender = key && (await deps.ask((sql) => findSender(sql, kind, key)));
    if (!sender) throw notThere();
    return sender;
  };

  pages.get(at, (c) => show(c));

  pages.post(`${at}/:kind`, limitForm, async (c) => {
    const wire = wireOf(c.req.param("kind"));
    const { kind } = wire;
    const { typed } = await readForm(c, v.object({}));
    const [value, isDefault] = [senderIn(kind, typed[`${kind}_value`]), typed[`${kind}_default`] === "yes"];
    const names = { [wire.field]: `${kind}_value` };
    const fault = faultsBy(() => wire.check(value), names);
    if (fault) return await show(c, { kind, typed, faults: fault });
    const serviceId = c.var.service.id;
    const id = deps.newId();
    const deed: Deed = { action: "sender.add", subject: `${kind} sender ${id}` };
    return await audited(c, deps, deed, async () => {
      const asked = { serviceId, id, value, isDefault, at: deps.now() };
      const added = await deps.ask((sql) => addSender(sql, kind, asked));
      if (added === "no-service") throw notThere();
      const faults = faultsBy(() => settled(added, wire, serviceId, value), names);
      if (faults) return { value: await show(c, { kind, typed, faults }), refused: true };
      deps.forgetService(serviceId);
      return { value: redirectWith(c, rootOf(c), "Added the sender"), after: { isDefault } };
    });
  });

  pages.get(`${at}/:kind/:sender`, async (c) => {
    if (c.var.role === "viewer") throw notThere();
    const { kind } = wireOf(c.req.param("kind"));
    return await senderPage(c, kind, await getSender(c, kind));
  });

  pages.post(`${at}/:kind/:sender`, limitForm, async (c) => {
    const wire = wireOf(c.req.param("kind"));
    const { kind } = wire;
    const { typed } = await readForm(c, v.object({}));
    const was = await getSender(c, kind);
    const [value, isDefault] = [senderIn(kind, typed.value), typed.default === "yes"];
    const names = { [wire.field]: "value" };
    const fault = faultsBy(() => assertMayBecome(wire, was, value), names);
    if (fault) return await senderPage(c, kind, was, { typed, faults: fault });
    const serviceId = c.var.service.id;
    const { id } = was;
    const before = { isDefault: was.isDefault };
    const deed: Deed = { action: "sender.change", subject: `${kind} sender ${id}`, before };
    return await audited(c, deps, deed, async () => {
      const asked = { serviceId, id, value, isDefault, at: deps.now() };
      const changed = await deps.ask((sql) => changeSender(sql, kind, asked));
      if (changed === null) throw notThere();
      const faults = faultsBy(() => settled(changed, wire, serviceId, value), names);
      if (faults) return { value: await senderPage(c, kind, was, { typed, faults }), refused: true };
      deps.forgetService(serviceId);
      const after = { isDefault, valueChanged: was.value !== value };
      return { value: redirectWith(c, rootOf(c), "Saved the sender"), after };
    });
  });

  pages.post(`${at}/:kind/:sender/remove`, limitForm, async (c) => {
    const wire = wireOf(c.req.param("kind"));
    const { kind } = wire;
    const { typed } = await readForm(c, v.object({}));
    const was = await getSender(c, kind);
    if (typed.confirm !== "yes") {
      return await senderPage(c, kind, was, { faults: { confirm: "Tick that it is to be removed" } });
    }
    const serviceId = c.var.service.id;
    const { id } = was;
    const before = { isDefault: was.isDefault };
    const deed: Deed = { action: "sender.remove", subject: `${kind} sender ${id}`, before };
    return await audited(c, deps, deed, async () => {
      const removed = await deps.ask((sql) => archiveSender(sql, kind, { serviceId, id, at: deps.now() }));
      if (removed === null) throw notThere();
      const faults = faultsBy(() => settledRemoval(removed, wire));
      if (faults) return { value: await senderPage(c, kind, was, { faults }), refused: true };
      deps.forgetService(serviceId);
      return { value: redirectWith(c, rootOf(c), "Removed the sender"), after: { archived: true } };
    });
  });
  return pages;
}

/** The lines of a block stay as they are; around what is one line nobody means spaces. */
function senderIn(kind: SenderKind, typed = ""): string {
  return kind === "letter" ? typed : typed.trim();
}
