import postgres from "postgres";
import { arrayTypes } from "./postgres-arrays.ts";

/** A pool or a transaction: what every query function takes first. */
export type Db = postgres.ISql;

/** A pool, which can begin transactions and listen. */
export type Pool = postgres.Sql;

/** Gives each transaction another session: PgBouncer in transaction mode, Hyperdrive, Supavisor and their like. */
export type Pooler = "transaction";

export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`. */
  name: string;
  connections: number;
  /** The server gives up on a statement after this long, so that none outlives the request that asked for it. */
  statementTimeoutMs: number;
  /**
   * True for a pool whose statements all find a few rows by their keys. A plan is kept as long as its connection, and
   * one made while a table was small would go on reading all of it, locking rows in another order than others do.
   * Without effect behind a pooler, where plans are not kept.
   */
  plansByIndex?: boolean;
  /** What stands between us and Postgres; null where nothing does. */
  pooler?: Pooler | null;
}

/**
 * Opens a pool; connections are made when first needed. Throws on a URL that is not Postgres'.
 *
 * Behind a transaction pooler no statement is prepared by name, and of the session's settings only the name is asked
 * for: poolers refuse the rest. No statement of ours needs them, but without a time-out of the server's one may outlive
 * the request that asked for it; `alter role … set statement_timeout` sets one there.
 */
export function openDatabase(
  url: string,
  { name, connections, statementTimeoutMs, plansByIndex = false, pooler = null }: DatabaseOptions,
): Pool {
  return postgres(url, {
    max: connections,
    connect_timeout: 5,
    idle_timeout: 300,
    // Half an hour, so that a fail-over or a changed address is noticed.
    max_lifetime: 30 * 60,
    backoff: (attempt: number) => Math.min(2, 0.1 * 2 ** attempt),
    onnotice: () => {},
    fetch_types: false,
    types: arrayTypes,
    prepare: pooler === null,
    connection: {
      application_name: name,
      ...(pooler === null && { statement_timeout: statementTimeoutMs, TimeZone: "UTC" }),
      ...(pooler === null && plansByIndex && byIndex),
    },
  });
}

/** As words: postgres.js leaves out what is false. */
const byIndex = {
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
};

/** True where the database cannot be reached or is going away: the same statement may work later. */
export function isUnreachable(error: unknown): boolean {
  const code = errorCode(error);
  if (code === null) return isSocketFault(error);
  return (
    unreachableCodes.has(code) || code.startsWith("08") || code.startsWith("57P") || code.startsWith("53")
  );
}

/** workerd's sockets fail without a code; the library notes its statement on whatever made that fail. */
function isSocketFault(error: unknown): boolean {
  return error instanceof Error && error.name === "Error" && !("code" in error) && "query" in error;
}

/** True where the values were at fault: a constraint or a text Postgres cannot hold. */
export function isDataFault(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && (code.startsWith("22") || code.startsWith("23"));
}

/** True where another row has what only one may have. */
export function isTakenFault(error: unknown): boolean {
  return errorCode(error) === "23505";
}

/** True where a statement was undone because another waited for it in turn: written again, it finds its way. */
export function isDeadlock(error: unknown): boolean {
  return errorCode(error) === "40P01";
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

const unreachableCodes: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "ENOENT",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "57014",
]);
