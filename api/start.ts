import { createCache } from "../shared/cache.ts";
import type { Config } from "../shared/config.ts";
import { isDataFault, openDatabase } from "../shared/database.ts";
import { createCipher, type Seal } from "../shared/encryption.ts";
import { inGroups, inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";
import { assertMigrated, newestMigration } from "../shared/migrations.ts";
import { createAdmit } from "../shared/notification/admit.ts";
import { findNotification, listNotifications } from "../shared/notification/queries.ts";
import { enqueue, type NewJob } from "../shared/queue/enqueue.ts";
import { findService } from "../shared/service/queries.ts";
import { findTemplate } from "../shared/template/queries.ts";
import { createApp } from "./app.ts";
import { createReceiptRoutes } from "./receipts/routes.ts";

export interface Api {
  app: ReturnType<typeof createApp>;
  close(): Promise<void>;
}

/** Notify's own figure: how old what we know of a service or template may be. */
const freshMs = 2000;

export interface ApiOptions {
  config: Config;
  log: Log;
  now?: () => Date;
  /** The runtime's own encryption, where that is faster. */
  seal?: Seal;
}

/** Builds the API on one pool. Throws where migrations are missing or the database cannot be reached. */
export async function startApi({ config, log, now = () => new Date(), seal }: ApiOptions): Promise<Api> {
  const sql = openDatabase(config.databaseUrl, {
    name: "pillarbox api",
    connections: config.api.connections,
    statementTimeoutMs: config.api.admitTimeoutMs,
  });
  try {
    await assertMigrated(sql);
    const cipher = await createCipher(config.encryptionKeys, seal);
    const bounded = <T>(work: Promise<T>) => inTime(work, config.api.admitTimeoutMs);
    const services = createCache((id) => bounded(findService(sql, cipher, id)), {
      ttlMs: freshMs,
      largest: 5000,
    });
    const templates = createCache(
      (key) => {
        const [serviceId = "", id = ""] = key.split(" ");
        return bounded(findTemplate(sql, serviceId, id));
      },
      { ttlMs: freshMs, largest: 5000 },
    );
    const enqueueReceipt = inGroups<NewJob, undefined>(
      async (jobs) => {
        await enqueue(sql, jobs);
        return jobs.map(() => undefined);
      },
      { largest: 500, waiting: 50_000, timeoutMs: config.api.admitTimeoutMs, isItemsFault: isDataFault },
    );
    const receipts = createReceiptRoutes({
      enqueueReceipt: (name, data) => enqueueReceipt({ name, data }),
      credentials: { mmg: config.mmg.receiptCredentials, firetext: config.firetext.receiptCredentials },
      sns: { topicArns: config.ses.topicArns, trustedOrigins: config.ses.trustedOrigins, fetch },
      log,
      now,
    });

    const app = createApp({
      findService: services,
      findTemplate: (serviceId, id) => templates(`${serviceId} ${id}`),
      admit: createAdmit({ sql, cipher, now, timeoutMs: config.api.admitTimeoutMs }),
      findNotification: (serviceId, id) => bounded(findNotification(sql, cipher, serviceId, id)),
      listNotifications: (query) => bounded(listNotifications(sql, cipher, query)),
      now,
      newId: () => crypto.randomUUID(),
      log,
      emailDomain: config.email.domain,
      apiHost: config.api.host,
      adminUrl: config.api.adminUrl,
      smsRate: config.api.smsRate,
      gitCommit: config.gitCommit,
      buildTime: config.buildTime,
      receipts,
      status: async () => {
        await bounded(sql`select`);
        return { dbVersion: newestMigration };
      },
      ready: () =>
        bounded(sql`select`).then(
          () => true,
          () => false,
        ),
    });
    return { app, close: () => sql.end({ timeout: 5 }) };
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
}
