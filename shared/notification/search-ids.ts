import type { Db } from "../database.ts";
import type { Status } from "./notification.ts";
import { notificationsOf } from "./search-blocks.ts";
import {
  mayHold,
  meets,
  meetsFixed,
  meetsSender,
  meetsTerms,
  type NotificationSearch,
  type Position,
} from "./search-conditions.ts";
import { failedStatuses } from "./search-statuses.ts";

export interface SearchPage {
  /** Null: the first. */
  olderThan: Position | null;
  limit: number;
}

/** Of notifications that are no history: the newest, at most a page, newest first, those of one instant by id. */
export async function searchIds(db: Db, search: NotificationSearch, page: SearchPage): Promise<string[]> {
  if (search.id !== null) return await byId(db, search, search.id, page);
  // In every statement the same, whatever blocks are written meanwhile.
  const describedUntil = await readDescribedUntil(db);
  const young = await searchYoung(db, search, page, describedUntil);
  if (young.length === page.limit) return young;
  const rest = { ...page, limit: page.limit - young.length };
  const { statuses, terms } = search;
  const old =
    statuses && onlyFailed(statuses) && terms.length === 0
      ? await searchFailed(db, { ...search, statuses }, rest, describedUntil)
      : await searchBlocks(db, search, rest, describedUntil);
  return [...young, ...old];
}

async function readDescribedUntil(db: Db): Promise<string> {
  const [row] = await db<{ at: string }[]>`select described_until::text as at from search_progress`;
  if (!row) throw new Error("Cannot search: search_progress has no row");
  return row.at;
}

async function byId(db: Db, search: NotificationSearch, id: string, page: SearchPage): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select n.id from notifications n where n.id = ${id} and ${matches(db, search, page)}`;
  return rows.map((row) => row.id);
}

/** Those in no block yet: each service's list from its newest on. */
async function searchYoung(
  db: Db,
  search: NotificationSearch,
  page: SearchPage,
  describedUntil: string,
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select n.id from services s cross join lateral (
      select n.id, n.created_at from notifications n
      where n.service_id = s.id and n.created_at > ${describedUntil}::text::timestamptz
        and ${matches(db, search, page)}
      order by n.created_at desc, n.id desc limit ${page.limit}) n
    ${search.serviceId === null ? db`` : db`where s.id = ${search.serviceId}`}
    order by n.created_at desc, n.id desc limit ${page.limit}`;
  return rows.map(({ id }) => id);
}

/** Those noted as failed: each status' list from its newest on. */
async function searchFailed(
  db: Db,
  search: NotificationSearch & { statuses: readonly Status[] },
  page: SearchPage,
  describedUntil: string,
): Promise<string[]> {
  const { statuses } = search;
  const { olderThan } = page;
  const rows = await db<{ id: string }[]>`
    select f.id from unnest(${[...new Set(statuses)]}::text[]) wanted (status) cross join lateral (
      select f.id, f.created_at from failed_notifications f cross join lateral (
        select from notifications n where n.id = f.id and n.status = wanted.status and ${meetsSender(db, search)}
        -- Each by its id: not joined as a whole.
        offset 0) n
      where f.status = wanted.status
        and f.created_at <= ${describedUntil}::text::timestamptz
        ${olderThan === null ? db`` : db`and (f.created_at, f.id) < ${place(db, olderThan)}`}
        and ${meetsFixed(db, search, db`f`)}
      order by f.created_at desc, f.id desc limit ${page.limit}) f
    order by f.created_at desc, f.id desc limit ${page.limit}`;
  return rows.map(({ id }) => id);
}

/** Those in blocks that may hold some: of one, the newest, then of twice as many each time, until there are enough. */
async function searchBlocks(
  db: Db,
  search: NotificationSearch,
  { olderThan, limit }: SearchPage,
  describedUntil: string,
): Promise<string[]> {
  const ids: string[] = [];
  const page: Edge[] = olderThan === null ? [] : [{ ...olderThan, isIncluded: false }];
  let from = page;
  for (let blocks = 1; ; blocks *= 2) {
    const { found, next } = await searchSomeBlocks(db, search, {
      from,
      limit: limit - ids.length,
      blocks,
      describedUntil,
    });
    ids.push(...found);
    if (next === null || ids.length === limit) return ids;
    // That may be newer than where the page begins.
    from = [...page, { ...next, isIncluded: true }];
  }
}

/** Where a part of the list begins, newest first. */
interface Edge extends Position {
  isIncluded: boolean;
}

/** Those of the newest blocks, and where those of others begin; null where no others may hold any. */
async function searchSomeBlocks(
  db: Db,
  search: NotificationSearch,
  {
    from,
    limit,
    blocks,
    describedUntil,
  }: { from: readonly Edge[]; limit: number; blocks: number; describedUntil: string },
): Promise<{ found: string[]; next: Position | null }> {
  // Of one service the two orders are the same, and each has its index.
  const newestFirst =
    search.serviceId === null ? db`last_at desc, last_id desc` : db`after_at desc, after_id desc`;
  const rows =
    search.statuses && onlyFailed(search.statuses) ? failedOf(db, search.statuses) : notificationsOf(db);
  const [row] = await db<{ found: string[]; nextAt: string | null; nextId: string | null }[]>`
    with held as materialized (
      select b.service_id, b.after_at, b.after_id, b.last_at, b.last_id from search_blocks b
      where true ${from.reduce((all, edge) => db`${all} ${mayBegin(db, edge)}`, db``)} and ${mayHold(db, search)}
      order by ${newestFirst} limit ${blocks + 1}
    ), b as materialized (
      select *, row_number() over (order by ${newestFirst}) as place from held
    ), left_out as materialized (
      select last_at, last_id from b where b.place > ${blocks}
    )
    select array(
        select n.id from b cross join lateral (
          select n.id, n.created_at from ${rows}
            -- What is as old as the first block that is left out may be older than some of that block.
            and n.created_at >= coalesce((select last_at from left_out), '-infinity')
            and n.created_at <= ${describedUntil}::text::timestamptz
            and ${meets(db, search)} ${meetsTerms(db, search.terms)}
            ${from.reduce((all, edge) => db`${all} ${isFrom(db, edge)}`, db``)}
          order by n.created_at desc, n.id desc limit ${limit}) n
        where b.place <= ${blocks}
          and not exists (select from left_out l where (n.created_at, n.id) <= (l.last_at, l.last_id))
        order by n.created_at desc, n.id desc limit ${limit}) as found,
      (select last_at::text from left_out) as "nextAt", (select last_id from left_out) as "nextId"`;
  if (!row) throw new Error("Cannot search: Postgres answered nothing");
  const { found, nextAt, nextId } = row;
  return { found, next: nextAt === null || nextId === null ? null : { at: nextAt, id: nextId } };
}

/** Of blocks `b`; the time by itself is the quickest to compare, so that of newer blocks nothing more is read. */
function mayBegin(db: Db, { at, id }: Edge) {
  return db`and b.after_at <= ${at}::text::timestamptz and (b.after_at, b.after_id) < ${place(db, { at, id })}`;
}

/** As `notificationsOf`, but of a block's only those noted as failed. */
function failedOf(db: Db, statuses: readonly Status[]) {
  return db`
    failed_notifications f cross join lateral (select * from notifications n where n.id = f.id offset 0) n
    where f.service_id = b.service_id and f.status = any(${statuses as Status[]})
      and f.created_at >= b.after_at and f.created_at <= b.last_at
      and (f.created_at, f.id) > (b.after_at, b.after_id) and (f.created_at, f.id) <= (b.last_at, b.last_id)`;
}

function onlyFailed(statuses: readonly Status[]): boolean {
  return statuses.every((status) => failedStatuses.includes(status));
}

function isFrom(db: Db, { at, id, isIncluded }: Edge) {
  return isIncluded
    ? db`and (n.created_at, n.id) <= ${place(db, { at, id })}`
    : db`and (n.created_at, n.id) < ${place(db, { at, id })}`;
}

function matches(db: Db, search: NotificationSearch, { olderThan }: SearchPage) {
  return db`
    ${meets(db, search)} ${meetsTerms(db, search.terms)}
    ${olderThan === null ? db`` : db`and (n.created_at, n.id) < ${place(db, olderThan)}`}`;
}

function place(db: Db, { at, id }: Position) {
  return db`(${at}::text::timestamptz, ${id}::uuid)`;
}
