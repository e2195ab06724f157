import { type Context, Hono } from "hono";
import * as v from "valibot";
import { type TemplateType, templateTypes } from "../../../shared/template/admin.ts";
import { changeAskedTemplate, createAskedTemplate } from "../../../shared/template/admin-change.ts";
import { assertMayChange, assertText } from "../../internal/templates/rules.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { faultsBy } from "../refusals.ts";
import { getService, getTemplate, listContacts, panelOf, type TemplateDeps } from "./context.ts";
import { formOf, listFields, looseDraft, typedOf } from "./draft.ts";
import { type EditorState, editorPage } from "./editor.tsx";
import { rootOf } from "./paths.ts";

import { valuesIn } from "./values.tsx";

const Type = v.picklist(templateTypes);
const changedMeanwhile =
  "Somebody saved another version meanwhile: open the template in another tab, and put their words into yours";

/** Writing templates. */
export function editPages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/templates";

  const show = async (
    c: Context<ConsoleEnv>,
    state: Pick<EditorState, "type" | "template" | "folderId">,
    { typed, faults, frame = null }: { typed: Typed; faults?: Faults; frame?: string | null },
  ) => {
    const draft = looseDraft(state.type, typed);
    const panel = panelOf(c, deps, { draft, values: valuesIn(typed), frame });
    const contacts = listContacts(c, deps, state.type);
    return await editorPage(c, { ...state, typed, faults, contacts: await contacts, panel: await panel });
  };

  pages.get(`${at}/new`, async (c) => {
    managersOnly(c);
    const type = typeIn(c.req.query("type"));
    await mayHave(c, deps, type);
    const folderId = parseUuid(c.req.query("folder") ?? "");
    return await show(c, { type, template: null, folderId }, { typed: {} });
  });

  pages.post(`${at}/new`, limitForm, async (c) => {
    const type = typeIn(c.req.query("type"));
    const form = await readForm(c, formOf(type), { lists: listFields });
    const { typed } = form;
    const folderId = parseUuid(typed.folder ?? "");
    const state = { type, template: null, folderId };
    if (!form.ok) return await show(c, state, { typed, faults: form.faults });
    const id = deps.newId();
    const serviceId = c.var.service.id;
    const { permissions } = await getService(c, deps);
    const fault = faultsBy(() => {
      assertMayChange("Creating", type, permissions);
      assertText(type, { ...form.value, archived: false });
    }, fieldNames);
    if (fault) return await show(c, state, { typed, faults: fault });
    const deed = { action: "template.create", subject: `template ${id}` };
    return await audited(c, deps, deed, async () => {
      const asked = {
        ...form.value,
        id,
        serviceId,
        folderId,
        createdById: c.var.user.id,
        at: deps.now(),
      };
      const made = await deps.ask((sql) => createAskedTemplate(sql, asked));
      if (typeof made !== "string") {
        const after = { type, version: made.version };
        return { value: redirectWith(c, `${rootOf(c)}/${id}`, "Made the template"), after };
      }
      return { value: await show(c, state, { typed, faults: missing[made] }), refused: true };
    });
  });

  pages.get(`${at}/:template/edit`, async (c) => {
    managersOnly(c);
    const template = await getTemplate(c, deps);
    if (template.archived) throw notThere();
    const { type, id, version } = template;
    const frame = `${rootOf(c)}/${id}/email.html?version=${version}`;
    return await show(c, { type, template, folderId: null }, { typed: typedOf(template), frame });
  });

  pages.post(`${at}/:template/edit`, limitForm, async (c) => {
    const template = await getTemplate(c, deps);
    const { id, type, name } = template;
    const form = await readForm(c, formOf(type), { lists: listFields });
    const { typed } = form;
    const version = Number(typed.version) || 0;
    const state = { type, template: { id, name, version }, folderId: null };
    if (!form.ok) return await show(c, state, { typed, faults: form.faults });
    const serviceId = c.var.service.id;
    const { permissions } = await getService(c, deps);
    const deed = { action: "template.change", subject: `template ${id}`, before: { version } };
    return await audited(c, deps, deed, async () => {
      let faults: Faults | null = null;
      const change = {
        serviceId,
        id,
        createdById: c.var.user.id,
        at: deps.now(),
        decide: (was: typeof template) => {
          const text = { ...form.value, archived: false };
          faults =
            was.version !== version || was.archived
              ? { "": changedMeanwhile }
              : faultsBy(() => {
                  assertMayChange("Updating", type, permissions);
                  assertText(type, text);
                }, fieldNames);
          return faults ? was : text;
        },
      };
      const changed = await deps.ask((sql) => changeAskedTemplate(sql, change));
      if (changed === null) throw notThere();
      if (typeof changed === "string") faults = missing[changed];
      if (faults || typeof changed === "string") {
        return { value: await show(c, state, { typed, faults: faults ?? {} }), refused: true };
      }
      deps.forgetTemplate(serviceId, id);
      const said = changed.version === version ? "Nothing was changed" : `Saved version ${changed.version}`;
      return { value: redirectWith(c, `${rootOf(c)}/${id}`, said), after: { version: changed.version } };
    });
  });
  return pages;
}

/** What the rules of the internal API call by other names than the form. */
const fieldNames = { template_type: "", letter_languages: "languages", reply_to: "contact" };

const missing = {
  "no-user": { "": "You are not known any more: sign in again" },
  "no-folder": { "": "The folder is gone: begin again from the list" },
  "no-contact": { contact: "This contact block is gone: choose another" },
} as const satisfies Record<string, Faults>;

function managersOnly(c: Context<ConsoleEnv>): void {
  if (c.var.role === "viewer") throw notThere();
}

function typeIn(text: string | undefined): TemplateType {
  const type = v.safeParse(Type, text);
  if (!type.success) throw notThere();
  return type.output;
}

async function mayHave(c: Context<ConsoleEnv>, deps: TemplateDeps, type: TemplateType): Promise<void> {
  const { permissions } = await getService(c, deps);
  if (permissions.has(type)) return;
  throw new Fault(
    403,
    "This service may not send that kind of message: an operator can allow it in its settings",
  );
}
