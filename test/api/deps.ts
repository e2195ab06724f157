import { Hono } from "hono";
import { SignJWT } from "jose";
import type { ApiDeps } from "../../api/deps.ts";
import { scrypt } from "../../api/serve.scrypt.ts";
import type { RateBook } from "../../shared/billing/rate-book.ts";
import type { NewDocument } from "../../shared/document/store.ts";
import type { Admission, Refusal } from "../../shared/notification/admission.ts";
import type {
  Notification,
  SendableTemplate,
  StoredTemplate,
} from "../../shared/notification/notification.ts";
import type { NotificationQuery } from "../../shared/notification/queries.ts";
import type { ApiKey, Service } from "../../shared/service/service.ts";
import { createSigner } from "../../shared/signing.ts";
import type { TemplateDetails } from "../../shared/template/queries.ts";
import { createPasswords } from "../../shared/user/passwords.ts";
import { assertNoSecrets, writtenLine } from "../support/log-secrets.ts";
import { textsIn } from "../support/stored-secrets.ts";
import { watchedLogs } from "../support/watched-logs.ts";

export const serviceId = "26785a09-ab16-4eb0-8407-a37497a57506";
export const secret = "3d844edf-8d35-48ac-975b-e847b4f122b0";
export const newId = "740e5834-3a29-46b4-9a6f-16142fde533a";
export const smsTemplateId = "f33517ff-2a88-4f6e-b855-c550268ce08a";
export const emailTemplateId = "0c3e2f1d-5a70-4a8e-8a41-9a5a1f0f7f11";
export const letterTemplateId = "5b2a1c3d-7e4f-4a6b-9c8d-1e2f3a4b5c6d";
export const precompiledTemplateId = "6c3b2d4e-8f5a-4b7c-8d9e-2f3a4b5c6d7e";
export const unknownId = "99999999-9999-4999-8999-999999999999";
export const now = new Date("2026-08-01T09:30:00.123Z");
export const base = "https://api.notifications.service.gov.uk";

export const liveKey: ApiKey = {
  id: "11111111-1111-4111-8111-111111111111",
  type: "normal",
  secret,
  revokedAt: null,
};

export const liveService: Service = {
  id: serviceId,
  name: "Test service",
  active: true,
  restricted: false,
  permissions: new Set(["sms", "email", "letter", "international_sms", "international_letters"]),
  rateLimit: 3000,
  dailyLimits: { sms: 1000, email: 2000, letter: 300, internationalSms: 40 },
  prefixSms: true,
  emailSenderLocalPart: "test.service",
  contactLink: null,
  emailSenderName: "Test service",
  apiKeys: [liveKey],
  smsSenders: [
    { id: "22222222-2222-4222-8222-222222222222", value: "GOVUK", isDefault: true },
    { id: "33333333-3333-4333-8333-333333333333", value: "07123123123", isDefault: false },
  ],
  emailReplyTos: [
    { id: "44444444-4444-4444-8444-444444444444", value: "reply@example.gov.uk", isDefault: true },
    { id: "55555555-5555-4555-8555-555555555555", value: "other@example.gov.uk", isDefault: false },
  ],
  allowedRecipients: new Set(["447400900111", "team@example.gov.uk"]),
};

export const smsTemplate: StoredTemplate = {
  id: smsTemplateId,
  version: 3,
  type: "sms",
  name: "Greeting",
  content: "Hi ((name))",
  subject: null,
  archived: false,
  hidden: false,
  hasUnsubscribeLink: false,
};

export const emailTemplate: StoredTemplate = {
  id: emailTemplateId,
  version: 2,
  type: "email",
  name: "Letter of greeting",
  content: "Dear ((name)),\n\n# News\n\nAll is well.",
  subject: "To ((name)) - hello",
  archived: false,
  hidden: false,
  hasUnsubscribeLink: false,
};

export const letterTemplate: SendableTemplate = {
  id: letterTemplateId,
  version: 4,
  type: "letter",
  name: "Letter",
  content: "Dear ((name)),\n\nAll is well.",
  subject: "To ((name)) & yours",
  archived: false,
  hidden: false,
  hasUnsubscribeLink: false,
  postage: "economy",
  contactBlock: "Ask ((who))",
};

/** A template with what else is shown of it. */
function detailsOf(template: StoredTemplate): TemplateDetails {
  return { ...sendableOf(template), welsh: null, createdAt: now, updatedAt: null, createdBy: null };
}

function sendableOf(template: StoredTemplate): SendableTemplate {
  const postage = template.type === "letter" ? ("second" as const) : null;
  return { postage, contactBlock: null, ...template };
}

export const storedSms: Notification = {
  id: newId,
  serviceId,
  channel: "sms",
  status: "created",
  keyType: "normal",
  to: "07400 900111",
  clientReference: null,
  personalisation: '{"name":"Amala"}',
  unsubscribeLink: null,
  createdByName: null,
  template: smsTemplate,
  billableUnits: 0,
  rateMultiplier: 1,
  createdAt: now,
  sentAt: null,
  updatedAt: null,
  postage: null,
};

export const storedLetter: Notification = {
  ...storedSms,
  channel: "letter",
  to: "Amala Bird\n1 Mill Lane\nLS1 4AP",
  personalisation:
    '{"address_line_1":" Amala Bird","address_line_2":"1 Mill Lane","postcode":"ls14ap","name":"Amala"}',
  template: letterTemplate,
  rateMultiplier: null,
  postage: "second",
};

const longAgo = new Date("2000-01-01T00:00:00Z");

/** As a new installation has them. */
const exampleRates: RateBook = {
  sms: [{ validFrom: longAgo, pounds: 0.0227, example: true }],
  letters: Object.entries({ first: 150, second: 70, economy: 60, europe: 160, "rest-of-world": 160 }).flatMap(
    ([postage, pence]) =>
      [1, 2, 3, 4, 5].map((sheets) => ({
        startsAt: longAgo,
        endsAt: null,
        postage,
        sheets,
        pounds: (pence + 5 * (sheets - 1)) / 100,
        example: true,
      })),
  ),
};

export interface World extends ApiDeps {
  /** What was asked of `admit`. */
  admissions: Admission[];
  /** What was asked of `listNotifications`. */
  queries: NotificationQuery[];
  /** Files that were stored. A real store is that of `openWorld`. */
  stored: NewDocument[];
  logged: { level: string; facts: object; message: string }[];
}

interface Given {
  service?: Partial<Service>;
  templates?: readonly StoredTemplate[];
  notifications?: readonly Notification[];
  refusal?: Refusal;
  /** By notification and which of its files: `<id> letter`. */
  pdfs?: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** One service and what it has, in memory: the boundary the API is built against. */
export function openApiWorld(
  {
    service = {},
    templates = [smsTemplate, emailTemplate],
    notifications = [],
    refusal = null,
    pdfs = new Map(),
  }: Given = {},
  deps: Partial<ApiDeps> = {},
): World {
  const admissions: Admission[] = [];
  const queries: NotificationQuery[] = [];
  const stored: NewDocument[] = [];
  const logged: World["logged"] = [];
  const logAs = (level: string) => (facts: object, message: string) => {
    logged.push({ level, facts, message });
    watchedLogs.add(checkLogged);
  };
  const checkLogged = () => {
    const secrets = new Map(known.apiKeys.map(({ secret }) => [secret, "an API key"]));
    for (const recipient of known.allowedRecipients) secrets.set(recipient, "a recipient");
    for (const { notification } of admissions) {
      if (notification === null) continue;
      for (const to of [notification.to, notification.normalisedTo]) secrets.set(to, "a recipient");
      for (const text of textsIn(notification.personalisation)) secrets.set(text, "a personalisation");
    }
    assertNoSecrets(logged.map(writtenLine), secrets);
  };
  const known: Service = { ...liveService, ...service };
  return {
    admissions,
    queries,
    stored,
    logged,
    findService: async (id) => (id === known.id ? known : null),
    forgetService: () => {},
    forgetTemplate: () => {},
    findTemplate: async (_serviceId, id) => {
      const template = templates.find((one) => one.id === id);
      return template ? sendableOf(template) : null;
    },
    admit: async (admission) => {
      admissions.push(admission);
      return refusal;
    },
    findNotification: async (_serviceId, id) => notifications.find((one) => one.id === id) ?? null,
    listNotifications: async (query) => {
      queries.push(query);
      return [...notifications];
    },
    findTemplateDetails: async (_serviceId, id, version) => {
      const template = templates.find((one) => one.id === id && (version ?? one.version) === one.version);
      return template && !template.hidden ? detailsOf(template) : null;
    },
    listSendableTemplates: async (_serviceId, asked) =>
      templates.filter(({ type }) => type === (asked ?? type)).map(detailsOf),
    listReceivedTexts: async () => [],
    listUnsubscribeRequests: async () => [],
    createUnsubscribeUrl: async (root, { id }) => `${root}unsubscribe/${id}/token`,
    readUnsubscribeToken: async (notificationId, token) =>
      token === "token" ? { notificationId, emailAddress: null } : null,
    findSenderName: async () => known.name,
    unsubscribe: async () => true,
    countLiveServices: async () => 1,
    findTimeline: async () => null,
    letters: {
      takesPrecompiled: true,
      precompiledTemplate: async () => ({ id: precompiledTemplateId, version: 1 }),
      seal: async (id, content) => ({ key: `letters/${id}/original.pdf`, content }),
      readPdf: async (id, which) => pdfs.get(`${id} ${which}`) ?? null,
      picture: async () => ({ fault: "no-letter" }),
      previewPicture: async () => ({ fault: "no-answer" }),
      cancel: async () => ({ outcome: "none" }),
    },
    // The real ones are those of `openWorld`.
    dataRetention: {
      list: async () => [],
      find: async () => null,
      create: async () => "no-service",
      change: async () => false,
    },
    returnedLetters: {
      isService: async (id) => id === serviceId,
      report: async () => {},
      listDays: async () => [],
      list: async () => ({ letters: [], orphaned: 0 }),
    },
    callbacks: {
      create: async () => ({ outcome: "no-service" }),
      find: async () => null,
      update: async () => null,
      remove: async () => false,
      rotateSecret: async () => null,
      resume: async () => null,
      requestTrial: async () => false,
      findTrial: async () => null,
      urlFault: () => null,
      trialPatienceMs: 0,
    },
    callbackAttempts: {
      isService: async (id) => id === serviceId,
      list: async () => [],
      startReplay: async () => ({ ok: false, fault: "" }),
      listReplays: async () => [],
      findReplay: async () => null,
      cancelReplay: async () => false,
    },
    broadcasts: {
      find: async () => null,
      list: async () => [],
      compose: async () => ({ outcome: "unknown" }),
      edit: async () => ({ outcome: "unknown" }),
      changeStatus: async () => ({ outcome: "unknown" }),
      add: async () => "no-service",
      cancelByReference: async () => ({ outcome: "unknown" }),
      setService: async () => null,
      listPublic: async () => [],
    },
    batchFiles: { store: async () => {}, read: async () => null, remove: async () => {} },
    letterFiles: { store: async () => {}, remove: async () => {} },
    ask: () => Promise.reject(new Error("There is no database here")),
    smsSender: "TownHall",
    internalClient: { id: "notify-admin", secrets: [] },
    alertsClient: { id: "govuk-alerts", secrets: [] },
    functionalTestsClient: { id: "notify-functional-tests", secrets: [] },
    requestLimitMs: 29_500,
    documents: {
      add: async (added) => {
        stored.push(...added);
      },
      find: async () => null,
      read: async () => null,
      isRecipient: async () => false,
    },
    documentHost: null,
    signer: () => createSigner([{ id: "test", bytes: new Uint8Array(32).fill(7) }]),
    now: () => now,
    newId: () => newId,
    log: { debug: logAs("debug"), info: logAs("info"), warn: logAs("warn"), error: logAs("error") },
    metrics: null,
    emailDomain: "notifications.service.gov.uk",
    apiHost: null,
    adminUrl: "https://www.notifications.service.gov.uk",
    readRates: async () => exampleRates,
    readHolidays: async () => new Map(),
    console: { life: { idleMs: 60_000, longestMs: 3_600_000 }, proxy: null },
    passwords: createPasswords(scrypt),
    gitCommit: "abc123",
    buildTime: "2026-08-01T00:00:00",
    receipts: new Hono().post("/sms/mmg", (c) => c.text("thanks")),
    status: async () => ({ dbVersion: "0023_exclusive_jobs" }),
    ready: async () => true,
    ...deps,
  };
}

export const seconds = Math.floor(now.getTime() / 1000);

/** A token as the official clients make it, unless told otherwise. */
export async function tokenWith(
  claims: Record<string, unknown> = {},
  { key = secret, header = {} }: { key?: string; header?: Record<string, unknown> } = {},
): Promise<string> {
  return await new SignJWT({ iss: serviceId, iat: seconds, ...claims })
    .setProtectedHeader({ typ: "JWT", alg: "HS256", ...header })
    .sign(new TextEncoder().encode(key));
}

export const bearer = async () => ({ Authorization: `Bearer ${await tokenWith()}` });
