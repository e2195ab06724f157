import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { Channel, Status } from "./notification.ts";
import type { NotificationSearch } from "./search-conditions.ts";
import { searchIds } from "./search-ids.ts";
import { decrypted, type NotificationObject, selectObjects } from "./search-object.ts";
import type { SearchTerms } from "./search-terms.ts";

/** Which of a service's notifications. */
export interface NotificationFilter {
  serviceId: string;
  /** Null: any. */
  statuses: readonly Status[] | null;
  /** Null: any. */
  types: readonly Channel[] | null;
  /** Null: however old. */
  since: Date | null;
  includeJobs: boolean;
  /** What a person sent by itself: neither by a key nor from a spreadsheet. */
  includeOneOff: boolean;
  includeFromTestKey: boolean;
}

/** Newest first, those of one instant by id; `skip` of them left out. */
export async function pageNotifications(
  db: Db,
  cipher: Cipher,
  filter: NotificationFilter,
  { skip, limit }: { skip: number; limit: number },
): Promise<NotificationObject[]> {
  return await readObjects(
    db,
    cipher,
    // Whatever is shown of them is read of a page's alone.
    db`
      select n.id from notifications n where ${matches(db, filter)}
      order by n.created_at desc, n.id desc offset ${skip} limit ${limit}`,
  );
}

/** The same of those before one of the service's in that order; none where it has no such one. */
export async function notificationsBefore(
  db: Db,
  cipher: Cipher,
  filter: NotificationFilter,
  { olderThan, limit }: { olderThan: string | null; limit: number },
): Promise<NotificationObject[]> {
  const before =
    olderThan === null
      ? db``
      : db`and (n.created_at, n.id) < (
          select o.created_at, o.id from notifications o
          where o.id = ${olderThan} and o.service_id = ${filter.serviceId})`;
  return await readObjects(
    db,
    cipher,
    db`
      select n.id from notifications n where ${matches(db, filter)} ${before}
      order by n.created_at desc, n.id desc limit ${limit}`,
  );
}

/** Those to a recipient or with a reference, or a part of either: the newest, in that order. */
export async function searchNotifications(
  db: Db,
  cipher: Cipher,
  filter: NotificationFilter,
  { terms, limit }: { terms: SearchTerms; limit: number },
): Promise<NotificationObject[]> {
  const { serviceId, statuses, types, since, includeJobs, includeOneOff, includeFromTestKey } = filter;
  const search: NotificationSearch = {
    serviceId,
    id: null,
    terms: [terms],
    statuses,
    types,
    keyTypes: includeFromTestKey ? null : ["normal", "team"],
    templateId: null,
    batchId: null,
    since,
    until: null,
    include: { batches: includeJobs, oneOffs: includeOneOff },
  };
  const ids = await searchIds(db, search, { olderThan: null, limit });
  return await readObjects(db, cipher, db`select unnest(${ids}::uuid[])`);
}

async function readObjects(db: Db, cipher: Cipher, ids: ReturnType<Db>): Promise<NotificationObject[]> {
  const rows = await db<NotificationObject[]>`
    ${selectObjects(db)} where n.id in (${ids}) order by n.created_at desc, n.id desc`;
  return await Promise.all(rows.map((row) => decrypted(row, cipher)));
}

function matches(db: Db, filter: NotificationFilter) {
  const { serviceId, statuses, types, since, includeJobs, includeOneOff, includeFromTestKey } = filter;
  return db`
    n.service_id = ${serviceId}
    ${statuses ? db`and n.status = any(${statuses as Status[]})` : db``}
    ${types ? db`and n.notification_type = any(${types as string[]})` : db``}
    ${since === null ? db`` : db`and n.created_at >= ${since}`}
    ${includeJobs ? db`` : db`and n.job_id is null`}
    ${includeOneOff ? db`` : db`and (n.job_id is not null or n.api_key_id is not null)`}
    ${includeFromTestKey ? db`` : db`and n.key_type <> 'test'`}`;
}
