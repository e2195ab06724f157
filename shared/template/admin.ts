import type { Db } from "../database.ts";

export const templateTypes = ["sms", "email", "letter", "broadcast"] as const;
export type TemplateType = (typeof templateTypes)[number];

export const letterLanguages = ["english", "welsh_then_english"] as const;

/** One version of a template with all that operators' programs see of it (`spec/admin-api.md` 3). */
export interface TemplateObject {
  id: string;
  serviceId: string;
  name: string;
  type: TemplateType;
  content: string;
  /** Null for texts and alerts. */
  subject: string | null;
  version: number;
  archived: boolean;
  hidden: boolean;
  /** Null at the top. */
  folderId: string | null;
  /** Null for what is no letter; so are the other parts of letters. */
  postage: string | null;
  /** The block that says who a letter comes from, and what it says. */
  contactId: string | null;
  contactBlock: string | null;
  letterLanguages: (typeof letterLanguages)[number] | null;
  letterWelshSubject: string | null;
  letterWelshContent: string | null;
  hasUnsubscribeLink: boolean;
  /** Whether its messages hide what it was filled in with. */
  redacted: boolean;
  precompiled: boolean;
  /** Who wrote this version; null where no person did. */
  createdBy: { id: string; name: string; emailAddress: string } | null;
  createdAt: Date;
  updatedAt: Date | null;
}

/** The latest version, deleted and hidden templates too; null where the service has no such template. */
export async function findTemplateObject(
  db: Db,
  serviceId: string,
  id: string,
): Promise<TemplateObject | null> {
  const [template] = await db<TemplateObject[]>`
    ${selectVersions(db)} where t.id = ${id} and t.service_id = ${serviceId} and h.version = t.version`;
  return template ?? null;
}

/** Null where the service has no such template, or the template no such version. */
export async function findVersionObject(
  db: Db,
  serviceId: string,
  id: string,
  version: number,
): Promise<TemplateObject | null> {
  const [template] = await db<TemplateObject[]>`
    ${selectVersions(db)} where t.id = ${id} and t.service_id = ${serviceId} and h.version = ${version}`;
  return template ?? null;
}

/** Every version, the newest first. */
export async function listVersionObjects(db: Db, serviceId: string, id: string): Promise<TemplateObject[]> {
  return await db<TemplateObject[]>`
    ${selectVersions(db)} where t.id = ${id} and t.service_id = ${serviceId} order by h.version desc`;
}

export type TemplateSummary = Pick<TemplateObject, "id" | "name" | "type" | "folderId" | "precompiled">;

/** What a service can send with, by name. */
export async function listTemplateSummaries(db: Db, serviceId: string): Promise<TemplateSummary[]> {
  return await db<TemplateSummary[]>`
    select t.id, t.name, t.template_type as type, m.template_folder_id as "folderId", false as precompiled
    from templates t left join template_folder_map m on m.template_id = t.id
    where t.service_id = ${serviceId} and not t.archived and not t.hidden
    order by t.name, t.template_type, t.id`;
}

/** Folder and redaction are the template's, whatever the version. */
function selectVersions(db: Db) {
  return db`
    select h.id, h.service_id as "serviceId", h.name, h.template_type as type, h.content, h.subject, h.version,
      h.archived, h.hidden, h.postage, h.has_unsubscribe_link as "hasUnsubscribeLink",
      h.service_letter_contact_id as "contactId", c.contact_block as "contactBlock",
      h.letter_languages as "letterLanguages", h.letter_welsh_subject as "letterWelshSubject",
      h.letter_welsh_content as "letterWelshContent", h.created_at as "createdAt", h.updated_at as "updatedAt",
      m.template_folder_id as "folderId", r.template_id is not null as redacted,
      (h.hidden and h.template_type = 'letter' and h.name = 'Pre-compiled PDF') as precompiled,
      case when u.id is not null
        then json_build_object('id', u.id, 'name', u.name, 'emailAddress', u.email_address) end as "createdBy"
    from templates t
      join templates_history h on h.id = t.id
      left join service_letter_contacts c on c.id = h.service_letter_contact_id
      left join template_folder_map m on m.template_id = t.id
      left join template_redacted r on r.template_id = t.id
      left join users u on u.id = h.created_by_id`;
}
