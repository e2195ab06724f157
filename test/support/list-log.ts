import type { Log } from "../../shared/log.ts";

export interface LogLine {
  level: string;
  facts: Record<string, unknown>;
  message: string;
}

/** A log that tests can read. */
export function createListLog(): { log: Log; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (facts: object, message: string) => {
    lines.push({ level, facts: { ...facts }, message });
  };
  return { log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }, lines };
}
