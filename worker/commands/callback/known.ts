import { type CallbackConfig, listCallbacks } from "../../../shared/callback/queries.ts";
import type { Db } from "../../../shared/database.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { assertService } from "../service/known.ts";

/** Throws where there is no such service, or it is not told of that. */
export async function getCallback(db: Db, serviceId: string, type: CallbackType): Promise<CallbackConfig> {
  await assertService(db, serviceId);
  const found = (await listCallbacks(db, serviceId)).find((config) => config.type === type);
  if (!found) throw new Error(`Cannot find the ${type} callback of ${serviceId}: it has none`);
  return found;
}
