import type { Db } from "../../../shared/database.ts";
import { findServiceName } from "../../../shared/service/setup.ts";

/** Throws where there is no such service. */
export async function assertService(db: Db, id: string): Promise<void> {
  if ((await findServiceName(db, id)) === null) throw noService(id);
}

export function noService(id: string): Error {
  return new Error(`Cannot find the service ${id}: there is none`);
}
