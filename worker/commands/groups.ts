import { removeCallbackCommand } from "./callback/remove.ts";
import { setCallbackCommand } from "./callback/set.ts";
import type { Command } from "./command.ts";
import { createKeyCommand } from "./key/create.ts";
import { listKeysCommand } from "./key/list.ts";
import { revokeKeyCommand } from "./key/revoke.ts";
import { rotateKeysCommand } from "./keys/rotate.ts";
import { replayNotificationCommand } from "./notification/replay.ts";
import { showNotificationCommand } from "./notification/show.ts";
import { listProvidersCommand } from "./provider/list.ts";
import { setProviderCommand } from "./provider/set.ts";
import { listQueuesCommand } from "./queues/list.ts";
import { retryJobsCommand } from "./queues/retry.ts";
import { showJobsCommand } from "./queues/show.ts";
import { setContactCommand } from "./service/contact.ts";
import { createServiceCommand } from "./service/create.ts";
import { addGuestCommand } from "./service/guest.ts";
import { changeLimitsCommand } from "./service/limits.ts";
import { listServicesCommand } from "./service/list.ts";
import { resumeServiceCommand } from "./service/resume.ts";
import { suspendServiceCommand } from "./service/suspend.ts";
import { createTemplateCommand } from "./template/create.ts";
import { listTemplatesCommand } from "./template/list.ts";
import { showTemplateCommand } from "./template/show.ts";
import { updateTemplateCommand } from "./template/update.ts";

export interface Group {
  description: string;
  commands: Readonly<Record<string, Command>>;
  /** What the group's name alone does. */
  otherwise?: Command;
}

/** Every command, as it is typed. */
export const groups: Readonly<Record<string, Group>> = {
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
    },
  },
  callback: {
    description: "Where a service hears what became of its messages",
    commands: { set: setCallbackCommand, remove: removeCallbackCommand },
  },
  provider: {
    description: "Providers: who carries",
    commands: { list: listProvidersCommand, set: setProviderCommand },
  },
  queues: {
    description: "Jobs that wait, run and failed",
    commands: { list: listQueuesCommand, show: showJobsCommand, retry: retryJobsCommand },
    otherwise: listQueuesCommand,
  },
  notification: {
    description: "One message",
    commands: { show: showNotificationCommand, replay: replayNotificationCommand },
  },
  keys: {
    description: "Encryption keys",
    commands: { rotate: rotateKeysCommand },
  },
};
