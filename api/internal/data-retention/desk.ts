import type { Pool } from "../../../shared/database.ts";
import { inTime } from "../../../shared/group.ts";
import type { Retention } from "../../../shared/retention/days.ts";
import {
  changeRetention,
  createRetention,
  findRetention,
  listRetention,
  type NewRetention,
  type RetentionKey,
} from "../../../shared/retention/queries.ts";

/** How long services' messages are kept. Null and false: the service has not chosen. */
export interface RetentionDesk {
  list(serviceId: string): Promise<Retention[]>;
  find(key: RetentionKey): Promise<Retention | null>;
  create(retention: NewRetention): Promise<Retention | "taken" | "no-service">;
  change(change: Pick<NewRetention, "id" | "serviceId" | "days" | "at">): Promise<boolean>;
}

export interface RetentionRouteDeps {
  dataRetention: RetentionDesk;
  now: () => Date;
  newId: () => string;
}

export function createRetentionDesk({ sql, timeoutMs }: { sql: Pool; timeoutMs: number }): RetentionDesk {
  const bounded = <T>(work: Promise<T>) => inTime(work, timeoutMs);
  return {
    list: (serviceId) => bounded(listRetention(sql, serviceId)),
    find: (key) => bounded(findRetention(sql, key)),
    create: (retention) => bounded(createRetention(sql, retention)),
    change: (change) => bounded(changeRetention(sql, change)),
  };
}
