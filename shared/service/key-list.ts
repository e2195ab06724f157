import type { Db } from "../database.ts";
import type { ApiKeyObject } from "./api-keys.ts";

export interface ListedKey extends Pick<ApiKeyObject, "id" | "name" | "type" | "createdAt" | "expiryDate"> {
  /** Null where no person made it. */
  createdBy: string | null;
}

/** A service's keys with who made them: those that can be used first, then the revoked ones; of each the newest. */
export async function listKeys(db: Db, serviceId: string, limit: number): Promise<ListedKey[]> {
  return await db<ListedKey[]>`
    select k.id, k.name, k.key_type as type, k.created_at as "createdAt", k.expiry_date as "expiryDate",
      u.name as "createdBy"
    from api_keys k left join users u on u.id = k.created_by_id
    where k.service_id = ${serviceId}
    order by k.expiry_date desc nulls first, k.created_at desc, k.id limit ${limit}`;
}
