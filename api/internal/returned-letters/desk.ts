import type { Pool } from "../../../shared/database.ts";
import { inTime } from "../../../shared/group.ts";
import { returnedJobs } from "../../../shared/letter/returned.ts";
import {
  listReturnedDays,
  listReturnedLetters,
  type ReturnedDay,
  type ReturnedPage,
} from "../../../shared/letter/returned-list.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { findServiceName } from "../../../shared/service/setup.ts";

/** Letters that the post brought back. */
export interface ReturnedDesk {
  isService(id: string): Promise<boolean>;
  /** Has them noted; `reportedAt` is a date. */
  report(references: readonly string[], reportedAt: string): Promise<void>;
  listDays(serviceId: string): Promise<ReturnedDay[]>;
  list(serviceId: string, reportedAt: string): Promise<ReturnedPage>;
}

export interface ReturnedRouteDeps {
  returnedLetters: ReturnedDesk;
  now: () => Date;
}

export function createReturnedDesk({ sql, timeoutMs }: { sql: Pool; timeoutMs: number }): ReturnedDesk {
  const bounded = <T>(work: Promise<T>) => inTime(work, timeoutMs);
  return {
    isService: async (id) => (await bounded(findServiceName(sql, id))) !== null,
    report: (references, reportedAt) => bounded(enqueue(sql, returnedJobs(references, reportedAt))),
    listDays: (serviceId) => bounded(listReturnedDays(sql, serviceId)),
    list: (serviceId, reportedAt) => bounded(listReturnedLetters(sql, serviceId, reportedAt)),
  };
}
