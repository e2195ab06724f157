import type { Db } from "../database.ts";

/** A service as lists show it. */
export interface ServiceSummary {
  id: string;
  name: string;
  active: boolean;
  /** In trial mode. */
  restricted: boolean;
  createdAt: Date;
}

export interface SummaryQuery {
  /** Part of the name, or the whole id; empty for all. */
  search: string;
  /** Whose they are; null for everybody's. */
  userId: string | null;
  /** The last of another page. */
  after: { name: string; id: string } | null;
  limit: number;
}

/** By name. */
export async function listSummaries(
  db: Db,
  { search, userId, after, limit }: SummaryQuery,
): Promise<ServiceSummary[]> {
  const part = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return await db<ServiceSummary[]>`
    select s.id, s.name, s.active, s.restricted, s.created_at as "createdAt" from services s
    where ${search === "" ? db`true` : db`(s.name ilike ${part} or s.id::text = ${search})`}
      and ${userId === null ? db`true` : db`s.id in (select service_id from user_to_service where user_id = ${userId})`}
      and ${after === null ? db`true` : db`(s.name, s.id) > (${after.name}, ${after.id}::uuid)`}
    order by s.name, s.id limit ${limit}`;
}
