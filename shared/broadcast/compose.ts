import type { Db, Pool } from "../database.ts";
import type { JsonObject } from "../json/json.ts";
import { stringifyInOrder } from "../json/stringify.ts";
import { fill, plainStyle } from "../template/fill.ts";
import { compileContent, placeholderKey } from "../template/placeholders.ts";
import type { Areas, Broadcast } from "./broadcast.ts";
import { contentFault, normaliseContent } from "./content.ts";
import {
  type BroadcastChange,
  findBroadcast,
  insertBroadcast,
  lockBroadcast,
  type NewBroadcast,
  updateBroadcast,
} from "./queries.ts";
import { findStanding, mayCreate } from "./standing.ts";
import { isEditable } from "./status.ts";

/** Alerts as people write and change them. */

export interface Draft {
  id: string;
  serviceId: string;
  userId: string;
  words: { templateId: string; personalisation: JsonObject } | { content: string; reference: string };
  areas: Areas;
  startsAt: Date | null;
  finishesAt: Date | null;
  at: Date;
}

export type Composed =
  | { outcome: "stored"; broadcast: Broadcast }
  | { outcome: "unknown" }
  | { outcome: "refused"; message: string };

/** Stores a draft, by someone who may. Neither does anything to a phone yet. */
export async function composeBroadcast(sql: Pool, draft: Draft): Promise<Composed> {
  const { id, serviceId, userId, words, areas, startsAt, finishesAt, at } = draft;
  const standing = await findStanding(sql, userId, serviceId);
  if (!standing || !mayCreate(standing))
    return {
      outcome: "refused",
      message: `User ${userId} cannot create a broadcast_message for service ${serviceId}`,
    };
  if (!(await isAllowed(sql, serviceId)))
    return { outcome: "refused", message: "Service is not allowed to send broadcast messages" };

  const written = await write(sql, serviceId, words);
  if (written === null) return { outcome: "unknown" };
  if ("fault" in written) return { outcome: "refused", message: `Content ${written.fault}` };
  await insertBroadcast(sql, {
    id,
    serviceId,
    ...written,
    areas,
    startsAt,
    finishesAt,
    reference: "reference" in words ? words.reference : null,
    capEvent: null,
    status: "draft",
    createdBy: { userId },
    at,
  });
  const broadcast = await findBroadcast(sql, serviceId, id);
  return broadcast ? { outcome: "stored", broadcast } : { outcome: "unknown" };
}

async function isAllowed(db: Db, serviceId: string): Promise<boolean> {
  const found = await db`
    select from service_permissions where service_id = ${serviceId} and permission = 'broadcast'`;
  return found.length === 1;
}

type Written = Pick<NewBroadcast, "content" | "template"> | { fault: string };

/** Null where the service has no such template. */
async function write(db: Db, serviceId: string, words: Draft["words"]): Promise<Written | null> {
  if ("content" in words) return worded(words.content, null);
  const { templateId, personalisation } = words;
  const [template] = await db<{ version: number; content: string }[]>`
    select version, content from templates
    where id = ${templateId} and service_id = ${serviceId} and template_type = 'broadcast' and not archived`;
  if (!template) return null;
  return worded(filled(template.content, personalisation), {
    id: templateId,
    version: template.version,
    personalisation: stringifyInOrder(personalisation),
  });
}

function worded(text: string, template: NewBroadcast["template"]): Written {
  const content = normaliseContent(text);
  const fault = contentFault(content);
  return fault === null ? { content, template } : { fault };
}

/** What no value is given for stays a placeholder, and so is refused. */
function filled(content: string, personalisation: JsonObject): string {
  const values = new Map(Object.entries(personalisation).map(([key, value]) => [placeholderKey(key), value]));
  return fill(compileContent(content), values, plainStyle);
}

export interface Edit {
  serviceId: string;
  id: string;
  areas?: Areas | undefined;
  startsAt?: Date | undefined;
  finishesAt?: Date | undefined;
  personalisation?: JsonObject | undefined;
  at: Date;
}

/** Changes an alert that nobody approved yet. With other values its template's words are written anew. */
export async function editBroadcast(sql: Pool, { serviceId, id, at, ...edit }: Edit): Promise<Composed> {
  return await sql.begin(async (tx): Promise<Composed> => {
    const before = await lockBroadcast(tx, serviceId, id);
    if (!before) return { outcome: "unknown" };
    if (!isEditable(before.status)) {
      const message = `Cannot update broadcast_message ${id} while it has status ${before.status}`;
      return { outcome: "refused", message };
    }
    const change: BroadcastChange = {
      ...(edit.areas && { areas: edit.areas }),
      ...(edit.startsAt && { startsAt: edit.startsAt }),
      ...(edit.finishesAt && { finishesAt: edit.finishesAt }),
    };
    const words = edit.personalisation && (await rewritten(tx, before, edit.personalisation));
    if (words && "fault" in words) return { outcome: "refused", message: `Content ${words.fault}` };
    await updateBroadcast(tx, id, words ? { ...change, personalisation: words } : change, at);
    const broadcast = await findBroadcast(tx, serviceId, id);
    return broadcast ? { outcome: "stored", broadcast } : { outcome: "unknown" };
  });
}

/** Undefined where there is no template to fill in. */
async function rewritten(db: Db, { templateId, templateVersion }: Broadcast, values: JsonObject) {
  const [template] = await db<{ content: string }[]>`
    select content from templates_history where id = ${templateId} and version = ${templateVersion}`;
  if (!template) return undefined;
  const words = worded(filled(template.content, values), null);
  return "fault" in words ? words : { values: stringifyInOrder(values), content: words.content };
}
