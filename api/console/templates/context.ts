import type { Context } from "hono";
import { toBase64 } from "../../../shared/base64.ts";
import type { LetterPreview } from "../../../shared/letter/picture.ts";
import { findSender, listSenders, type SenderObject } from "../../../shared/service/senders.ts";
import type { Service } from "../../../shared/service/service.ts";
import { findTemplateObject, type TemplateObject } from "../../../shared/template/admin.ts";
import type { Personalisation } from "../../../shared/template/placeholders.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Draft } from "./draft.ts";
import type { DrawnPages, PanelProps } from "./panel.tsx";
import { idIn } from "./paths.ts";

export type TemplateDeps = Pick<
  ApiDeps,
  | "ask"
  | "now"
  | "newId"
  | "log"
  | "findService"
  | "findTemplate"
  | "forgetTemplate"
  | "letters"
  | "emailDomain"
>;

/** The service with what its messages show of it. */
export async function getService(c: Context<ConsoleEnv>, { findService }: TemplateDeps): Promise<Service> {
  const service = await findService(c.var.service.id);
  if (!service) throw notThere();
  return service;
}

/** The template of the path, a deleted one too, but none that we keep for ourselves. */
export async function getTemplate(
  c: Context<ConsoleEnv>,
  { ask }: Pick<TemplateDeps, "ask">,
): Promise<TemplateObject> {
  const id = idIn(c, "template");
  const template = await ask((sql) => findTemplateObject(sql, c.var.service.id, id));
  if (!template || template.hidden) throw notThere();
  return template;
}

/** What a draft is shown with. */
export async function panelOf(
  c: Context<ConsoleEnv>,
  deps: TemplateDeps,
  { draft, values, frame }: Pick<PanelProps, "draft" | "values" | "frame">,
): Promise<Omit<PanelProps, "root">> {
  const [service, contactBlock] = await Promise.all([getService(c, deps), findContactBlock(c, deps, draft)]);
  return { draft, values, frame, service, contactBlock, emailDomain: deps.emailDomain, drawn: null };
}

async function findContactBlock(
  c: Context<ConsoleEnv>,
  { ask }: TemplateDeps,
  { type, contactId }: Draft,
): Promise<string | null> {
  if (type !== "letter" || contactId === null) return null;
  const key = { serviceId: c.var.service.id, id: contactId };
  return (await ask((sql) => findSender(sql, "letter", key)))?.value ?? null;
}

export async function listContacts(
  c: Context<ConsoleEnv>,
  { ask }: TemplateDeps,
  type: Draft["type"],
): Promise<SenderObject[]> {
  return type === "letter" ? await ask((sql) => listSenders(sql, "letter", c.var.service.id)) : [];
}

export function letterOf(draft: Draft, contactBlock: string | null, values: Personalisation): LetterPreview {
  const { letterWelshSubject, letterWelshContent } = draft;
  const isWelsh = draft.letterLanguages === "welsh_then_english";
  return {
    english: { subject: draft.subject ?? "", content: draft.content },
    welsh: isWelsh ? { subject: letterWelshSubject ?? "", content: letterWelshContent ?? "" } : null,
    contactBlock,
    personalisation: Object.fromEntries(values),
  };
}

const mostPages = 10;

/** A letter's pages as PNG in Base64, or why there are none; `no-answer`: they are being drawn. */
export async function drawPages(
  serviceId: string,
  preview: LetterPreview,
  { letters }: Pick<TemplateDeps, "letters">,
  signal: AbortSignal,
): Promise<DrawnPages> {
  const first = await letters.previewPicture({ serviceId, preview, page: 1 }, signal);
  if (!("png" in first)) return { pages: [], fault: first.fault };
  const others = Array.from({ length: Math.min(first.pages, mostPages) - 1 }, (_, at) => at + 2);
  const rest = await Promise.all(
    others.map((page) => letters.previewPicture({ serviceId, preview, page }, signal)),
  );
  const pages = [first, ...rest].flatMap((picture) => ("png" in picture ? [toBase64(picture.png)] : []));
  return { pages, fault: null };
}
