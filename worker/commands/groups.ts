import { listAlertsCommand } from "./alert/list.ts";
import { resolveAlertCommand } from "./alert/resolve.ts";
import { showAlertCommand } from "./alert/show.ts";
import { listHolidaysCommand } from "./bank-holidays/list.ts";
import { loadHolidaysCommand } from "./bank-holidays/load.ts";
import { moveHolidayCommand } from "./bank-holidays/move.ts";
import { removeHolidayCommand } from "./bank-holidays/remove.ts";
import { listBatchesCommand } from "./batch/list.ts";
import { resumeBatchCommand } from "./batch/resume.ts";
import { showBatchOfRowsCommand } from "./batch/show.ts";
import { cancelBroadcastCommand } from "./broadcast/cancel.ts";
import { linkTestCommand } from "./broadcast/link-test.ts";
import { listBroadcastsCommand } from "./broadcast/list.ts";
import { replayBroadcastCommand } from "./broadcast/replay.ts";
import { showBroadcastCommand } from "./broadcast/show.ts";
import { listAttemptsCommand, listFailuresCommand } from "./callback/attempts.ts";
import { listCallbacksCommand } from "./callback/list.ts";
import { removeCallbackCommand } from "./callback/remove.ts";
import { replayCallbacksCommand } from "./callback/replay.ts";
import { cancelReplayCommand, listReplaysCommand } from "./callback/replays.ts";
import { resumeCallbackCommand } from "./callback/resume.ts";
import { rotateSecretCommand } from "./callback/rotate-secret.ts";
import { setCallbackCommand } from "./callback/set.ts";
import { showCallbackCommand } from "./callback/show.ts";
import { testCallbackCommand } from "./callback/test.ts";
import type { Command } from "./command.ts";
import { doctorCommand } from "./doctor/doctor.ts";
import { listDvlaFilesCommand } from "./dvla-file/list.ts";
import { replayDvlaFileCommand } from "./dvla-file/replay.ts";
import { showDvlaFileCommand } from "./dvla-file/show.ts";
import { rebuildFactsCommand } from "./facts/rebuild.ts";
import { fixturesCommand } from "./fixtures/fixtures.ts";
import { addNumberCommand } from "./inbound-number/add.ts";
import { assignNumberCommand } from "./inbound-number/assign.ts";
import { listNumbersCommand } from "./inbound-number/list.ts";
import { releaseNumberCommand } from "./inbound-number/release.ts";
import { createKeyCommand } from "./key/create.ts";
import { listKeysCommand } from "./key/list.ts";
import { revokeKeyCommand } from "./key/revoke.ts";
import { rotateKeysCommand } from "./keys/rotate.ts";
import { abandonCommand } from "./letter/abandon.ts";
import { holdLettersCommand, listHoldsCommand, releaseLettersCommand } from "./letter/holds.ts";
import { letterPdfCommand } from "./letter/pdf.ts";
import { renderLetterCommand } from "./letter/render.ts";
import { rescanLettersCommand } from "./letter/rescan.ts";
import { retryLettersCommand } from "./letter/retry.ts";
import { returnedLettersCommand } from "./letter/returned.ts";
import { startPrintRunCommand } from "./letter/run.ts";
import { listPrintRunsCommand } from "./letter/runs.ts";
import { showBatchCommand } from "./letter/show-batch.ts";
import { showPrintRunCommand } from "./letter/show-run.ts";
import { recountCommand } from "./notification/recount.ts";
import { replayNotificationCommand } from "./notification/replay.ts";
import { showNotificationCommand } from "./notification/show.ts";
import { setUpPlatformCommand } from "./platform/setup.ts";
import { protectSenderCommand } from "./protected-sender/add.ts";
import { listProtectedSendersCommand } from "./protected-sender/list.ts";
import { unprotectSenderCommand } from "./protected-sender/remove.ts";
import { showProviderHistoryCommand } from "./provider/history.ts";
import { listProvidersCommand } from "./provider/list.ts";
import { setProviderCommand } from "./provider/set.ts";
import { purgeCommand } from "./purge/purge.ts";
import { deadLettersCommand } from "./queues/dead.ts";
import { dropCommand } from "./queues/drop.ts";
import { listQueuesCommand } from "./queues/list.ts";
import { redriveCommand } from "./queues/redrive.ts";
import { showJobsCommand } from "./queues/show.ts";
import { giveAllowancesCommand } from "./rates/allowances.ts";
import { listRatesCommand } from "./rates/list.ts";
import { loadRatesCommand } from "./rates/load.ts";
import { sendCommand } from "./send/send.ts";
import { setContactCommand } from "./service/contact.ts";
import { createServiceCommand } from "./service/create.ts";
import { addGuestCommand } from "./service/guest.ts";
import { changeLimitsCommand } from "./service/limits.ts";
import { listServicesCommand } from "./service/list.ts";
import { resumeServiceCommand } from "./service/resume.ts";
import { retentionCommand } from "./service/retention.ts";
import { suspendServiceCommand } from "./service/suspend.ts";
import { tailCommand } from "./tail/tail.ts";
import { createTemplateCommand } from "./template/create.ts";
import { deleteTemplateCommand } from "./template/delete.ts";
import { listTemplatesCommand } from "./template/list.ts";
import { showTemplateCommand } from "./template/show.ts";
import { updateTemplateCommand } from "./template/update.ts";
import { listVersionsCommand } from "./template/versions.ts";
import { tokenCommand } from "./token/token.ts";
import { listUnsubscribesCommand } from "./unsubscribe/list.ts";
import { createUserCommand } from "./user/create.ts";
import { listUsersCommand } from "./user/list.ts";
import { setPasswordCommand } from "./user/password.ts";
import { operatorCommand, resumeUserCommand, suspendUserCommand, unlockCommand } from "./user/standing.ts";

export interface Group {
  description: string;
  commands: Readonly<Record<string, Command>>;
  /** What the group's name alone does. */
  otherwise?: Command;
}

/** Every command, as it is typed. */
export const groups: Readonly<Record<string, Group>> = {
  doctor: {
    description: "What is amiss, and what to do about it",
    commands: {},
    otherwise: doctorCommand,
  },
  send: { description: "Send a message", commands: {}, otherwise: sendCommand },
  fixtures: { description: "What the functional tests find", commands: {}, otherwise: fixturesCommand },
  purge: { description: "What functional tests left behind", commands: {}, otherwise: purgeCommand },
  token: { description: "A token for the internal API", commands: {}, otherwise: tokenCommand },
  tail: { description: "Follow messages as they go", commands: {}, otherwise: tailCommand },
  service: {
    description: "Services: who sends",
    commands: {
      create: createServiceCommand,
      list: listServicesCommand,
      suspend: suspendServiceCommand,
      resume: resumeServiceCommand,
      limits: changeLimitsCommand,
      guest: addGuestCommand,
      contact: setContactCommand,
      retention: retentionCommand,
    },
  },
  user: {
    description: "People who sign in to the console",
    commands: {
      create: createUserCommand,
      list: listUsersCommand,
      password: setPasswordCommand,
      unlock: unlockCommand,
      suspend: suspendUserCommand,
      resume: resumeUserCommand,
      operator: operatorCommand,
    },
  },
  key: {
    description: "API keys",
    commands: { create: createKeyCommand, list: listKeysCommand, revoke: revokeKeyCommand },
  },
  template: {
    description: "Templates: what is sent",
    commands: {
      create: createTemplateCommand,
      update: updateTemplateCommand,
      list: listTemplatesCommand,
      show: showTemplateCommand,
      versions: listVersionsCommand,
      delete: deleteTemplateCommand,
    },
  },
  callback: {
    description: "Where a service hears of its messages, and of texts to it",
    commands: {
      set: setCallbackCommand,
      remove: removeCallbackCommand,
      list: listCallbacksCommand,
      show: showCallbackCommand,
      "rotate-secret": rotateSecretCommand,
      resume: resumeCallbackCommand,
      test: testCallbackCommand,
      attempts: listAttemptsCommand,
      failures: listFailuresCommand,
      replay: replayCallbacksCommand,
      replays: listReplaysCommand,
      "cancel-replay": cancelReplayCommand,
    },
  },
  "inbound-number": {
    description: "Numbers that people can text a service at",
    commands: {
      add: addNumberCommand,
      list: listNumbersCommand,
      assign: assignNumberCommand,
      release: releaseNumberCommand,
    },
  },
  platform: {
    description: "The platform's own service, which writes to those who use it",
    commands: { setup: setUpPlatformCommand },
  },
  "protected-sender": {
    description: "Names that no service may choose for its texts to come from",
    commands: {
      list: listProtectedSendersCommand,
      add: protectSenderCommand,
      remove: unprotectSenderCommand,
    },
    otherwise: listProtectedSendersCommand,
  },
  provider: {
    description: "Providers: who carries",
    commands: {
      list: listProvidersCommand,
      set: setProviderCommand,
      history: showProviderHistoryCommand,
    },
  },
  queues: {
    description: "Jobs that wait, run and failed",
    commands: {
      list: listQueuesCommand,
      show: showJobsCommand,
      dead: deadLettersCommand,
      redrive: redriveCommand,
      drop: dropCommand,
    },
    otherwise: listQueuesCommand,
  },
  notification: {
    description: "Messages, and what became of them",
    commands: { show: showNotificationCommand, replay: replayNotificationCommand, recount: recountCommand },
  },
  alert: {
    description: "What a person must look at",
    commands: { list: listAlertsCommand, show: showAlertCommand, resolve: resolveAlertCommand },
    otherwise: listAlertsCommand,
  },
  letter: {
    description: "Letters: printing them, and what came back",
    commands: {
      render: renderLetterCommand,
      pdf: letterPdfCommand,
      rescan: rescanLettersCommand,
      returned: returnedLettersCommand,
      runs: listPrintRunsCommand,
      run: startPrintRunCommand,
      "show-run": showPrintRunCommand,
      "show-batch": showBatchCommand,
      abandon: abandonCommand,
      retry: retryLettersCommand,
      hold: holdLettersCommand,
      release: releaseLettersCommand,
      holds: listHoldsCommand,
    },
  },
  batch: {
    description: "Spreadsheets of recipients",
    commands: { list: listBatchesCommand, show: showBatchOfRowsCommand, resume: resumeBatchCommand },
    otherwise: listBatchesCommand,
  },
  "dvla-file": {
    description: "Files that the printer wrote",
    commands: { list: listDvlaFilesCommand, show: showDvlaFileCommand, replay: replayDvlaFileCommand },
    otherwise: listDvlaFilesCommand,
  },
  broadcast: {
    description: "Emergency alerts",
    commands: {
      list: listBroadcastsCommand,
      show: showBroadcastCommand,
      replay: replayBroadcastCommand,
      cancel: cancelBroadcastCommand,
      "link-test": linkTestCommand,
    },
  },
  rates: {
    description: "What messages cost",
    commands: { list: listRatesCommand, load: loadRatesCommand, allowances: giveAllowancesCommand },
    otherwise: listRatesCommand,
  },
  "bank-holidays": {
    description: "Bank holidays proclaimed since this was made",
    commands: {
      list: listHolidaysCommand,
      load: loadHolidaysCommand,
      move: moveHolidayCommand,
      remove: removeHolidayCommand,
    },
    otherwise: listHolidaysCommand,
  },
  facts: {
    description: "What was counted of past days",
    commands: { rebuild: rebuildFactsCommand },
  },
  unsubscribe: {
    description: "People who want no more emails",
    commands: { list: listUnsubscribesCommand },
  },
  keys: {
    description: "Encryption keys",
    commands: { rotate: rotateKeysCommand },
  },
};
