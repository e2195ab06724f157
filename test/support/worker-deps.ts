import { createOpenCredentials } from "../../shared/callback/credentials.ts";
import type { Config } from "../../shared/config.ts";
import type { Pool } from "../../shared/database.ts";
import { createStatusUrl } from "../../shared/dvla/status-token.ts";
import type { Cipher } from "../../shared/encryption.ts";
import type { Log } from "../../shared/log.ts";
import { together } from "../../shared/metrics/metrics.ts";
import { listActiveProviders } from "../../shared/provider/queries.ts";
import { createSigner } from "../../shared/signing.ts";
import { openStorage } from "../../shared/storage/open.ts";
import { findTemplateVersion } from "../../shared/template/queries.ts";
import { compileTemplate } from "../../shared/template/template.ts";
import { createUnsubscribeUrl } from "../../shared/unsubscribe/token.ts";
import { createCallCbc } from "../../worker/broadcasts/cbc-proxy.ts";
import { createCallbackHealth } from "../../worker/callbacks/health.ts";
import { judgeReceivers } from "../../worker/callbacks/judge.ts";
import type { WorkerDeps } from "../../worker/deps.ts";
import { openEgress } from "../../worker/egress/open.ts";
import { createFailedSends } from "../../worker/failed-sends.ts";
import { openDrawer } from "../../worker/letters/draw/drawer.ts";
import { openDvlaHttp } from "../../worker/letters/http/open.ts";
import { openPreparer } from "../../worker/letters/precompiled/preparer.ts";
import { loadFonts } from "../../worker/letters/render/fonts.ts";
import { openScanner } from "../../worker/letters/scanner/open.ts";
import { createOpenSftp } from "../../worker/letters/sftp/client.ts";
import { createBreaker } from "../../worker/providers/breaker.ts";
import { openProviders } from "../../worker/providers/open.ts";
import { createStore } from "../../worker/store.ts";
import { balanceOnFailures } from "../../worker/tasks/balance-providers.ts";

/** What one worker's tasks are built from, for calling them without a queue; nothing is remembered but in its store. */
export function createWorkerDeps(
  { config, sql, cipher, log }: { config: Config; sql: Pool; cipher: Cipher; log: Log },
  over: Partial<WorkerDeps> = {},
): WorkerDeps {
  const claimSeconds = (2 * Math.max(config.mmg.timeoutMs, config.email.timeoutMs)) / 1000;
  const { sms, email, snsLog } = openProviders(config);
  return {
    sql,
    store: createStore(sql, { claimSeconds }),
    cipher,
    log,
    metrics: together([]),
    now: () => new Date(),
    random: Math.random,
    findCompiledTemplate: async (id, version) => {
      const template = await findTemplateVersion(sql, id, version);
      return template && compileTemplate(template);
    },
    listActiveProviders: (channel) => listActiveProviders(sql, channel),
    smsProviders: sms,
    emailProviders: email,
    failedSends: createFailedSends({
      counted: new Set(sms.keys()),
      write: (counts) => balanceOnFailures(counts, { sql, log, configured: new Set(sms.keys()) }),
      log,
    }),
    breaker: createBreaker({ slotsOf: () => 50, onSpared() {}, log }),
    restingPoints: config.sms.restingPoints,
    snsLog,
    claimSeconds,
    emailDomain: config.email.domain,
    createUnsubscribeUrl: (email) => createUnsubscribeUrl(cipher, config.api.url, email, new Date()),
    callbacks: config.callbacks,
    letters: config.letters,
    scanner: openScanner(config.letters, log),
    preparer: openPreparer(),
    drawer: openDrawer(),
    letterFonts: loadFonts(),
    openSftp: config.letters.sftp && createOpenSftp(config.letters.sftp),
    dvla: openDvlaHttp(config.letters.http, { sql, cipher, now: over.now ?? (() => new Date()) }),
    createLetterStatusUrl: async (id) =>
      createStatusUrl(await createSigner(config.encryptionKeys), config.api.url, id),
    alerts: config.alerts,
    broadcasts: { sql, config: config.broadcasts, callCbc: createCallCbc(config.broadcasts.cbc) },
    retention: config.retention,
    sessionLife: config.console.life,
    callbackReplays: config.callbackReplays,
    egress: openEgress(config),
    openCredentials: createOpenCredentials(cipher),
    callbackHealth: createCallbackHealth({
      write: (results) => judgeReceivers(results, { sql, log, now: over.now ?? (() => new Date()) }),
      log,
    }),
    storage: openStorage(config.storage, sql),
    ...over,
  };
}
