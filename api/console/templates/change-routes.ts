import { type Context, Hono } from "hono";
import * as v from "valibot";
import type { TemplateObject } from "../../../shared/template/admin.ts";
import { changeAskedTemplate } from "../../../shared/template/admin-change.ts";
import { moveToFolder } from "../../../shared/template/folders.ts";
import { redactTemplate } from "../../../shared/template/redaction.ts";
import { findMobileNumber } from "../../../shared/user/mobile-number.ts";
import { sendAsPerson } from "../../internal/notifications/send-as-person.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { faultsOf } from "../refusals.ts";
import { getService, getTemplate, panelOf, type TemplateDeps } from "./context.ts";
import { rootOf } from "./paths.ts";
import { templatePage } from "./template-page.tsx";
import { valuesIn } from "./values.tsx";

/** What is done with a whole template. */
export function changePages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/templates/:template";
  const pathOf = (c: Context<ConsoleEnv>, { id }: TemplateObject) => `${rootOf(c)}/${id}`;

  pages.get(at, async (c) => templatePage(c, deps, await getTemplate(c, deps)));

  pages.post(`${at}/delete`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ confirm: v.optional(v.string()) }));
    const template = await getTemplate(c, deps);
    if (form.typed.confirm !== "yes") {
      const faults = { confirm: "Tick that the template is to be deleted" };
      return await templatePage(c, deps, template, { faults });
    }
    const { id, version } = template;
    const serviceId = c.var.service.id;
    const deed = { action: "template.delete", subject: `template ${id}`, before: { version } };
    return await audited(c, deps, deed, async () => {
      const change = {
        serviceId,
        id,
        createdById: c.var.user.id,
        at: deps.now(),
        decide: (was: TemplateObject) => ({ ...was, archived: true }),
      };
      const deleted = await deps.ask((sql) => changeAskedTemplate(sql, change));
      // A contact block that was taken away meanwhile is no reason to keep it, but cannot be stored anew.
      if (deleted === null || typeof deleted === "string") throw notThere();
      deps.forgetTemplate(serviceId, id);
      const after = { version: deleted.version, archived: true };
      return { value: redirectWith(c, rootOf(c), "Deleted the template"), after };
    });
  });

  pages.post(`${at}/redact`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ hide: v.optional(v.string()) }));
    const template = await getTemplate(c, deps);
    if (form.typed.hide !== "yes") {
      const faults = { hide: "Tick that what it is filled in with is to be hidden" };
      return await templatePage(c, deps, template, { faults });
    }
    const { id, redacted } = template;
    const deed = { action: "template.redact", subject: `template ${id}`, before: { redacted } };
    return await audited(c, deps, deed, async () => {
      const redact = { serviceId: c.var.service.id, id, userId: c.var.user.id, at: deps.now() };
      if ((await deps.ask((sql) => redactTemplate(sql, redact))) !== "redacted") throw notThere();
      deps.forgetTemplate(c.var.service.id, id);
      const said = "What it is filled in with is hidden from now on";
      return { value: redirectWith(c, pathOf(c, template), said), after: { redacted: true } };
    });
  });

  pages.post(`${at}/move`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ folder: v.string() }));
    const template = await getTemplate(c, deps);
    const targetId = parseUuid(form.typed.folder ?? "");
    const { id, folderId } = template;
    const deed = { action: "template.move", subject: `template ${id}`, before: { folderId } };
    return await audited(c, deps, deed, async () => {
      const serviceId = c.var.service.id;
      const move = { serviceId, targetId, templateIds: [id], folderIds: [], at: deps.now() };
      const fault = await deps.ask((sql) => moveToFolder(sql, move));
      if (fault === null) {
        const value = redirectWith(c, pathOf(c, template), "Moved the template");
        return { value, after: { folderId: targetId } };
      }
      const faults = { folder: "This folder is gone: choose another" };
      return { value: await templatePage(c, deps, template, { faults }), refused: true };
    });
  });

  pages.post(`${at}/test-send`, limitForm, async (c) => {
    const form = await readForm(c, v.object({}));
    const template = await getTemplate(c, deps);
    const values = valuesIn(form.typed);
    const panel = await panelOf(c, deps, {
      draft: template,
      values,
      frame: `${pathOf(c, template)}/email.html`,
    });
    const { user, service } = c.var;
    const to =
      template.type === "sms"
        ? await deps.ask((sql) => findMobileNumber(sql, user.id))
        : template.type === "email"
          ? user.emailAddress
          : null;
    if (to === null) {
      const faults = { "": "Nothing is known of a telephone of yours: ask an operator to add its number" };
      return await templatePage(c, deps, template, { panel, faults });
    }
    const deed = { action: "template.test", subject: `template ${template.id}` };
    return await audited(c, deps, deed, async () => {
      try {
        const id = deps.newId();
        await sendAsPerson(deps, await getService(c, deps), {
          id,
          templateId: template.id,
          to,
          given: Object.fromEntries(values),
          senderId: null,
          createdById: user.id,
          byOperator: user.isOperator,
        });
        const path = `/console/services/${service.id}/notifications/${id}`;
        return { value: redirectWith(c, path, "It is on its way to you"), after: { notificationId: id } };
      } catch (error) {
        const faults = faultsOf(error);
        return { value: await templatePage(c, deps, template, { panel, faults }), refused: true };
      }
    });
  });
  return pages;
}
