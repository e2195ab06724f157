import type { Db } from "../database.ts";

/** One version of a service. Times are ISO 8601, in UTC. */
export interface ServiceVersion {
  id: string;
  name: string;
  active: boolean;
  restricted: boolean;
  createdById: string | null;
  createdAt: string;
  updatedAt: string | null;
  version: number;
}

/** One version of a key, without its secret. */
export interface ApiKeyVersion {
  id: string;
  name: string;
  serviceId: string;
  createdById: string | null;
  createdAt: string;
  updatedAt: string | null;
  expiryDate: string | null;
  version: number;
}

/** Every version there was, oldest first; null where there is no such service. */
export async function findServiceHistory(
  db: Db,
  serviceId: string,
): Promise<{ service: ServiceVersion[]; apiKeys: ApiKeyVersion[] } | null> {
  const service = await db<ServiceVersion[]>`
    select id, version, service->>'name' as name, (service->>'active')::boolean as active,
      (service->>'restricted')::boolean as restricted, service->>'created_by_id' as "createdById",
      service->>'created_at' as "createdAt", service->>'updated_at' as "updatedAt"
    from services_history where id = ${serviceId} order by version`;
  if (service.length === 0) return null;
  const apiKeys = await db<ApiKeyVersion[]>`
    select id, version, service_id as "serviceId", api_key->>'name' as name,
      api_key->>'created_by_id' as "createdById", api_key->>'created_at' as "createdAt",
      api_key->>'updated_at' as "updatedAt", api_key->>'expiry_date' as "expiryDate"
    from api_keys_history where service_id = ${serviceId} order by api_key->>'created_at', id, version`;
  return { service, apiKeys };
}
