import {
  type AttemptsQuery,
  type ListedAttempt,
  listServiceAttempts,
} from "../../../shared/callback/attempt-list.ts";
import {
  cancelReplay,
  findReplay,
  listReplays,
  type Replay,
  type ReplayRequest,
  type Started,
  startReplay,
} from "../../../shared/callback/replay.ts";
import type { Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { inTime } from "../../../shared/group.ts";
import { findServiceName } from "../../../shared/service/setup.ts";

/** What services were told, and having it told again. */
export interface AttemptDesk {
  isService(id: string): Promise<boolean>;
  list(query: AttemptsQuery): Promise<ListedAttempt[]>;
  startReplay(request: ReplayRequest, made: { id: string; at: Date }): Promise<Started>;
  listReplays(serviceId: string, limit: number): Promise<Replay[]>;
  findReplay(serviceId: string, id: string): Promise<Replay | null>;
  cancelReplay(replay: { serviceId: string; id: string }, at: Date): Promise<boolean>;
}

export interface AttemptRouteDeps {
  callbackAttempts: AttemptDesk;
  now: () => Date;
  newId: () => string;
}

interface DeskParts {
  sql: Pool;
  cipher: Cipher;
  timeoutMs: number;
}

export function createAttemptDesk({ sql, cipher, timeoutMs }: DeskParts): AttemptDesk {
  const bounded = <T>(work: Promise<T>) => inTime(work, timeoutMs);
  return {
    isService: async (id) => (await bounded(findServiceName(sql, id))) !== null,
    list: (query) => bounded(listServiceAttempts(sql, cipher, query)),
    startReplay: (request, made) => bounded(startReplay(sql, request, made)),
    listReplays: (serviceId, limit) => bounded(listReplays(sql, serviceId, limit)),
    findReplay: (serviceId, id) => bounded(findReplay(sql, serviceId, id)),
    cancelReplay: (replay, at) => bounded(cancelReplay(sql, replay, at)),
  };
}
