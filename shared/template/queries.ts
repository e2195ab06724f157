import type { Db } from "../database.ts";
import type { SendableTemplate, StoredTemplate } from "../notification/notification.ts";

/** The latest version, deleted and hidden ones too; null where the service has no such template. */
export async function findTemplate(db: Db, serviceId: string, id: string): Promise<SendableTemplate | null> {
  const [row] = await db<SendableTemplate[]>`
    select ${columns(db)}, postage,
      (select c.contact_block from service_letter_contacts c where c.id = service_letter_contact_id) as "contactBlock"
    from templates where id = ${id} and service_id = ${serviceId}`;
  return row ?? null;
}

/** One version, for rendering what was sent. */
export async function findTemplateVersion(
  db: Db,
  id: string,
  version: number,
): Promise<StoredTemplate | null> {
  const [row] = await db<StoredTemplate[]>`
    select ${columns(db)} from templates_history where id = ${id} and version = ${version}`;
  return row ?? null;
}

function columns(db: Db) {
  return db`id, version, template_type as type, name, content, subject, archived, hidden,
    has_unsubscribe_link as "hasUnsubscribeLink"`;
}

export interface NewTemplate {
  serviceId: string;
  name: string;
  type: StoredTemplate["type"];
  content: string;
  /** Null for texts, and only for them. */
  subject: string | null;
  /** Only emails may have one. */
  hasUnsubscribeLink?: boolean;
}

/** Answers the new template's id. A letter is English alone, goes second class and names no sender. */
export async function createTemplate(db: Db, template: NewTemplate): Promise<string> {
  const { serviceId, name, type, content, subject, hasUnsubscribeLink = false } = template;
  const id = crypto.randomUUID();
  const letter =
    type === "letter" ? { postage: "second", languages: "english" } : { postage: null, languages: null };
  await db`
    insert into templates (id, service_id, name, template_type, content, subject, has_unsubscribe_link, postage,
      letter_languages)
    values (${id}, ${serviceId}, ${name}, ${type}, ${content}, ${subject}, ${hasUnsubscribeLink}, ${letter.postage},
      ${letter.languages})`;
  return id;
}

/** The latest version of any service's template, deleted and hidden ones too. */
export async function findTemplateById(
  db: Db,
  id: string,
): Promise<(StoredTemplate & { serviceId: string }) | null> {
  const [row] = await db<(StoredTemplate & { serviceId: string })[]>`
    select ${columns(db)}, service_id as "serviceId" from templates where id = ${id}`;
  return row ?? null;
}

/** Deleted and hidden ones too. */
export async function listTemplates(db: Db, serviceId: string): Promise<StoredTemplate[]> {
  return await db<StoredTemplate[]>`
    select ${columns(db)} from templates where service_id = ${serviceId} order by name, id`;
}

export type TemplateUpdate = Pick<
  StoredTemplate,
  "id" | "version" | "name" | "content" | "subject" | "hasUnsubscribeLink"
>;

/** Stores what follows `version`; false where another was stored meanwhile, or the template deleted. */
export async function updateTemplate(
  db: Db,
  { id, version, name, content, subject, hasUnsubscribeLink }: TemplateUpdate,
): Promise<boolean> {
  const rows = await db`
    update templates set name = ${name}, content = ${content}, subject = ${subject},
      has_unsubscribe_link = ${hasUnsubscribeLink}, version = version + 1, updated_at = now()
    where id = ${id} and version = ${version} and not archived
    returning id`;
  return rows.length === 1;
}

/** One version of a template with all that the API shows of it. */
export interface TemplateDetails extends SendableTemplate {
  /** The Welsh half of a letter in both languages. */
  welsh: { subject: string; content: string } | null;
  createdAt: Date;
  updatedAt: Date | null;
  /** The email address of the user who made it; null where no user did. */
  createdBy: string | null;
}

/** The version asked for, or the latest where null; deleted templates too, hidden ones and those of alerts never. */
export async function findTemplateDetails(
  db: Db,
  serviceId: string,
  id: string,
  version: number | null,
): Promise<TemplateDetails | null> {
  const [row] = await db<TemplateDetails[]>`
    ${selectDetails(db)}
    where t.id = ${id} and t.service_id = ${serviceId} and not t.hidden and not h.hidden
      and t.template_type <> 'broadcast'
      and h.version = ${version === null ? db`t.version` : version}`;
  return row ?? null;
}

/** The latest versions of what a service can send with, by name and then texts before emails before letters. */
export async function listSendableTemplates(
  db: Db,
  serviceId: string,
  type: StoredTemplate["type"] | null,
): Promise<TemplateDetails[]> {
  return await db<TemplateDetails[]>`
    ${selectDetails(db)}
    where t.service_id = ${serviceId} and h.version = t.version and not t.hidden and not t.archived
      and t.template_type <> 'broadcast'
      ${type === null ? db`` : db`and t.template_type = ${type}`}
    order by t.name, array_position(array['sms', 'email', 'letter'], t.template_type), t.id`;
}

function selectDetails(db: Db) {
  return db`
    select h.id, h.version, h.template_type as type, h.name, h.content, h.subject, h.archived, h.hidden,
      h.has_unsubscribe_link as "hasUnsubscribeLink", h.postage, c.contact_block as "contactBlock",
      case when h.letter_welsh_content is not null
        then json_build_object('subject', h.letter_welsh_subject, 'content', h.letter_welsh_content) end as welsh,
      h.created_at as "createdAt", h.updated_at as "updatedAt", u.email_address as "createdBy"
    from templates t
      join templates_history h on h.id = t.id
      left join service_letter_contacts c on c.id = h.service_letter_contact_id
      left join users u on u.id = h.created_by_id`;
}
