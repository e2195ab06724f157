import type { Db } from "../database.ts";
import type { CallbackType } from "../service/callback-types.ts";

/** How the receiver of one of a service's callbacks did lately. */
export interface Standing {
  type: CallbackType;
  url: string;
  suspendedAt: Date | null;
  suspendedReason: string | null;
  /** Since when it is spared; null where it is called as usual. */
  sparedSince: Date | null;
  /** From when on one is tried there. */
  probeAt: Date | null;
  /** Of the last five minutes. */
  attempts: number;
  failures: number;
}

const lately = 5 * 60 * 1000;

/** At most one of each type, by type. */
export async function listStandings(db: Db, serviceId: string, at: Date): Promise<Standing[]> {
  return await db<Standing[]>`
    select c.callback_type as type, c.url, c.suspended_at as "suspendedAt", c.suspended_reason as "suspendedReason",
      b.opened_at as "sparedSince", b.probe_at as "probeAt", r.attempts, r.failures
    from service_callback_api c left join callback_breakers b on b.callback_id = c.id
      cross join lateral (
        select coalesce(sum(r.attempts), 0)::int as attempts, coalesce(sum(r.failures), 0)::int as failures
        from callback_results r
        where r.callback_id = c.id and r.began_at > ${new Date(at.getTime() - lately)}
      ) r
    where c.service_id = ${serviceId} order by c.callback_type`;
}
