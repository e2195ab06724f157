import { type Log, loggableError } from "../shared/log.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** A line of JSON for each entry of this level or above, as pino writes it, but for the names of levels. */
export function createConsoleLog(lowest: (typeof levels)[number]): Log {
  const at = (level: (typeof levels)[number]) => (facts: object, msg: string) => {
    if (levels.indexOf(level) < levels.indexOf(lowest)) return;
    console[level](JSON.stringify({ level, time: Date.now(), name: "api", ...facts, msg }, readable));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Errors have no keys of their own that JSON would show. */
function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? loggableError(value) : value;
}
