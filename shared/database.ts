import postgres from "postgres";

/** A pool or a transaction: what every query function takes first. */
export type Db = postgres.ISql;

/** A pool, which can begin transactions and listen. */
export type Pool = postgres.Sql;

export interface DatabaseOptions {
  /** Shown in `pg_stat_activity`. */
  name: string;
  connections: number;
  /** The server gives up on a statement after this long, so that none outlives the request that asked for it. */
  statementTimeoutMs: number;
  /**
   * True for a pool whose statements all find a few rows by their keys. A plan is kept as long as its connection, and
   * one made while a table was small would go on reading all of it, locking rows in another order than others do.
   * Not behind a pooler that refuses start-up parameters.
   */
  plansByIndex?: boolean;
}

/** Opens a pool; connections are made when first needed. Throws on a URL that is not Postgres'. */
export function openDatabase(
  url: string,
  { name, connections, statementTimeoutMs, plansByIndex = false }: DatabaseOptions,
): Pool {
  return postgres(url, {
    max: connections,
    connect_timeout: 5,
    idle_timeout: 300,
    // Half an hour, so that a fail-over or a changed address is noticed.
    max_lifetime: 30 * 60,
    backoff: (attempt: number) => Math.min(2, 0.1 * 2 ** attempt),
    onnotice: () => {},
    connection: {
      application_name: name,
      statement_timeout: statementTimeoutMs,
      TimeZone: "UTC",
      ...(plansByIndex ? byIndex : {}),
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
  return (
    code !== null &&
    (unreachableCodes.has(code) || code.startsWith("08") || code.startsWith("57P") || code.startsWith("53"))
  );
}

/** True where the values were at fault: a constraint or a text Postgres cannot hold. */
export function isDataFault(error: unknown): boolean {
  const code = errorCode(error);
  return code !== null && (code.startsWith("22") || code.startsWith("23"));
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
