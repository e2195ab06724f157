/** What code that logs may ask of its logger; pino satisfies it. Facts first, then a sentence. */
export interface Log {
  debug: LogLine;
  info: LogLine;
  warn: LogLine;
  error: LogLine;
}

type LogLine = (facts: object, message: string) => void;

/**
 * An error as a log may hold it. What Postgres says beside its message quotes rows, and so recipients; of values that
 * it cannot read the message too does.
 */
export function loggableError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name: type, message, stack, cause } = error;
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const causedBy = cause === undefined ? {} : { cause: loggableError(cause) };
  if (type !== "PostgresError") return { type, ...code, message, stack, ...causedBy };
  const place = Object.fromEntries(
    places.flatMap((key) => (key in error ? [[key, Reflect.get(error, key)]] : [])),
  );
  // Class 22: values that are at fault.
  if (code.code?.startsWith("22")) return { type, ...code, ...place };
  return { type, ...code, ...place, message, stack };
}

/** An error in a line, as a table may keep it: its message, but of values that Postgres cannot read its code alone. */
export function faultLine(error: unknown): string {
  if (!(error instanceof Error)) return "Unknown fault";
  const isOfValues = "code" in error && typeof error.code === "string" && error.code.startsWith("22");
  return error.name === "PostgresError" && isOfValues ? `${error.name} ${error.code}` : error.message;
}

/** Where in the schema, or in Postgres, it happened. */
const places = ["table_name", "column_name", "constraint_name", "routine"] as const;
