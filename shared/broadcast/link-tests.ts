import type { Db } from "../database.ts";
import type { Network } from "./broadcast.ts";

/** How one way to a network did in one test (`spec/broadcasts.md` 5.4). */
export interface LinkTest {
  /** Its identifier at the network. */
  id: string;
  provider: Network;
  /** `ee-1-proxy` */
  function: string;
  /** Vodafone's alone. */
  number: number | null;
  testedAt: Date;
  succeeded: boolean;
  /** Null where it succeeded. */
  error: string | null;
  durationMs: number;
}

/** So long tests are kept. */
const keptDays = 90;
/** An older result says nothing about how a way does now. */
const freshMinutes = 60;

/** Takes so many numbers from those of messages to Vodafone. */
export async function takeMessageNumbers(db: Db, count: number): Promise<number[]> {
  const rows = await db<{ number: string }[]>`
    select nextval('broadcast_message_numbers') as number from generate_series(1, ${count})`;
  return rows.map(({ number }) => Number(number));
}

/** Stores tests, and forgets those of long ago. */
export async function storeLinkTests(db: Db, tests: readonly LinkTest[]): Promise<void> {
  const rows = tests.map(({ testedAt, durationMs, number, ...test }) => ({
    ...test,
    message_number: number,
    tested_at: testedAt,
    duration_ms: durationMs,
  }));
  await db`
    insert into broadcast_link_tests (id, provider, function, message_number, tested_at, succeeded, error, duration_ms)
    select id, provider, function, message_number, tested_at, succeeded, error, duration_ms
    from json_populate_recordset(null::broadcast_link_tests, ${JSON.stringify(rows)}::text::json)`;
  await db`delete from broadcast_link_tests where tested_at < now() - ${keptDays} * interval '1 day'`;
}

/** Of these functions, those whose last two tests failed, with the last one's error. */
export async function listFailingLinks(
  db: Db,
  functions: readonly string[],
): Promise<{ function: string; error: string }[]> {
  return await db<{ function: string; error: string }[]>`
    select f.function, (array_agg(t.error order by t.tested_at desc))[1] as error
    from unnest(${[...functions]}::text[]) as f (function)
      cross join lateral (
        select succeeded, error, tested_at from broadcast_link_tests l
        where l.function = f.function order by tested_at desc limit 2
      ) as t
    group by f.function having count(*) = 2 and not bool_or(t.succeeded)`;
}

/** Of these functions, those whose last test failed, not long ago. */
export async function listDoubtfulLinks(
  db: Db,
  functions: readonly string[],
  at: Date,
): Promise<ReadonlySet<string>> {
  const rows = await db<{ function: string }[]>`
    select f.function
    from unnest(${[...functions]}::text[]) as f (function)
      cross join lateral (
        select succeeded, tested_at from broadcast_link_tests l
        where l.function = f.function order by tested_at desc limit 1
      ) as t
    where not t.succeeded and t.tested_at > ${at}::timestamptz - ${freshMinutes} * interval '1 minute'`;
  return new Set(rows.map((row) => row.function));
}
