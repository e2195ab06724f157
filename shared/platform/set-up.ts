import type { Db, Pool } from "../database.ts";
import { createAskedService } from "../service/create.ts";
import { createUser, findUser } from "../user/users.ts";
import { type PlatformTemplate, platformIds, platformTemplates } from "./platform.ts";

export interface PlatformSetup {
  /** Whom its emails come from. */
  name: string;
  /** Of its owner, who never signs in. */
  ownerAddress: string;
  smsSender: string;
  at: Date;
}

const wanted: readonly PlatformTemplate[] = Object.values(platformTemplates);

/** What the platform's own service lacks: `owner`, `service`, and its templates by their names. */
export async function listMissing(db: Db): Promise<string[]> {
  const [found] = await db<{ owner: boolean; service: boolean; templates: string[] }[]>`
    select exists (select from users where id = ${platformIds.owner}) as owner,
      exists (select from services where id = ${platformIds.service}) as service,
      array(select id::text from templates where service_id = ${platformIds.service}) as templates`;
  const templates = wanted.filter(({ id }) => !found?.templates.includes(id)).map(({ name }) => name);
  return [...(found?.owner ? [] : ["owner"]), ...(found?.service ? [] : ["service"]), ...templates];
}

/**
 * Makes what is missing of the platform's own service; what is there stays as it is, words that somebody changed too.
 * Throws where another has its name or its owner's address.
 */
export async function setUpPlatform(sql: Pool, setup: PlatformSetup): Promise<void> {
  await ensureOwner(sql, setup);
  await ensureService(sql, setup);
  await sql`
    insert into templates (id, service_id, name, template_type, content, subject, created_by_id, created_at)
    select t.id, ${platformIds.service}, t.name, 'email', t.content, t.subject, ${platformIds.owner}, ${setup.at}
    from json_to_recordset(${JSON.stringify(wanted)}::text::json) as t (id uuid, name text, subject text, content text)
    on conflict (id) do nothing`;
}

async function ensureOwner(sql: Pool, { name, ownerAddress, at }: PlatformSetup): Promise<void> {
  if (await findUser(sql, platformIds.owner)) return;
  const owner = await createUser(sql, {
    ...{ id: platformIds.owner, name, emailAddress: ownerAddress, mobileNumber: null },
    ...{ authType: "email_auth", state: "inactive", createdAt: at },
  });
  if (!owner) throw new Error(`Cannot make the platform's service: a person has the address ${ownerAddress}`);
}

async function ensureService(sql: Pool, { name, smsSender, at }: PlatformSetup): Promise<void> {
  const [known] = await sql`select from services where id = ${platformIds.service}`;
  if (known) return;
  const made = await createAskedService(sql, {
    ...{ id: platformIds.service, name, smsSender, at, restricted: false, organisationType: null },
    ...{ userId: platformIds.owner, createdById: platformIds.owner },
    ...{ emailMessageLimit: 250_000, smsMessageLimit: 250_000, letterMessageLimit: 20_000 },
    internationalSmsMessageLimit: null,
  });
  if (typeof made === "string") {
    throw new Error(`Cannot make the platform's service: another is called "${name}", or reads the same`);
  }
  // It is nobody's service that the public is told of.
  await sql`update services set count_as_live = false where id = ${platformIds.service}`;
}
