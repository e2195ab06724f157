import type { Db } from "../database.ts";
import type { StoredTemplate } from "../notification/notification.ts";

/** The latest version, deleted and hidden ones too; null where the service has no such template. */
export async function findTemplate(db: Db, serviceId: string, id: string): Promise<StoredTemplate | null> {
  const [row] = await db<StoredTemplate[]>`
    select ${columns(db)} from templates where id = ${id} and service_id = ${serviceId}`;
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
}

/** Answers the new template's id. */
export async function createTemplate(db: Db, template: NewTemplate): Promise<string> {
  const { serviceId, name, type, content, subject } = template;
  const id = crypto.randomUUID();
  await db`
    insert into templates (id, service_id, name, template_type, content, subject)
    values (${id}, ${serviceId}, ${name}, ${type}, ${content}, ${subject})`;
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

/** Stores what follows `version`; false where another was stored meanwhile, or the template deleted. */
export async function updateTemplate(
  db: Db,
  {
    id,
    version,
    name,
    content,
    subject,
  }: Pick<StoredTemplate, "id" | "version" | "name" | "content" | "subject">,
): Promise<boolean> {
  const rows = await db`
    update templates set name = ${name}, content = ${content}, subject = ${subject}, version = version + 1,
      updated_at = now()
    where id = ${id} and version = ${version} and not archived
    returning id`;
  return rows.length === 1;
}
