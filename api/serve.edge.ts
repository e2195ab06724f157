import { createValueCache } from "../shared/cache.ts";
import { type Config, readConfig } from "../shared/config.ts";
import { isUnreachable, openDatabase, type Pool } from "../shared/database.ts";
import { type Cipher, createCipher } from "../shared/encryption.ts";
import { Busy, inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";
import { assertMigrated } from "../shared/migrations.ts";
import { answerError } from "./answer.ts";
import { createConsoleLog } from "./serve.edge-log.ts";
import { scrypt } from "./serve.scrypt.ts";
import { buildApp, type Caches, cacheOptions } from "./start.ts";

/** Settings by their names, and bindings; of these, Hyperdrive's takes the place of `DATABASE_URL`. */
interface Env {
  HYPERDRIVE?: { connectionString: string };
  [name: string]: unknown;
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

/** What requests of one isolate share: values only, since no promise or socket may outlive its request. */
interface Isolate {
  config: Config;
  cipher: Cipher;
  log: Log;
  caches: Caches;
  /** False until the database was seen to be migrated. */
  migrated: boolean;
}

/** A request rarely asks two things at once; each connection is made when it is needed. */
const connections = 3;

/**
 * The API as a module worker, for workerd and Cloudflare Workers.
 *
 * A socket there belongs to the request that opened it, so each request has connections of its own, closed after its
 * answer, and commits alone: there is no group commit here. Hyperdrive, or a pooler near the worker, makes opening
 * them cheap. What may be shared is kept by value: settings, keys, rates, services and templates for 2 seconds, and that
 * the database is migrated, which is asked once an isolate.
 */
function createWorker() {
  let known: Isolate | undefined;

  return {
    async fetch(request: Request, env: Env, execution: Execution): Promise<Response> {
      known ??= await openIsolate(env).catch((error: unknown) => {
        createConsoleLog("error").error({ err: error }, "Cannot start");
        return undefined;
      });
      if (!known) return unavailable();
      const { config, cipher, log, caches } = known;
      const sql = openDatabase(config.databaseUrl, {
        name: "pillarbox api",
        connections,
        statementTimeoutMs: config.api.admitTimeoutMs,
        pooler: config.databasePooler,
      });
      try {
        if (!(await isMigrated(known, sql))) return unavailable();
        return await buildApp({ sql, cipher, config, log, scrypt, now: () => new Date(), caches }).fetch(
          request,
        );
      } finally {
        // At once: a statement still under way is one whose time is up, and was refused.
        execution.waitUntil(sql.end({ timeout: 0 }));
      }
    },
  };
}

async function openIsolate({ HYPERDRIVE: hyperdrive, ...given }: Env): Promise<Isolate> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (typeof value === "string") settings[name] = value;
  const config = readConfig(
    hyperdrive
      ? { ...settings, DATABASE_URL: hyperdrive.connectionString, DATABASE_POOLER: "transaction" }
      : settings,
  );
  return {
    config,
    cipher: await createCipher(config.encryptionKeys),
    log: createConsoleLog(config.logLevel),
    caches: {
      services: createValueCache(cacheOptions),
      templates: createValueCache(cacheOptions),
      rates: createValueCache(cacheOptions),
      holidays: createValueCache(cacheOptions),
    },
    migrated: false,
  };
}

/** True as well where the database cannot be reached: the app says so itself, and answers what needs no database. */
async function isMigrated(isolate: Isolate, sql: Pool): Promise<boolean> {
  if (isolate.migrated) return true;
  try {
    await inTime(assertMigrated(sql), isolate.config.api.admitTimeoutMs);
    isolate.migrated = true;
    return true;
  } catch (error) {
    if (error instanceof Busy || isUnreachable(error)) return true;
    isolate.log.error({ err: error }, "Cannot serve");
    return false;
  }
}

function unavailable(): Response {
  const message = "The service is temporarily unavailable, try again later";
  return answerError({ status: 503, errors: [{ error: "ServiceUnavailable", message }] });
}

export default createWorker();
