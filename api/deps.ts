import type { Hono } from "hono";
import type { Log } from "../shared/log.ts";
import type { Admit } from "../shared/notification/admission.ts";
import type { Notification, StoredTemplate } from "../shared/notification/notification.ts";
import type { NotificationQuery } from "../shared/notification/queries.ts";
import type { Service } from "../shared/service/service.ts";

/** Everything the API needs of the world. Built once, in `serve.*`. */
export interface ApiDeps {
  /** The service, with its keys and senders. May be up to 2 seconds old. */
  findService: (id: string) => Promise<Service | null>;
  /** The template's latest version, deleted and hidden ones too. The same object until it changes. */
  findTemplate: (serviceId: string, templateId: string) => Promise<StoredTemplate | null>;
  /** Counts a send request against its service's limits and, if it is to be sent, stores it with its job. */
  admit: Admit;
  findNotification: (serviceId: string, id: string) => Promise<Notification | null>;
  listNotifications: (query: NotificationQuery) => Promise<Notification[]>;
  now: () => Date;
  /** A random UUID. */
  newId: () => string;
  log: Log;
  /** What follows the `@` of the addresses emails come from. */
  emailDomain: string;
  /** Scheme and host for links to this API; null where they are those the client called. */
  apiHost: string | null;
  /** Scheme and host of the web site on which services set themselves up. */
  adminUrl: string;
  /** Pounds for one text message fragment. */
  smsRate: number;
  gitCommit: string;
  buildTime: string;
  /** The providers' routes, mounted at `/notifications` without authentication. */
  receipts: Hono;
  /** Asks the database. Throws when it cannot be reached. */
  status: () => Promise<{ dbVersion: string | null }>;
  /** Whether this process can serve requests now. */
  ready: () => Promise<boolean>;
}
