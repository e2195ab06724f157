import type { Db, Pool } from "../database.ts";
import { findTemplateObject, type TemplateObject } from "./admin.ts";

/** What a person may change of a template, each change a version. */
export type TemplateText = Pick<
  TemplateObject,
  | "name"
  | "content"
  | "subject"
  | "archived"
  | "postage"
  | "contactId"
  | "letterLanguages"
  | "letterWelshSubject"
  | "letterWelshContent"
  | "hasUnsubscribeLink"
>;

export interface AskedTemplate extends Omit<TemplateText, "archived"> {
  id: string;
  serviceId: string;
  type: TemplateObject["type"];
  createdById: string;
  folderId: string | null;
  at: Date;
}

/** `no-user`: no such person. `no-folder`, `no-contact`: the service has none of that id. */
export type Missing = "no-user" | "no-folder" | "no-contact";

/** Makes a template, within its folder. The service must exist. */
export async function createAskedTemplate(
  sql: Pool,
  asked: AskedTemplate,
): Promise<TemplateObject | Missing> {
  const { id, serviceId, folderId } = asked;
  return await sql.begin(async (tx) => {
    if (!(await isUser(tx, asked.createdById))) return "no-user";
    if (!(await isContact(tx, serviceId, asked.contactId))) return "no-contact";
    if (folderId !== null && !(await holdsFolder(tx, serviceId, folderId))) return "no-folder";
    await tx`
      insert into templates (id, service_id, name, template_type, content, subject, postage, has_unsubscribe_link,
        service_letter_contact_id, letter_languages, letter_welsh_subject, letter_welsh_content, created_by_id,
        created_at)
      values (${id}, ${serviceId}, ${asked.name}, ${asked.type}, ${asked.content}, ${asked.subject}, ${asked.postage},
        ${asked.hasUnsubscribeLink}, ${asked.contactId}, ${asked.letterLanguages}, ${asked.letterWelshSubject},
        ${asked.letterWelshContent}, ${asked.createdById}, ${asked.at})`;
    if (folderId !== null) {
      await tx`
        insert into template_folder_map (template_id, service_id, template_folder_id)
        values (${id}, ${serviceId}, ${folderId})`;
    }
    return (await findTemplateObject(tx, serviceId, id)) ?? "no-folder";
  });
}

export interface TemplateChange {
  serviceId: string;
  id: string;
  /** Null: nobody says so; the version keeps the name of who wrote the one before. */
  createdById: string | null;
  at: Date;
  /** What the template becomes. Throws to refuse. */
  decide(template: TemplateObject): TemplateText;
}

/**
 * Stores the next version, unless it would say the same; a deleted template leaves its folder. Null where the service
 * has no such template.
 */
export async function changeAskedTemplate(
  sql: Pool,
  { serviceId, id, createdById, at, decide }: TemplateChange,
): Promise<TemplateObject | Missing | null> {
  return await sql.begin(async (tx) => {
    await tx`select from templates where id = ${id} and service_id = ${serviceId} for no key update`;
    const template = await findTemplateObject(tx, serviceId, id);
    if (!template) return null;
    const next = decide(template);
    if (isSame(template, next)) return template;
    if (createdById !== null && !(await isUser(tx, createdById))) return "no-user";
    if (!(await isContact(tx, serviceId, next.contactId))) return "no-contact";
    await tx`
      update templates set name = ${next.name}, content = ${next.content}, subject = ${next.subject},
        archived = ${next.archived}, postage = ${next.postage}, has_unsubscribe_link = ${next.hasUnsubscribeLink},
        service_letter_contact_id = ${next.contactId}, letter_languages = ${next.letterLanguages},
        letter_welsh_subject = ${next.letterWelshSubject}, letter_welsh_content = ${next.letterWelshContent},
        created_by_id = coalesce(${createdById}, created_by_id), version = version + 1, updated_at = ${at}
      where id = ${id} and version = ${template.version}`;
    if (next.archived) await tx`delete from template_folder_map where template_id = ${id}`;
    return await findTemplateObject(tx, serviceId, id);
  });
}

function isSame(template: TemplateObject, next: TemplateText): boolean {
  return (
    template.name === next.name &&
    template.content === next.content &&
    template.subject === next.subject &&
    template.archived === next.archived &&
    template.postage === next.postage &&
    template.contactId === next.contactId &&
    template.letterLanguages === next.letterLanguages &&
    template.letterWelshSubject === next.letterWelshSubject &&
    template.letterWelshContent === next.letterWelshContent &&
    template.hasUnsubscribeLink === next.hasUnsubscribeLink
  );
}

/** Held until the end, so that nobody deletes it meanwhile. */
async function holdsFolder(tx: Db, serviceId: string, id: string): Promise<boolean> {
  const found = await tx`
    select from template_folder where id = ${id} and service_id = ${serviceId} for key share`;
  return found.length === 1;
}

async function isUser(tx: Db, id: string): Promise<boolean> {
  return (await tx`select from users where id = ${id}`).length === 1;
}

async function isContact(tx: Db, serviceId: string, id: string | null): Promise<boolean> {
  if (id === null) return true;
  const found = await tx`
    select from service_letter_contacts where id = ${id} and service_id = ${serviceId} and not archived`;
  return found.length === 1;
}
