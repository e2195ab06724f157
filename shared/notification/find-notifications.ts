import * as v from "valibot";
import type { Db } from "../database.ts";
import type { KeyType } from "../service/service.ts";
import type { Channel, Status } from "./notification.ts";
import { meets, meetsTermsInHistory, type NotificationSearch, type Position } from "./search-conditions.ts";
import { type SearchPage, searchIds } from "./search-ids.ts";

/** A notification as a list shows it: nothing of it has to be decrypted. */
export interface FoundNotification {
  id: string;
  serviceId: string;
  serviceName: string;
  channel: Channel;
  status: Status;
  keyType: KeyType;
  /** As it was typed; null where only its history is left. */
  to: string | null;
  clientReference: string | null;
  templateId: string;
  /** Of the version it was made from. */
  templateName: string;
  batch: { id: string; fileName: string } | null;
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date | null;
  isHistory: boolean;
}

/**
 * A page of what a search finds, newest first, those of one instant by id, and where the next page begins: null after the
 * last. Of the history it finds what it is given the id of.
 */
export async function findNotifications(
  db: Db,
  search: NotificationSearch,
  { olderThan, limit }: SearchPage,
): Promise<{ found: FoundNotification[]; next: Position | null }> {
  // One more than the page says whether another follows.
  const ids = await searchIds(db, search, { olderThan, limit: limit + 1 });
  const rows = await readFound(db, ids.slice(0, limit));
  if (rows.length === 0 && search.id !== null && olderThan === null) {
    return { found: await findInHistory(db, search, search.id), next: null };
  }
  const last = ids.length > limit ? rows.at(-1) : undefined;
  return { found: rows.map(({ at, ...found }) => found), next: last ? { at: last.at, id: last.id } : null };
}

const PositionText = v.object({
  at: v.pipe(
    v.string(),
    v.regex(/^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00$/),
    // 31 February is no day of Postgres' either.
    v.check((at) => toSecond(at) === secondOf(at)),
  ),
  id: v.pipe(v.string(), v.uuid()),
});

function secondOf(at: string): string {
  return at.slice(0, 19).replace(" ", "T");
}

function toSecond(at: string): string | null {
  const date = new Date(`${secondOf(at)}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, 19);
}

/** A position that came back in a request; null where it is none. */
export function readPosition(at: string, id: string): Position | null {
  const result = v.safeParse(PositionText, { at, id });
  return result.success ? result.output : null;
}

async function readFound(db: Db, ids: readonly string[]): Promise<(FoundNotification & { at: string })[]> {
  if (ids.length === 0) return [];
  return await db<(FoundNotification & { at: string })[]>`
    select ${shown(db)}, n.recipient as "to", false as "isHistory",
      (n.created_at at time zone 'UTC')::text || '+00' as at
    from notifications n ${namesOf(db)}
    where n.id = any(${ids as string[]}::uuid[])
    order by n.created_at desc, n.id desc`;
}

async function findInHistory(db: Db, search: NotificationSearch, id: string): Promise<FoundNotification[]> {
  return await db<FoundNotification[]>`
    select ${shown(db)}, null as "to", true as "isHistory"
    from notification_history n ${namesOf(db)}
    where n.id = ${id} and ${meets(db, search)} ${meetsTermsInHistory(db, search.terms)}`;
}

function shown(db: Db) {
  return db`
    n.id, n.service_id as "serviceId", s.name as "serviceName", n.notification_type as channel, n.status,
    n.key_type as "keyType", n.client_reference as "clientReference", n.template_id as "templateId",
    t.name as "templateName",
    case when j.id is not null then json_build_object('id', j.id, 'fileName', j.original_file_name) end as batch,
    n.created_at as "createdAt", n.sent_at as "sentAt", n.updated_at as "updatedAt"`;
}

function namesOf(db: Db) {
  return db`
    join services s on s.id = n.service_id
    join templates_history t on t.id = n.template_id and t.version = n.template_version
    left join jobs j on j.id = n.job_id`;
}
