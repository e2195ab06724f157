import type { ApiKey, Service } from "../shared/service/service.ts";

/** What `authenticate` leaves for the routes behind it. */
export interface ApiEnv {
  Variables: { service: Service; apiKey: ApiKey };
}
