import type { Hono } from "hono";
import type { BatchFiles } from "../shared/batch/files.ts";
import type { RateBook } from "../shared/billing/rate-book.ts";
import type { Config } from "../shared/config.ts";
import type { DocumentStore } from "../shared/document/store.ts";
import type { ReceivedText, ReceivedTextsQuery } from "../shared/inbound/queries.ts";
import type { Log } from "../shared/log.ts";
import type { Metrics } from "../shared/metrics/metrics.ts";
import type { Admit } from "../shared/notification/admission.ts";
import type { Notification, SendableTemplate, StoredTemplate } from "../shared/notification/notification.ts";
import type { NotificationQuery } from "../shared/notification/queries.ts";
import type { Service } from "../shared/service/service.ts";
import type { Signer } from "../shared/signing.ts";
import type { TemplateDetails } from "../shared/template/queries.ts";
import type { LoadedDays } from "../shared/time/bank-holidays.ts";
import type { Timeline } from "../shared/timeline/find-timeline.ts";
import type { UnsubscribeRequest } from "../shared/unsubscribe/queries.ts";
import type { LinkedEmail, UnsubscribeLink } from "../shared/unsubscribe/token.ts";
import type { LetterFiles } from "../shared/upload/files.ts";
import type { Passwords } from "../shared/user/passwords.ts";
import type { Ask } from "./internal/ask.ts";
import type { InternalClient } from "./internal/authenticate.ts";
import type { BroadcastDesk } from "./internal/broadcasts/desk.ts";
import type { AttemptDesk } from "./internal/callback-attempts/desk.ts";
import type { CallbackDesk } from "./internal/callbacks/desk.ts";
import type { RetentionDesk } from "./internal/data-retention/desk.ts";
import type { ReturnedDesk } from "./internal/returned-letters/desk.ts";
import type { LetterDesk } from "./letters/desk.ts";

/** Everything the API needs of the world. Built once, in `serve.*`. */
export interface ApiDeps {
  /** The service, with its keys and senders. May be up to 2 seconds old. */
  findService: (id: string) => Promise<Service | null>;
  /** Has the service read anew, as it has been changed; other processes keep theirs for its 2 seconds. */
  forgetService: (id: string) => void;
  /** The same of a template. */
  forgetTemplate: (serviceId: string, templateId: string) => void;
  /** The template's latest version, deleted and hidden ones too. The same object until it changes. */
  findTemplate: (serviceId: string, templateId: string) => Promise<SendableTemplate | null>;
  /** Counts a send request against its service's limits and, if it is to be sent, stores it with its job. */
  admit: Admit;
  findNotification: (serviceId: string, id: string) => Promise<Notification | null>;
  listNotifications: (query: NotificationQuery) => Promise<Notification[]>;
  /** The version asked for, or the latest where null; deleted templates too, hidden ones never. */
  findTemplateDetails: (
    serviceId: string,
    id: string,
    version: number | null,
  ) => Promise<TemplateDetails | null>;
  /** What the service can send with, in order; null: of any type. */
  listSendableTemplates: (
    serviceId: string,
    type: StoredTemplate["type"] | null,
  ) => Promise<TemplateDetails[]>;
  listReceivedTexts: (query: ReceivedTextsQuery) => Promise<ReceivedText[]>;
  listUnsubscribeRequests: (query: {
    serviceId: string;
    /** A notification's id. */
    olderThan: string | null;
    limit: number;
  }) => Promise<UnsubscribeRequest[]>;
  /** The link by which an email's recipient unsubscribes; `root` ends in a slash. */
  createUnsubscribeUrl: (root: string, email: LinkedEmail) => Promise<string>;
  /** What a link tells; null unless its token is ours, of this notification, and not too old. */
  readUnsubscribeToken: (notificationId: string, token: string) => Promise<UnsubscribeLink | null>;
  /** The name of the service that sent this email; null where it is not known. */
  findSenderName: (link: UnsubscribeLink) => Promise<string | null>;
  /** Notes that this email's recipient wants no more. False where it is not known. */
  unsubscribe: (link: UnsubscribeLink) => Promise<boolean>;
  countLiveServices: () => Promise<number>;
  /** What became of any service's notification. */
  findTimeline: (id: string) => Promise<Timeline | null>;
  letters: LetterDesk;
  /** Letters that the post brought back. */
  returnedLetters: ReturnedDesk;
  /** Where services are told of events. */
  callbacks: CallbackDesk;
  /** What services were told of them. */
  callbackAttempts: AttemptDesk;
  /** Emergency alerts. */
  broadcasts: BroadcastDesk;
  /** How long services' messages are kept. */
  dataRetention: RetentionDesk;
  /** What internal routes read and write. */
  ask: Ask;
  /** Spreadsheets of recipients. */
  batchFiles: BatchFiles;
  /** Letters that people upload as PDFs. */
  letterFiles: LetterFiles;
  /** What texts of a new service come from. */
  smsSender: string;
  /** Who may use the paths of `internal/`. */
  internalClient: InternalClient;
  /** Who shows the public what emergency alerts there are. */
  alertsClient: InternalClient;
  /** Who prepares functional tests. */
  functionalTestsClient: InternalClient;
  /** How long a request may take. */
  requestLimitMs: number;
  now: () => Date;
  /** A random UUID. */
  newId: () => string;
  log: Log;
  /** Null where nobody wants to know. */
  metrics: Metrics | null;
  /** What follows the `@` of the addresses emails come from. */
  emailDomain: string;
  /** Scheme and host for links to this API; null where they are those the client called. */
  apiHost: string | null;
  /** Files sent by email. */
  documents: DocumentStore;
  /** Scheme and host for links to files, with a trailing slash; null where they are this API's. */
  documentHost: string | null;
  /** Signs what browsers keep for us. */
  signer: () => Promise<Signer>;
  /** Scheme and host of the web site on which services set themselves up. */
  adminUrl: string;
  /** What messages cost. May be up to 2 seconds old. */
  readRates: () => Promise<RateBook>;
  /** The bank holidays that operators loaded, such as `2027-05-10`. May be up to 2 seconds old. */
  readHolidays: () => Promise<LoadedDays>;
  gitCommit: string;
  buildTime: string;
  /** Who signs in to the console, and for how long. */
  console: Config["console"];
  /** What people sign in to the console with. */
  passwords: Passwords;
  /** The providers' routes, mounted at `/notifications` without authentication. */
  receipts: Hono;
  /** Asks the database. Throws when it cannot be reached. */
  status: () => Promise<{ dbVersion: string | null }>;
  /** Whether this process can serve requests now. */
  ready: () => Promise<boolean>;
}
