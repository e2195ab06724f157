import type { Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { changeService, type ServiceChange } from "../service/change.ts";
import type { ServiceObject } from "../service/settings.ts";
import { announceLive } from "./announce-live.ts";

export interface ChangedService {
  service: ServiceObject;
  /** How many people were told that it left trial mode: null where nobody could be. Not there where it did not. */
  told?: number | null;
}

/** Changes a service as `changeService` does; where it leaves trial mode its people are told with the same commit. */
export async function changeAndTell(
  sql: Pool,
  cipher: Cipher,
  id: string,
  { change, at }: { change: ServiceChange; at: Date },
): Promise<ChangedService | "taken" | null> {
  const outcome: { told?: number | null } = {};
  const service = await changeService(sql, id, change, {
    at,
    goesLive: async (tx, live) => {
      outcome.told = await announceLive(tx, cipher, live, at);
    },
  });
  return service === null || service === "taken" ? service : { service, ...outcome };
}
