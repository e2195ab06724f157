/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { Hono } from "hono";
import * as v from "valibot";
import { findTemplateObject, findVersionObject, templateTypes } from "../../../shared/template/admin.ts";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { limitForm, readForm } from "../read-form.ts";
import { drawPages, getTemplate, letterOf, listContacts, panelOf, type TemplateDeps } from "./context.ts";
import { looseDraft, placeholdersOf } from "./draft.ts";
import { editorPage } from "./editor.tsx";
import { answerEmailDocument } from "./email-document.ts";
import { Preview } from "./preview.tsx";
import { templatePage } from "./template-page.tsx";
import { ValueFields, valuesIn } from "./values.tsx";

const Asked = v.object({
  /** A part of a page for `preview.js`, a whole page, one with a letter's pages, or an email as a document. */
  as: v.picklist(["fragment", "page", "pages", "email"]),
  form: v.picklist(["new", "edit", "show"]),
  type: v.picklist(templateTypes),
  template: v.optional(v.pipe(v.string(), v.transform(parseUuid))),
  folder: v.optional(v.pipe(v.string(), v.transform(parseUuid))),
});

/** What a message will look like, while it is written or filled in. Nothing is stored. */
export function previewPages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/templates";

  pages.post(`${at}/preview`, limitForm, async (c) => {
    const form = await readForm(c, Asked);
    if (!form.ok) throw new Fault(400, "This preview was asked for in a way that the console does not know");
    const { typed } = form;
    const { as, form: shown, template: id, folder = null } = form.value;
    const serviceId = c.var.service.id;
    const template = id ? await deps.ask((sql) => findTemplateObject(sql, serviceId, id)) : null;
    if (shown !== "new" && (!template || template.hidden)) throw notThere();
    const type = template?.type ?? form.value.type;
    const draft = shown === "show" && template ? template : looseDraft(type, typed);
    const values = valuesIn(typed);
    const isPage = as === "page" || as === "pages";
    if (isPage && shown !== "show" && c.var.role === "viewer") throw notThere();
    if (as === "email") return answerEmailDocument(draft, values);
    const panel = await panelOf(c, deps, { draft, values, frame: null });
    if (as === "fragment") {
      return c.html(
        <div>
          <ValueFields placeholders={placeholdersOf(draft, panel.contactBlock)} values={values} />
          <Preview {...panel} />
        </div>,
      );
    }
    const letter = letterOf(draft, panel.contactBlock, values);
    const drawn =
      as === "pages" && type === "letter" ? await drawPages(serviceId, letter, deps, c.req.raw.signal) : null;
    if (shown === "show" && template) {
      return await templatePage(c, deps, template, { panel: { ...panel, drawn } });
    }
    const contacts = await listContacts(c, deps, type);
    const version = Number(typed.version) || 0;
    return await editorPage(c, {
      type,
      // The version that somebody began from, so that no other's change is lost.
      template: template && { id: template.id, name: template.name, version },
      folderId: folder,
      typed,
      contacts,
      panel: { ...panel, drawn },
    });
  });

  pages.get(`${at}/:template/email.html`, async (c) => {
    const template = await getTemplate(c, deps);
    if (template.type !== "email") throw notThere();
    const version = Number(c.req.query("version") ?? template.version);
    if (!Number.isInteger(version) || version < 1 || version > 2 ** 31 - 1) throw notThere();
    const asked = await deps.ask((sql) => findVersionObject(sql, c.var.service.id, template.id, version));
    if (!asked) throw notThere();
    return answerEmailDocument(asked, new Map());
  });
  return pages;
}
