import type { ApiKey, Service } from "../shared/service/service.ts";

/** What `authenticate` and `timeOut` leave for the routes behind them. */
export interface ApiEnv {
  Variables: { service: Service; apiKey: ApiKey; timedOut?: true };
}
