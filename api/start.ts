import { createBatchFiles } from "../shared/batch/files.ts";
import type { RateBook } from "../shared/billing/rate-book.ts";
import { readRateBook } from "../shared/billing/rate-queries.ts";
import { type Cached, type CacheOptions, createCache } from "../shared/cache.ts";
import type { Config } from "../shared/config.ts";
import { isDataFault, openDatabase, type Pool } from "../shared/database.ts";
import { createDocumentStore } from "../shared/document/store.ts";
import { recordStatus } from "../shared/dvla/record-status.ts";
import type { StatusReport } from "../shared/dvla/status-report.ts";
import { readStatusToken } from "../shared/dvla/status-token.ts";
import { checkCallbackUrl } from "../shared/egress/callback-url.ts";
import { type Cipher, createCipher, type Seal } from "../shared/encryption.ts";
import { inGroups, inTime } from "../shared/group.ts";
import { createTextDesk } from "../shared/inbound/accept.ts";
import { listReceivedTexts } from "../shared/inbound/queries.ts";
import { pollJob } from "../shared/letter/dvla-poll.ts";
import { readLoadedDays } from "../shared/letter/holidays.ts";
import type { Log } from "../shared/log.ts";
import type { Metrics } from "../shared/metrics/metrics.ts";
import { assertMigrated, newestMigration } from "../shared/migrations.ts";
import { createAdmit } from "../shared/notification/admit.ts";
import type { SendableTemplate } from "../shared/notification/notification.ts";
import { findNotification, listNotifications } from "../shared/notification/queries.ts";
import { enqueue, type NewJob } from "../shared/queue/enqueue.ts";
import { countLiveServices, findService } from "../shared/service/queries.ts";
import type { Service } from "../shared/service/service.ts";
import { createSigner, type Signer } from "../shared/signing.ts";
import { openStorage } from "../shared/storage/open.ts";
import { findTemplate, findTemplateDetails, listSendableTemplates } from "../shared/template/queries.ts";
import type { LoadedDays } from "../shared/time/bank-holidays.ts";
import { findTimeline } from "../shared/timeline/find-timeline.ts";
import {
  findSenderName,
  listNewestUnsubscribeRequests,
  storeUnsubscribeRequest,
} from "../shared/unsubscribe/queries.ts";
import { createUnsubscribeUrl, readUnsubscribeToken } from "../shared/unsubscribe/token.ts";
import { createLetterFiles } from "../shared/upload/files.ts";
import { createPasswords, type Scrypt } from "../shared/user/passwords.ts";
import { createApp } from "./app.ts";
import { createBroadcastDesk } from "./internal/broadcasts/desk.ts";
import { createAttemptDesk } from "./internal/callback-attempts/desk.ts";
import { createCallbackDesk } from "./internal/callbacks/desk.ts";
import { createRetentionDesk } from "./internal/data-retention/desk.ts";
import { createReturnedDesk } from "./internal/returned-letters/desk.ts";
import { createLetterDesk } from "./letters/desk.ts";
import { requestLimitMs } from "./middleware/time-out.ts";
import { createDvlaRoutes } from "./receipts/dvla.ts";
import { createInboundRoutes } from "./receipts/inbound-routes.ts";
import { createReceiptRoutes } from "./receipts/routes.ts";
import { countRefusals } from "./v2/notifications/count-refusals.ts";

export interface Api {
  app: ReturnType<typeof createApp>;
  close(): Promise<void>;
}

export interface ApiOptions {
  config: Config;
  log: Log;
  now?: () => Date;
  scrypt: Scrypt;
  /** The runtime's own encryption, where that is faster. */
  seal?: Seal;
  metrics?: Metrics | null;
}

/** Builds the API on one pool. Throws where migrations are missing or the database cannot be reached. */
export async function startApi({
  config,
  log,
  scrypt,
  now = () => new Date(),
  seal,
  metrics = null,
}: ApiOptions): Promise<Api> {
  const sql = openDatabase(config.databaseUrl, {
    name: "pillarbox api",
    connections: config.api.connections,
    statementTimeoutMs: config.api.admitTimeoutMs,
    pooler: config.databasePooler,
  });
  try {
    await assertMigrated(sql);
    const cipher = await createCipher(config.encryptionKeys, { seal });
    return {
      app: buildApp({ sql, cipher, config, log, scrypt, now, metrics }),
      close: () => sql.end({ timeout: 5 }),
    };
  } catch (error) {
    await sql.end({ timeout: 1 });
    throw error;
  }
}

export interface AppParts {
  /** Open, on a database that is migrated. */
  sql: Pool;
  cipher: Cipher;
  config: Config;
  log: Log;
  scrypt: Scrypt;
  now: () => Date;
  metrics?: Metrics | null;
  /** Its own where none are given. */
  caches?: Caches;
}

/** What is kept of answers; a runtime that may not share promises between requests gives its own. */
export interface Caches {
  services: Cached<Service | null>;
  templates: Cached<SendableTemplate | null>;
  rates: Cached<RateBook>;
  holidays: Cached<LoadedDays>;
}

/** Notify's own figure: how old what we know of a service or template may be. */
export const cacheOptions: CacheOptions = { ttlMs: 2000, largest: 5000 };

/** Builds the API on what is open already. */
export function buildApp({
  sql,
  cipher,
  config,
  log,
  scrypt,
  now,
  caches,
  metrics = null,
}: AppParts): Api["app"] {
  const bounded = <T>(work: Promise<T>) => inTime(work, config.api.admitTimeoutMs);
  const cached = caches ?? {
    services: (load) => createCache(load, cacheOptions),
    templates: (load) => createCache(load, cacheOptions),
    rates: (load) => createCache(load, cacheOptions),
    holidays: (load) => createCache(load, cacheOptions),
  };
  const measured = (write: string) => (size: number, seconds: number) =>
    metrics?.grouped(write, size, seconds);
  const storage = openStorage(config.storage, sql);
  const services = cached.services((id) => bounded(findService(sql, cipher, id)));
  const templates = cached.templates((key) => {
    const [serviceId = "", id = ""] = key.split(" ");
    return bounded(findTemplate(sql, serviceId, id));
  });
  const rates = cached.rates(() => bounded(readRateBook(sql)));
  const holidays = cached.holidays(() => bounded(readLoadedDays(sql)));
  const enqueueReceipt = inGroups<NewJob, undefined>(
    async (jobs) => {
      await enqueue(sql, jobs);
      return jobs.map(() => undefined);
    },
    {
      largest: 500,
      waiting: 50_000,
      timeoutMs: config.api.admitTimeoutMs,
      isItemsFault: isDataFault,
      measured: measured("receipts"),
    },
  );
  // Made when first needed: an edge builds an app for each request.
  let made: Promise<Signer> | undefined;
  const signer = () => {
    made ??= createSigner(config.encryptionKeys);
    return made;
  };
  const letterStatus = {
    readStatusToken: async (token: string) => readStatusToken(await signer(), token),
    recordStatus: (report: StatusReport, at: Date) => bounded(recordStatus(sql, report, at)),
  };
  const receipts = createReceiptRoutes({
    letterStatus,
    enqueueReceipt: (name, data) => enqueueReceipt({ name, data }),
    credentials: { mmg: config.mmg.receiptCredentials, firetext: config.firetext.receiptCredentials },
    sns: { topicArns: config.ses.topicArns, trustedOrigins: config.ses.trustedOrigins, fetch },
    log,
    now,
  });
  const inbound = createInboundRoutes({
    ...createTextDesk({
      sql,
      cipher,
      signer,
      timeoutMs: config.api.admitTimeoutMs,
      measured: measured("inbound-texts"),
    }),
    credentials: { mmg: config.mmg.inboundCredentials, firetext: config.firetext.inboundCredentials },
    log,
    now,
  });
  const dvla = createDvlaRoutes({
    sns: { topicArns: config.letters.topicArns, trustedOrigins: config.ses.trustedOrigins, fetch },
    poll: async (reason) => bounded(enqueue(sql, [await pollJob(reason, now())])),
    log,
  });

  return createApp({
    findService: services,
    forgetService: services.forget,
    forgetTemplate: (serviceId, id) => templates.forget(`${serviceId} ${id}`),
    findTemplate: (serviceId, id) => templates(`${serviceId} ${id}`),
    admit: countRefusals(
      createAdmit({
        sql,
        cipher,
        now,
        timeoutMs: config.api.admitTimeoutMs,
        files: config.storage.s3 ? storage : null,
        measured: measured("admit"),
      }),
      metrics,
    ),
    findNotification: (serviceId, id) => bounded(findNotification(sql, cipher, serviceId, id)),
    listNotifications: (query) => bounded(listNotifications(sql, cipher, query)),
    findTemplateDetails: (serviceId, id, version) =>
      bounded(findTemplateDetails(sql, serviceId, id, version)),
    listSendableTemplates: (serviceId, type) => bounded(listSendableTemplates(sql, serviceId, type)),
    listReceivedTexts: (query) => bounded(listReceivedTexts(sql, cipher, query)),
    listUnsubscribeRequests: (query) => bounded(listNewestUnsubscribeRequests(sql, query)),
    createUnsubscribeUrl: (root, email) => createUnsubscribeUrl(cipher, root, email, now()),
    readUnsubscribeToken: (id, token) => readUnsubscribeToken({ cipher, signer }, id, token, now()),
    findSenderName: (link) => bounded(findSenderName(sql, link)),
    unsubscribe: (link) => bounded(storeUnsubscribeRequest(sql, link, now())),
    countLiveServices: () => bounded(countLiveServices(sql)),
    findTimeline: (id) => bounded(findTimeline(sql, id)),
    returnedLetters: createReturnedDesk({ sql, timeoutMs: config.api.admitTimeoutMs }),
    dataRetention: createRetentionDesk({ sql, timeoutMs: config.api.admitTimeoutMs }),
    callbackAttempts: createAttemptDesk({ sql, cipher, timeoutMs: config.api.admitTimeoutMs }),
    callbacks: createCallbackDesk({
      sql,
      cipher,
      timeoutMs: config.api.admitTimeoutMs,
      urlFault: (url) => checkCallbackUrl(url, config.egress.policy),
      trialPatienceMs: 10_000,
    }),
    letters: createLetterDesk({
      sql,
      cipher,
      storage,
      timeoutMs: config.api.admitTimeoutMs,
      signer,
      now,
      patienceMs: config.letters.picturePatienceMs,
      takesPrecompiled: config.letters.scanner !== null || config.letters.mayGoUnscanned,
    }),
    broadcasts: createBroadcastDesk({
      sql,
      log,
      enabled: config.broadcasts.enabled,
      pagesApprovals: config.broadcasts.pagesApprovals,
      timeoutMs: config.api.admitTimeoutMs,
    }),
    ask: (work) => bounded(work(sql, cipher)),
    batchFiles: createBatchFiles({ storage, cipher }),
    letterFiles: createLetterFiles({ storage, cipher }),
    smsSender: config.api.smsSender,
    internalClient: config.api.internalClient,
    alertsClient: config.broadcasts.alertsClient,
    functionalTestsClient: config.api.functionalTestsClient,
    documents: createDocumentStore({
      sql,
      storage,
      now,
      timeoutMs: config.api.admitTimeoutMs,
    }),
    documentHost: config.api.documentHost,
    signer,
    requestLimitMs,
    now,
    newId: () => crypto.randomUUID(),
    log,
    metrics,
    emailDomain: config.email.domain,
    apiHost: config.api.host,
    adminUrl: config.api.adminUrl,
    readRates: () => rates(""),
    readHolidays: () => holidays(""),
    gitCommit: config.gitCommit,
    buildTime: config.buildTime,
    console: config.console,
    passwords: createPasswords(scrypt),
    receipts: receipts.route("/", inbound).route("/", dvla),
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
}
