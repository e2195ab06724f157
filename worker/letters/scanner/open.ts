import type { Config } from "../../../shared/config.ts";
import type { Log } from "../../../shared/log.ts";
import { clamd } from "./clamd.ts";
import type { Scanner } from "./scanner.ts";

/** The configured one. Null where there is none and letters must not go unscanned. */
export function openScanner(
  { scanner, mayGoUnscanned }: Config["letters"],
  log: Pick<Log, "warn">,
): Scanner | null {
  if (scanner !== null) return clamd(scanner);
  return mayGoUnscanned ? noScanner(log) : null;
}

/** For development: lets everything pass, and says so once. */
function noScanner(log: Pick<Log, "warn">): Scanner {
  let hasWarned = false;
  return {
    async scan() {
      if (!hasWarned) log.warn({}, "No virus scanner is configured: precompiled letters pass unscanned");
      hasWarned = true;
      return { outcome: "clean" };
    },
  };
}
