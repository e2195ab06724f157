import type { Db } from "../database.ts";

/* What we note for people to look at, and nobody does after a while. */

export interface OldRecords {
  at: Date;
  days: number;
  limit: number;
}

/** Replays of callbacks that ended long ago. */
export async function deleteOldReplays(db: Db, { at, days, limit }: OldRecords): Promise<number> {
  const { count } = await db`
    delete from callback_replays where id in (
      select id from callback_replays where ended_at < ${at}::timestamptz - ${days} * interval '1 day' limit ${limit})`;
  return count;
}

/** Tests of the ways to the networks. */
export async function deleteOldLinkTests(db: Db, { at, days, limit }: OldRecords): Promise<number> {
  const { count } = await db`
    delete from broadcast_link_tests where id in (
      select id from broadcast_link_tests where tested_at < ${at}::timestamptz - ${days} * interval '1 day'
      limit ${limit})`;
  return count;
}

/** What was done in the console. */
export async function deleteOldAudit(db: Db, { at, days, limit }: OldRecords): Promise<number> {
  const { count } = await db`
    delete from audit where id in (
      select id from audit where at < ${at}::timestamptz - ${days} * interval '1 day' order by at limit ${limit})`;
  return count;
}

/** What people did, by Notify's measure of a year; nothing where that is not noted here. */
export async function deleteOldEvents(db: Db, { at, days, limit }: OldRecords): Promise<number> {
  const [table] = await db<{ name: string | null }[]>`select to_regclass('events')::text as name`;
  if (table?.name == null) return 0;
  const { count } = await db`
    delete from events where id in (
      select id from events where created_at < ${at}::timestamptz - ${days} * interval '1 day' limit ${limit})`;
  return count;
}
