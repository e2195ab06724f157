import { type Db, isTakenFault, type Pool } from "../database.ts";
import { replacePermissions } from "./permissions.ts";
import { findServiceObject, type ServiceObject, type ServiceSettings, settingColumns } from "./settings.ts";
import { normaliseServiceName } from "./setup.ts";

/** What is given changes, the rest stays. */
export interface ServiceChange {
  settings: { [Name in keyof ServiceSettings]?: ServiceSettings[Name] | undefined };
  /** In place of all that it was allowed. */
  permissions?: readonly string[] | undefined;
}

/** What a service gets that leaves trial mode, where nothing else is asked for (`spec/admin-api.md` 2). */
const liveLimits = { emailMessageLimit: 250_000, smsMessageLimit: 250_000, letterMessageLimit: 20_000 };

/** Told of a service that leaves trial mode, before that is certain: the same transaction may still be undone. */
export type GoesLive = (tx: Db, service: ServiceObject) => Promise<void>;

/** Changes a service, its version counted once. `taken`: another has the name. Null where there is no such service. */
export async function changeService(
  sql: Pool,
  id: string,
  { settings, permissions }: ServiceChange,
  { at, goesLive }: { at: Date; goesLive: GoesLive },
): Promise<ServiceObject | "taken" | null> {
  try {
    return await sql.begin((tx) => change(tx, id, { settings, permissions }, { at, goesLive }));
  } catch (error) {
    // Another took the name since it was looked for.
    if (isTakenFault(error)) return "taken";
    throw error;
  }
}

async function change(
  tx: Db,
  id: string,
  { settings, permissions }: ServiceChange,
  { at, goesLive }: { at: Date; goesLive: GoesLive },
): Promise<ServiceObject | "taken" | null> {
  const [was] = await tx<{ restricted: boolean; name: string; emailSenderName: string | null }[]>`
    select restricted, name, email_sender_name as "emailSenderName" from services where id = ${id} for update`;
  if (!was) return null;
  const leavesTrial = was.restricted && settings.restricted === false;
  const changes = { ...(leavesTrial && { ...liveLimits, goLiveAt: at }), ...given(settings) };
  const { name = was.name, emailSenderName: sender = was.emailSenderName } = changes;
  const isNamed = changes.name !== undefined;
  if (isNamed && (await isTaken(tx, name, id))) return "taken";
  const row = {
    ...Object.fromEntries(Object.entries(changes).map(([key, value]) => [columnOf(key), value])),
    ...(isNamed && { normalised_name: normaliseServiceName(name) }),
    ...((isNamed || changes.emailSenderName !== undefined) && {
      email_sender_local_part: normaliseServiceName(sender ?? name),
    }),
    updated_at: at,
  };
  await tx`update services set ${tx(row)} where id = ${id}`;
  if (permissions) await replacePermissions(tx, id, permissions);
  const service = await findServiceObject(tx, id);
  if (service && leavesTrial) await goesLive(tx, service);
  return service;
}

function given(settings: ServiceChange["settings"]): ServiceChange["settings"] {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function columnOf(key: string): string {
  const [, column] = Object.entries(settingColumns).find(([name]) => name === key) ?? [];
  if (column === undefined) throw new Error(`Cannot change a service: it has no ${key}`);
  return column;
}

/** Whether another service has this name or one that is like it. */
export async function isTaken(db: Db, name: string, but: string | null): Promise<boolean> {
  const rows = await db`
    select from services
    where normalised_name = ${normaliseServiceName(name)} and id is distinct from ${but}::uuid`;
  return rows.length > 0;
}
