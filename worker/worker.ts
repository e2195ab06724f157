import { countOpenAlerts } from "../shared/alert/queries.ts";
import { listNetworkFigures } from "../shared/broadcast/figures.ts";
import { createCache } from "../shared/cache.ts";
import { createOpenCredentials } from "../shared/callback/credentials.ts";
import type { Config } from "../shared/config.ts";
import { openDatabase, type Pool } from "../shared/database.ts";
import { createStatusUrl } from "../shared/dvla/status-token.ts";
import { createCipher } from "../shared/encryption.ts";
import { inTime } from "../shared/group.ts";
import type { Log } from "../shared/log.ts";
import { assertMigrated } from "../shared/migrations.ts";
import { listActiveProviders } from "../shared/provider/queries.ts";
import { listProviderFigures } from "../shared/provider/slowness-queries.ts";
import { wakeChannel } from "../shared/queue/enqueue.ts";
import { heartbeatSeconds, type JobName, type Queue, queues, urgent } from "../shared/queue/jobs.ts";
import { listQueueLevels } from "../shared/queue/status.ts";
import { createSigner } from "../shared/signing.ts";
import { openStorage } from "../shared/storage/open.ts";
import { createUnsubscribeUrl } from "../shared/unsubscribe/token.ts";
import { showAlerts } from "./alert-metrics.ts";
import { startBoss } from "./boss.ts";
import { showBroadcasts } from "./broadcast-metrics.ts";
import { createCallCbc } from "./broadcasts/cbc-proxy.ts";
import { createCallbackHealth } from "./callbacks/health.ts";
import { judgeReceivers } from "./callbacks/judge.ts";
import { rememberTemplates } from "./compiled-templates.ts";
import { concurrencyOf, perServiceOf } from "./concurrency.ts";
import { type Consumer, consume } from "./consume.ts";
import type { WorkerDeps } from "./deps.ts";
import { openEgress } from "./egress/open.ts";
import { createFailedSends } from "./failed-sends.ts";
import { openDrawer } from "./letters/draw/drawer.ts";
import { openDvlaHttp } from "./letters/http/open.ts";
import { openPreparer } from "./letters/precompiled/preparer.ts";
import { loadFonts } from "./letters/render/fonts.ts";
import { openScanner } from "./letters/scanner/open.ts";
import { createOpenSftp } from "./letters/sftp/client.ts";
import { createMetrics, type WorkerMetrics } from "./metrics.ts";
import { openSealed } from "./open-sealed.ts";
import { showProviders } from "./provider-metrics.ts";
import { createBreaker } from "./providers/breaker.ts";
import { openProviders } from "./providers/open.ts";
import { showQueues } from "./queue-metrics.ts";
import { type Schedule, schedulesFor, startSchedules } from "./schedules.ts";
import { createStore } from "./store.ts";
import { balanceOnFailures } from "./tasks/balance-providers.ts";
import { createTasks } from "./tasks.ts";

export interface Worker {
  metrics: WorkerMetrics;
  /** Whether the database answers. */
  ready(): Promise<boolean>;
  /** Fetches no more, lets what runs finish for `patienceMs`, gives the rest back, closes everything. */
  stop(patienceMs: number): Promise<void>;
}

export interface WorkerOptions {
  config: Config;
  log: Log;
  now?: () => Date;
  /** What it queues by the clock; all that this copy has a use for where it is not given. */
  schedules?: readonly Schedule[];
}

/** How long the database may take to say that it is there. */
const readyMs = 5_000;
/** How long each connection pool may take to close when the worker stops. */
const closeMs = 3_000;
/** How often each queue is looked at though nothing woke it. */
const pollMs = 5_000;
/** The same where nothing can wake it, or seconds count. */
const shortPollMs = 1_000;

/** Starts a worker on all queues. Throws where migrations are missing or the database cannot be reached. */
export async function startWorker({
  config,
  log,
  now = () => new Date(),
  schedules,
}: WorkerOptions): Promise<Worker> {
  const pooler = config.databasePooler;
  const everyMs = pooler === null ? pollMs : shortPollMs;
  const sql = openDatabase(config.databaseUrl, {
    name: "pillarbox worker",
    connections: config.worker.connections,
    statementTimeoutMs: 30_000,
    plansByIndex: true,
    pooler,
  });
  // For the scheduled tasks, which read much.
  const sweeps = openDatabase(config.databaseUrl, {
    name: "pillarbox worker sweeps",
    connections: 2,
    statementTimeoutMs: 300_000,
    pooler,
  });
  // For emergency alerts, which wait for nothing else.
  const urgentSql = openDatabase(config.databaseUrl, {
    name: "pillarbox worker alerts",
    connections: 4,
    statementTimeoutMs: 30_000,
    plansByIndex: true,
    pooler,
  });
  const closers: (() => Promise<void> | void)[] = [
    () => urgentSql.end({ timeout: 5 }),
    () => sql.end({ timeout: 5 }),
    () => sweeps.end({ timeout: 5 }),
  ];
  try {
    await assertMigrated(sql);
    const upkeep = openDatabase(config.databaseUrl, {
      name: "pillarbox worker upkeep",
      connections: 1,
      statementTimeoutMs: 300_000,
      pooler,
    });
    closers.unshift(() => upkeep.end({ timeout: 5 }));
    const boss = await startBoss(upkeep, log);
    closers.unshift(() => boss.stop({ graceful: false, close: false }));
    const providers = openProviders(config);
    closers.unshift(() => providers.close());

    const metrics = createMetrics(config, log);
    closers.push(() => metrics.close());
    showQueues(metrics.registry, { read: () => listQueueLevels(sql), log });
    showAlerts(metrics.registry, { read: () => countOpenAlerts(sql), log });
    showBroadcasts(metrics.registry, { read: () => listNetworkFigures(sql), log });
    showProviders(metrics.registry, { read: () => listProviderFigures(sql), log });
    const deps = await createDeps({ config, log, now, sql, sweeps, urgentSql, metrics, providers });
    closers.unshift(() => deps.preparer.close());
    closers.unshift(() => deps.drawer.close());
    closers.unshift(() => deps.failedSends.flush());
    closers.unshift(() => deps.callbackHealth.flush());
    const consumers = new Map<JobName, Consumer>();
    const concurrency = concurrencyOf(config.worker.concurrency);
    const perService = perServiceOf(config.worker.perService);
    for (const [name, task] of Object.entries(createTasks(deps))) {
      const queue = name as JobName;
      const { isUrgent }: Queue = queues[queue];
      const options = {
        queue,
        task,
        sql: isUrgent ? urgentSql : sql,
        boss,
        log,
        metrics,
        pollMs: isUrgent ? shortPollMs : everyMs,
        concurrency: concurrency(queue),
        perService: perService(queue),
      };
      const missedAfterSeconds = isUrgent ? urgent.heartbeatSeconds : heartbeatSeconds;
      consumers.set(queue, consume({ ...options, heartbeatMs: (missedAfterSeconds * 1000) / 4 }));
    }
    // There a session is another's as soon as it listens.
    if (pooler === null) await listen(sql, consumers, log);
    else log.warn({ pooler, pollMs: everyMs }, "Cannot listen for jobs through a pooler: polling only");
    const stopSchedules = await startSchedules(sweeps, log, now, schedules ?? schedulesFor(deps));

    return {
      metrics,
      ready: () =>
        inTime(sql`select`, readyMs).then(
          () => true,
          () => false,
        ),
      async stop(patienceMs) {
        stopSchedules();
        await Promise.all([...consumers.values()].map((consumer) => consumer.stop(patienceMs)));
        for (const close of closers) {
          await inTime(Promise.resolve(close()), closeMs).catch((error) =>
            log.warn({ err: error }, "Cannot close in order"),
          );
        }
      },
    };
  } catch (error) {
    for (const close of closers) await close();
    throw error;
  }
}

interface DepsOptions extends Required<Omit<WorkerOptions, "schedules">> {
  sql: Pool;
  sweeps: Pool;
  urgentSql: Pool;
  metrics: WorkerMetrics;
  providers: ReturnType<typeof openProviders>;
}

async function createDeps(options: DepsOptions): Promise<WorkerDeps> {
  const { config, log, now, sql, sweeps, urgentSql, metrics, providers } = options;
  const cipher = await createCipher(config.encryptionKeys, { open: openSealed });
  const signer = await createSigner(config.encryptionKeys);
  const claimSeconds = (2 * Math.max(config.mmg.timeoutMs, config.email.timeoutMs)) / 1000;
  const textProviders = new Set(providers.sms.keys());
  const concurrency = concurrencyOf(config.worker.concurrency);
  const failedSends = createFailedSends({
    counted: textProviders,
    write: (counts) => balanceOnFailures(counts, { sql, log, configured: textProviders }),
    log,
  });
  return {
    sql: sweeps,
    store: createStore(sql, { claimSeconds, metrics }),
    cipher,
    log,
    metrics,
    now,
    random: Math.random,
    findCompiledTemplate: rememberTemplates(sql),
    listActiveProviders: createCache((channel) => listActiveProviders(sql, channel), {
      ttlMs: 5_000,
      largest: 4,
    }),
    smsProviders: providers.sms,
    emailProviders: providers.email,
    failedSends,
    breaker: createBreaker({
      slotsOf: (provider) => concurrency(textProviders.has(provider) ? "deliver-sms" : "deliver-email"),
      onSpared: failedSends.add,
      log,
    }),
    restingPoints: config.sms.restingPoints,
    snsLog: providers.snsLog,
    claimSeconds,
    emailDomain: config.email.domain,
    createUnsubscribeUrl: (email) => createUnsubscribeUrl(cipher, config.api.url, email, now()),
    callbacks: config.callbacks,
    letters: config.letters,
    scanner: openScanner(config.letters, log),
    preparer: openPreparer(),
    drawer: openDrawer(),
    letterFonts: loadFonts(),
    openSftp: config.letters.sftp && createOpenSftp(config.letters.sftp),
    dvla: openDvlaHttp(config.letters.http, { sql, cipher, now }),
    createLetterStatusUrl: (id) => createStatusUrl(signer, config.api.url, id),
    alerts: config.alerts,
    broadcasts: { sql: urgentSql, config: config.broadcasts, callCbc: createCallCbc(config.broadcasts.cbc) },
    retention: config.retention,
    sessionLife: config.console.life,
    callbackReplays: config.callbackReplays,
    egress: openEgress(config),
    openCredentials: createOpenCredentials(cipher),
    callbackHealth: createCallbackHealth({
      write: (results) => judgeReceivers(results, { sql, log, now }),
      log,
    }),
    storage: openStorage(config.storage, sweeps),
  };
}

/** Wakes consumers when jobs are stored; where LISTEN does not work, polling goes on. */
async function listen(sql: Pool, consumers: ReadonlyMap<string, Consumer>, log: Log): Promise<void> {
  const wakeAll = () => {
    for (const consumer of consumers.values()) consumer.wake();
  };
  try {
    // Again after each reconnection: what came meanwhile was not heard.
    await sql.listen(wakeChannel, (queue) => consumers.get(queue)?.wake(), wakeAll);
  } catch (error) {
    log.warn({ err: error, pollMs }, "Cannot listen for jobs: polling only");
  }
}
