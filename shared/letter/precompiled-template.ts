import type { Db } from "../database.ts";

export interface TemplateVersion {
  id: string;
  version: number;
}

/**
 * The hidden template under which a service's own letters are kept (`spec/letters.md` 2.1). Made when it is first asked
 * for; of two that make it at once, one does.
 */
export async function precompiledTemplate(db: Db, serviceId: string): Promise<TemplateVersion> {
  const known = await find(db, serviceId);
  if (known) return known;
  await db`
    insert into templates (service_id, name, template_type, content, subject, hidden, postage, letter_languages)
    values (${serviceId}, ${name}, 'letter', '', ${name}, true, 'second', 'english')
    on conflict (service_id) where hidden and template_type = 'letter' and name = 'Pre-compiled PDF' do nothing`;
  const made = await find(db, serviceId);
  if (!made) throw new Error(`Cannot make the template of precompiled letters: service ${serviceId}`);
  return made;
}

const name = "Pre-compiled PDF";

async function find(db: Db, serviceId: string): Promise<TemplateVersion | null> {
  const [row] = await db<TemplateVersion[]>`
    select id, version from templates
    where service_id = ${serviceId} and hidden and template_type = 'letter' and name = 'Pre-compiled PDF'`;
  return row ?? null;
}
