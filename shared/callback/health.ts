import type { Db } from "../database.ts";

/** A receiver is judged by what calling it came to in the last five minutes, give or take the slice it is. */
const slices = 10;
const sliceSeconds = 30;
/** It is spared when of so many attempts so large a share failed. */
const fewestAttempts = 10;
const worstShare = 0.7;

/** Of a receiver that is spared, one callback is tried so often, by all workers together. */
export const probeSeconds = 30;
/** A receiver that is spared for so long is given up. */
export const patienceDays = 5;

/** What calling the receiver of one callback came to. */
export interface Results {
  callbackId: string;
  attempts: number;
  failures: number;
}

/** Where a receiver is spared. */
export interface Breaker {
  openedAt: Date;
  /** From when on one callback may be tried. */
  probeAt: Date;
}

/** How a receiver is spared, or null where it is called as usual. */
export async function findBreaker(db: Db, serviceId: string, type: string): Promise<Breaker | null> {
  const [row] = await db<Breaker[]>`
    select b.opened_at as "openedAt", b.probe_at as "probeAt"
    from service_callback_api c join callback_breakers b on b.callback_id = c.id
    where c.service_id = ${serviceId} and c.callback_type = ${type}`;
  return row ?? null;
}

/**
 * Adds results to those of other workers, and opens the breakers of receivers that fail too often, from `at` on.
 * Answers with the callbacks whose breaker this opened.
 */
export async function judgeCallbacks(db: Db, results: readonly Results[], at: Date): Promise<string[]> {
  // In one order, as other workers add to the same rows.
  const rows = results
    .map(({ callbackId, ...rest }) => ({ callback_id: callbackId, ...rest }))
    .sort((a, b) => (a.callback_id < b.callback_id ? -1 : 1));
  const slice = Math.floor(at.getTime() / 1000 / sliceSeconds);
  const beganAt = startOf(slice);
  const opened = await db<{ id: string }[]>`
    with given as (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as g (callback_id uuid, attempts integer, failures integer)
    ), counted as (
      insert into callback_results as r (callback_id, slot, began_at, attempts, failures)
      select g.callback_id, ${slice % slices}, ${beganAt}, g.attempts, g.failures from given g
      on conflict (callback_id, slot) do update set began_at = excluded.began_at,
        attempts = excluded.attempts + case when r.began_at = excluded.began_at then r.attempts else 0 end,
        failures = excluded.failures + case when r.began_at = excluded.began_at then r.failures else 0 end
      returning r.callback_id, r.slot, r.attempts, r.failures
    ), judged as (
      select c.callback_id, c.attempts + coalesce(e.attempts, 0) as attempts,
        c.failures + coalesce(e.failures, 0) as failures
      from counted c join given g on g.callback_id = c.callback_id and g.failures > 0 cross join lateral (
        select sum(r.attempts) as attempts, sum(r.failures) as failures from callback_results r
        where r.callback_id = c.callback_id and r.slot <> c.slot and r.began_at > ${startOf(slice - slices)}
      ) e
    )
    insert into callback_breakers (callback_id, opened_at, probe_at)
    select j.callback_id, ${at}, ${later(at, probeSeconds)}
    from judged j join service_callback_api a on a.id = j.callback_id and a.suspended_at is null
    where j.attempts >= ${fewestAttempts} and j.failures >= j.attempts * ${worstShare}::float8
    on conflict do nothing
    returning callback_id as id`;
  return opened.map(({ id }) => id);
}

/** Asks to try one callback at a receiver that is spared. */
export interface Probe {
  callbackId: string;
  at: Date;
}

/** True for those that may: one of all that ask, once it is due. The next is due `probeSeconds` later. */
export async function claimProbes(db: Db, probes: readonly Probe[]): Promise<boolean[]> {
  const earliest = new Map<string, Date>();
  for (const { callbackId, at } of probes) {
    const known = earliest.get(callbackId);
    if (!known || at < known) earliest.set(callbackId, at);
  }
  const rows = [...earliest].map(([id, at]) => ({ id, at, next: later(at, probeSeconds) }));
  const claimed = await db<{ id: string }[]>`
    update callback_breakers b set probe_at = p.next, probes = b.probes + 1
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as p (id uuid, at timestamptz, next timestamptz)
    where b.callback_id = p.id and b.probe_at <= p.at
    returning p.id`;
  const mine = new Set(claimed.map(({ id }) => id));
  return probes.map(({ callbackId }) => mine.delete(callbackId));
}

/** Calls a receiver as usual again, and forgets what it was judged by. False where it is called as usual already. */
export async function closeBreaker(db: Db, callbackId: string): Promise<boolean> {
  const rows = await db`
    with forgotten as (delete from callback_results where callback_id = ${callbackId})
    delete from callback_breakers where callback_id = ${callbackId} returning callback_id`;
  return rows.length === 1;
}

/** A callback that is no longer called until somebody resumes it. */
export interface Suspended {
  callbackId: string;
  serviceId: string;
  type: string;
}

/** Gives a receiver up at once. Null where that was done already, or the callback is gone or has another address now. */
export async function suspendCallback(
  db: Db,
  callbackId: string,
  { url, at, reason }: { url: string; at: Date; reason: string },
): Promise<Suspended | null> {
  const [row] = await db<Suspended[]>`
    with suspended as (
      update service_callback_api set suspended_at = ${at}, suspended_reason = ${reason}
      where id = ${callbackId} and url = ${url} and suspended_at is null
      returning id, service_id, callback_type
    ),
    closed as (delete from callback_breakers b using suspended s where b.callback_id = s.id),
    forgotten as (delete from callback_results r using suspended s where r.callback_id = s.id)
    select id as "callbackId", service_id as "serviceId", callback_type as type from suspended`;
  return row ?? null;
}

/** Gives up the receivers that have been spared for `patienceDays`. Answers with those it gave up, each once. */
export async function suspendUnanswered(
  db: Db,
  { at, reason }: { at: Date; reason: string },
): Promise<Suspended[]> {
  return await db<Suspended[]>`
    with closed as (
      delete from callback_breakers where opened_at <= ${later(at, -patienceDays * 24 * 3600)} returning callback_id
    ), forgotten as (
      delete from callback_results r using closed c where r.callback_id = c.callback_id
    )
    update service_callback_api a set suspended_at = ${at}, suspended_reason = ${reason}
    from closed c where a.id = c.callback_id and a.suspended_at is null
    returning a.id as "callbackId", a.service_id as "serviceId", a.callback_type as type`;
}

/** Forgets what is known of callbacks that were removed or replaced, or were not called for a while. */
export async function forgetOldHealth(db: Db, at: Date): Promise<void> {
  await db`
    with closed as (
      delete from callback_breakers b
      where not exists (select from service_callback_api a where a.id = b.callback_id)
    )
    delete from callback_results where began_at < ${later(at, -2 * slices * sliceSeconds)}`;
}

function startOf(slice: number): Date {
  return new Date(slice * sliceSeconds * 1000);
}

function later(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
