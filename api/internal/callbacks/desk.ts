import {
  type By,
  type CallbackChange,
  type CallbackConfig,
  type CallbackKey,
  type Created,
  createCallback,
  findCallback,
  type NewCallback,
  removeCallback,
  resumeCallback,
  rotateSigningSecret,
  updateCallback,
} from "../../../shared/callback/queries.ts";
import { findTrial, requestTrial, type Trial } from "../../../shared/callback/trial.ts";
import type { Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { inTime } from "../../../shared/group.ts";

/** Where services are told, as operators' programs set it up. Null and false: there is no such callback. */
export interface CallbackDesk {
  create(callback: NewCallback, by: By): Promise<Created>;
  find(key: CallbackKey): Promise<CallbackConfig | null>;
  update(key: CallbackKey, change: CallbackChange, by: By): Promise<CallbackConfig | null>;
  remove(key: CallbackKey, at: Date): Promise<boolean>;
  rotateSecret(key: CallbackKey, by: By): Promise<{ config: CallbackConfig; signingSecret: string } | null>;
  resume(key: CallbackKey, by: By): Promise<CallbackConfig | null>;
  requestTrial(key: CallbackKey, trialId: string, at: Date): Promise<boolean>;
  findTrial(key: CallbackKey, trialId: string): Promise<Trial | null>;
  /** What is wrong with a URL, to follow the field's name; null where it may be called. */
  urlFault(url: string): string | null;
  /** How long who asked for a trial waits for its result. */
  trialPatienceMs: number;
}

export interface CallbackRouteDeps {
  callbacks: CallbackDesk;
  now: () => Date;
  newId: () => string;
}

interface DeskParts extends Pick<CallbackDesk, "urlFault" | "trialPatienceMs"> {
  sql: Pool;
  cipher: Cipher;
  timeoutMs: number;
}

export function createCallbackDesk({ sql, cipher, timeoutMs, ...rest }: DeskParts): CallbackDesk {
  const bounded = <T>(work: Promise<T>) => inTime(work, timeoutMs);
  return {
    create: (callback, by) => bounded(createCallback(sql, cipher, callback, by)),
    find: (key) => bounded(findCallback(sql, key)),
    update: (key, change, by) => bounded(updateCallback(sql, cipher, key, change, by)),
    remove: (key, at) => bounded(removeCallback(sql, key, at)),
    rotateSecret: (key, by) => bounded(rotateSigningSecret(sql, cipher, key, by)),
    resume: (key, by) => bounded(resumeCallback(sql, key, by)),
    requestTrial: (key, trialId, at) => bounded(requestTrial(sql, key, trialId, at)),
    findTrial: (key, trialId) => bounded(findTrial(sql, cipher, key, trialId)),
    ...rest,
  };
}
