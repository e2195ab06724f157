import type { Log } from "../../../shared/log.ts";
import type { Ask } from "../ask.ts";

export interface UsageDeps {
  ask: Ask;
  now: () => Date;
  log: Log;
}
