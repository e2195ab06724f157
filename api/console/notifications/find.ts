import type { Db } from "../../../shared/database.ts";
import {
  type FoundNotification,
  findNotifications,
} from "../../../shared/notification/find-notifications.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import type { NotificationSearch, Position } from "../../../shared/notification/search-conditions.ts";
import type { Choice } from "../form.tsx";
import { channelWords } from "./words.ts";

interface Page {
  olderThan: Position | null;
  limit: number;
}

export interface Found {
  found: FoundNotification[];
  next: Position | null;
  /** What the id that was looked for is of, where it is of no message. */
  idOf: "batch" | "template" | { broadcastOf: string } | null;
}

/** As `findNotifications`; an id that is none of a message finds those of the batch or the template it is of. */
export async function findPage(db: Db, search: NotificationSearch, page: Page): Promise<Found> {
  const { id } = search;
  if (id === null) return { ...(await findNotifications(db, search, page)), idOf: null };
  const own = page.olderThan === null ? await findNotifications(db, search, page) : null;
  if (own && own.found.length > 0) return { ...own, idOf: null };
  const idOf = await whatHas(db, search.serviceId, id);
  if (idOf === "batch" || idOf === "template") {
    const others = { ...search, id: null, [idOf === "batch" ? "batchId" : "templateId"]: id };
    return { ...(await findNotifications(db, others, page)), idOf };
  }
  return { found: [], next: null, idOf };
}

async function whatHas(db: Db, serviceId: string | null, id: string): Promise<Found["idOf"]> {
  const isOfService = serviceId === null ? db`true` : db`service_id = ${serviceId}`;
  const [row] = await db<{ kind: "batch" | "template" | "broadcast"; serviceId: string }[]>`
    select 'batch' as kind, service_id as "serviceId" from jobs where id = ${id} and ${isOfService}
    union all select 'template', service_id from templates where id = ${id} and ${isOfService}
    union all select 'broadcast', service_id from broadcast_messages where id = ${id} and ${isOfService}`;
  if (!row) return null;
  return row.kind === "broadcast" ? { broadcastOf: row.serviceId } : row.kind;
}

/** More than a person would choose from. */
const mostChoices = 200;

/** What messages can be chosen by: the service's templates by name. Null where they are too many. */
export async function listTemplateChoices(db: Db, serviceId: string): Promise<Choice[] | null> {
  const rows = await db<{ id: string; name: string; channel: Channel }[]>`
    select id, name, template_type as channel from templates
    where service_id = ${serviceId} and not archived and not hidden and template_type in ('sms', 'email', 'letter')
    order by name, template_type, id limit ${mostChoices + 1}`;
  if (rows.length > mostChoices) return null;
  return rows.map(({ id, name, channel }) => ({ value: id, label: `${name} (${channelWords[channel]})` }));
}
