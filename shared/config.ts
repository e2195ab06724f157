import * as v from "valibot";
import { alertFaults, alertSettings, alertsOf } from "./config/alerts.ts";
import { broadcastFaults, broadcastSettings, broadcastsOf } from "./config/broadcasts.ts";
import { consoleFaults, consoleOf, consoleSettings } from "./config/console.ts";
import { letterFaults, letterSettings, lettersOf } from "./config/letters.ts";
import { retentionOf, retentionSettings } from "./config/retention.ts";
import {
  Count,
  Credentials,
  DnsServers,
  Keys,
  List,
  Milliseconds,
  Points,
  Port,
  PortOrAny,
  PostgresUrl,
  Price,
  Ranges,
  Retries,
  Secrets,
  Text,
  Url,
} from "./config/values.ts";

const levels = ["debug", "info", "warn", "error"] as const;

const poolers = ["none", "transaction"] as const;

/** Every setting there is. What has no default and is not optional must be given. */
const Environment = v.object({
  DATABASE_URL: PostgresUrl,
  /** `transaction` where a pooler in that mode stands before Postgres: see `openDatabase`. */
  DATABASE_POOLER: v.optional(v.picklist(poolers, `must be one of ${poolers.join(", ")}`), "none"),
  /** `production` and `live` mean the same. */
  NOTIFY_ENVIRONMENT: v.optional(Text, "development"),
  ENCRYPTION_KEYS: Keys,
  LOG_LEVEL: v.optional(v.picklist(levels, `must be one of ${levels.join(", ")}`), "info"),
  GIT_COMMIT: v.optional(Text, "unknown"),
  BUILD_TIME: v.optional(Text, "unknown"),
  /** Metrics go to StatsD too where this is set; not from the edge. */
  STATSD_HOST: v.optional(Text),
  STATSD_PORT: v.optional(Port, "8125"),

  API_PORT: v.optional(Port, "6011"),
  API_POOL: v.optional(Count, "5"),
  /** Where Prometheus finds `/metrics`, 0 taking any; not served where it is not set, and never at the edge. */
  API_METRICS_PORT: v.optional(PortOrAny),
  /** The address in `uri`s and unsubscribe links; where it is not set, the one the client called, and in emails localhost. */
  API_HOST: v.optional(Url),
  ADMIN_URL: v.optional(Url, "http://localhost:6012"),
  /** How operators' programs name and sign themselves; two secrets while one takes the other's place, none for nobody. */
  ADMIN_CLIENT_ID: v.optional(Text, "notify-admin"),
  ADMIN_CLIENT_SECRETS: v.optional(Secrets, ""),
  /** How functional tests sign themselves, as `notify-functional-tests`; none for nobody, and never in production. */
  FUNCTIONAL_TESTS_CLIENT_SECRETS: v.optional(Secrets, ""),
  /** What texts of a service come from until it chooses: 3 to 11 characters. */
  FROM_NUMBER: v.optional(
    v.pipe(Text, v.maxLength(11, "must not be longer than 11 characters")),
    "Pillarbox",
  ),
  /** The address in links to files sent by email, if another than API_HOST; it must lead to the API. */
  DOCUMENT_HOST: v.optional(Url),
  ADMIT_TIMEOUT_MS: v.optional(Milliseconds, "5000"),

  /**
   * Files are kept in Postgres unless this is set: a bucket's URL, `https://s3.example/bucket` or
   * `https://bucket.s3.example`. Set it before the first file is sent: what is in Postgres is not looked for in S3.
   */
  STORAGE_S3_URL: v.optional(Url),
  STORAGE_S3_REGION: v.optional(Text, "eu-west-2"),
  STORAGE_S3_ACCESS_KEY_ID: v.optional(Text),
  STORAGE_S3_SECRET_ACCESS_KEY: v.optional(Text),
  /** The longest answer that is read. */
  STORAGE_S3_LARGEST_BYTES: v.optional(Count, "67108864"),
  /** For one file to be stored, read or deleted. */
  STORAGE_TIMEOUT_MS: v.optional(Milliseconds, "10000"),

  WORKER_POOL: v.optional(Count, "5"),
  /** 0 takes any. */
  WORKER_METRICS_PORT: v.optional(PortOrAny, "9464"),
  /** How long a stopping worker waits for what it runs; less than the platform's kill time-out. */
  WORKER_STOP_MS: v.optional(Milliseconds, "25000"),
  /** `deliver-sms=20,deliver-email=20`: jobs at once in this process, in place of the queues' own numbers. */
  WORKER_CONCURRENCY: v.optional(v.string(), ""),
  /** `service-callbacks=20`: jobs of one service at once, over all workers, which must agree on it. */
  WORKER_PER_SERVICE: v.optional(v.string(), ""),

  MMG_URL: v.optional(Url, "https://api.mmg.co.uk/jsonv2a/api.php"),
  MMG_API_KEY: v.optional(Text),
  MMG_RECEIPT_URL: v.optional(Url),
  MMG_RECEIPT_CREDENTIALS: v.optional(Credentials),
  /** What MMG must authenticate with to bring texts; in production none are taken in without. */
  MMG_INBOUND_CREDENTIALS: v.optional(Credentials),
  FIRETEXT_URL: v.optional(Url, "https://www.firetext.co.uk/api/sendsms/json"),
  FIRETEXT_API_KEY: v.optional(Text),
  FIRETEXT_INTERNATIONAL_API_KEY: v.optional(Text),
  FIRETEXT_RECEIPT_URL: v.optional(Url),
  FIRETEXT_RECEIPT_CREDENTIALS: v.optional(Credentials),
  FIRETEXT_INBOUND_CREDENTIALS: v.optional(Credentials),
  SMS_TIMEOUT_MS: v.optional(Milliseconds, "10000"),
  /** The priorities text providers return to after trouble; one that is not named gets an equal share. */
  SMS_RESTING_POINTS: v.optional(Points, "mmg=51,firetext=49"),
  SNS_REGION: v.optional(Text, "eu-west-1"),
  SNS_URL: v.optional(Url),
  SNS_ACCESS_KEY_ID: v.optional(Text),
  SNS_SECRET_ACCESS_KEY: v.optional(Text),
  /** The account whose logs of text deliveries are read, every two minutes: SNS brings no receipts itself. */
  SNS_ACCOUNT_ID: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, "must be twelve digits"))),
  /** The most that one text may cost, in US dollars; where it is not set, what the account allows. */
  SNS_MAX_PRICE_USD: v.optional(Price),
  CLOUDWATCH_LOGS_URL: v.optional(Url),

  EMAIL_DOMAIN: v.optional(Text, "notifications.localhost"),
  EMAIL_TIMEOUT_MS: v.optional(Milliseconds, "10000"),
  SES_REGION: v.optional(Text, "eu-west-1"),
  SES_URL: v.optional(Url),
  SES_ACCESS_KEY_ID: v.optional(Text),
  SES_SECRET_ACCESS_KEY: v.optional(Text),
  SES_TOPIC_ARNS: v.optional(List),
  /** What SES counts these emails under, and by whose rules it reports them. */
  SES_CONFIGURATION_SET: v.optional(Text),
  /** Origins beside AWS's own that may serve SNS's certificate: the sandbox's. */
  SNS_TRUSTED_ORIGINS: v.optional(List, ""),
  SMTP_URL: v.optional(v.pipe(Text, v.regex(/^smtps?:\/\//, "must begin smtp:// or smtps://"))),

  CALLBACK_TIMEOUT_MS: v.optional(Milliseconds, "5000"),
  /** Addresses that callbacks reach though they are not the public internet: `10.1.0.0/16,192.168.7.9`. */
  CALLBACK_ALLOWED_CIDRS: v.optional(Ranges, ""),
  /** A proxy that all callbacks go through (CONNECT); it must keep them from what is internal: `EgressOptions`. */
  CALLBACK_PROXY_URL: v.optional(v.pipe(Url, v.regex(/^https?:\/\//, "must begin http:// or https://"))),
  /** `address` or `address:port`, asked for receivers' names in place of the system's resolver. */
  CALLBACK_DNS_SERVERS: v.optional(DnsServers, ""),
  /**
   * When a callback that failed is tried again: `default` for nine times within four days, `notify` for Notify's five
   * times 300 s, or seconds of your own, `10,60,3600`; `none` for never. All but Notify's vary by a fifth.
   */
  CALLBACK_RETRY: v.optional(Retries, "default"),
  /** How many things a second a service is told again, where somebody asked for it. */
  CALLBACK_REPLAYS_PER_SECOND: v.optional(Count, "50"),

  ...letterSettings,
  ...alertSettings,
  ...retentionSettings,
  ...broadcastSettings,
  ...consoleSettings,
});

export type Config = ReturnType<typeof readConfig>;

/** Names everything wrong at once. Takes a record: an edge worker has no process.env. */
export function readConfig(env: Record<string, string | undefined>) {
  // An empty value is how many platforms write "not set".
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = v.safeParse(Environment, given, { abortPipeEarly: true });
  if (!result.success) {
    const faults = result.issues.map(
      (issue) => `${v.getDotPath(issue)}: ${issue.input === undefined ? "must be set" : issue.message}`,
    );
    throw new Error(`Cannot read the environment: ${faults.join("; ")}`);
  }
  const set = result.output;
  const isProduction = set.NOTIFY_ENVIRONMENT === "production" || set.NOTIFY_ENVIRONMENT === "live";
  const faults = [
    ...storageFaults(given),
    ...letterFaults(given),
    ...alertFaults(given),
    ...broadcastFaults(given),
    ...consoleFaults(given),
    ...(isProduction ? productionFaults(given) : []),
  ];
  if (faults.length > 0) throw new Error(`Cannot read the environment: ${faults.join("; ")}`);
  // With these nobody gets in: in production anyone could write to services in anyone's name.
  const noCredentials = isProduction ? [] : null;
  return {
    databaseUrl: set.DATABASE_URL,
    databasePooler: set.DATABASE_POOLER === "none" ? null : set.DATABASE_POOLER,
    encryptionKeys: set.ENCRYPTION_KEYS,
    logLevel: set.LOG_LEVEL,
    gitCommit: set.GIT_COMMIT,
    buildTime: set.BUILD_TIME,
    environment: set.NOTIFY_ENVIRONMENT,
    isProduction,
    statsd: set.STATSD_HOST === undefined ? null : { host: set.STATSD_HOST, port: set.STATSD_PORT },
    api: {
      port: set.API_PORT,
      connections: set.API_POOL,
      metricsPort: set.API_METRICS_PORT ?? null,
      host: set.API_HOST ?? null,
      /** Where links in emails lead, with a slash at the end. */
      url: `${(set.API_HOST ?? `http://localhost:${set.API_PORT}`).replace(/\/+$/, "")}/`,
      adminUrl: set.ADMIN_URL,
      internalClient: { id: set.ADMIN_CLIENT_ID, secrets: set.ADMIN_CLIENT_SECRETS },
      functionalTestsClient: { id: "notify-functional-tests", secrets: set.FUNCTIONAL_TESTS_CLIENT_SECRETS },
      smsSender: set.FROM_NUMBER,
      documentHost: set.DOCUMENT_HOST?.replace(/\/*$/, "/") ?? null,
      admitTimeoutMs: set.ADMIT_TIMEOUT_MS,
    },
    storage: { s3: s3Of(set), timeoutMs: set.STORAGE_TIMEOUT_MS },
    worker: {
      connections: set.WORKER_POOL,
      metricsPort: set.WORKER_METRICS_PORT,
      stopMs: set.WORKER_STOP_MS,
      concurrency: set.WORKER_CONCURRENCY,
      perService: set.WORKER_PER_SERVICE,
    },
    mmg: {
      url: set.MMG_URL,
      apiKey: set.MMG_API_KEY ?? null,
      receiptUrl: set.MMG_RECEIPT_URL ?? null,
      receiptCredentials: set.MMG_RECEIPT_CREDENTIALS ?? null,
      inboundCredentials: set.MMG_INBOUND_CREDENTIALS ?? noCredentials,
      timeoutMs: set.SMS_TIMEOUT_MS,
    },
    firetext: {
      url: set.FIRETEXT_URL,
      apiKey: set.FIRETEXT_API_KEY ?? null,
      internationalApiKey: set.FIRETEXT_INTERNATIONAL_API_KEY ?? null,
      receiptUrl: set.FIRETEXT_RECEIPT_URL ?? null,
      receiptCredentials: set.FIRETEXT_RECEIPT_CREDENTIALS ?? null,
      inboundCredentials: set.FIRETEXT_INBOUND_CREDENTIALS ?? noCredentials,
      timeoutMs: set.SMS_TIMEOUT_MS,
    },
    sns: {
      region: set.SNS_REGION,
      url: set.SNS_URL ?? null,
      logsUrl: set.CLOUDWATCH_LOGS_URL ?? null,
      accessKeyId: set.SNS_ACCESS_KEY_ID ?? null,
      secretAccessKey: set.SNS_SECRET_ACCESS_KEY ?? null,
      accountId: set.SNS_ACCOUNT_ID ?? null,
      maxPriceUsd: set.SNS_MAX_PRICE_USD ?? null,
      timeoutMs: set.SMS_TIMEOUT_MS,
    },
    sms: { restingPoints: set.SMS_RESTING_POINTS },
    email: { domain: set.EMAIL_DOMAIN, timeoutMs: set.EMAIL_TIMEOUT_MS },
    ses: {
      region: set.SES_REGION,
      url: set.SES_URL ?? null,
      accessKeyId: set.SES_ACCESS_KEY_ID ?? null,
      secretAccessKey: set.SES_SECRET_ACCESS_KEY ?? null,
      configurationSet: set.SES_CONFIGURATION_SET ?? null,
      topicArns: set.SES_TOPIC_ARNS ?? null,
      trustedOrigins: set.SNS_TRUSTED_ORIGINS,
    },
    smtp: { url: set.SMTP_URL ?? null },
    egress: {
      policy: {
        allowed: set.CALLBACK_ALLOWED_CIDRS,
        allowsPlainHttp: set.NOTIFY_ENVIRONMENT === "development",
      },
      proxyUrl: set.CALLBACK_PROXY_URL ?? null,
      dnsServers: set.CALLBACK_DNS_SERVERS,
    },
    callbacks: {
      timeoutMs: set.CALLBACK_TIMEOUT_MS,
      retry: set.CALLBACK_RETRY,
    },
    callbackReplays: { perSecond: set.CALLBACK_REPLAYS_PER_SECOND },
    letters: lettersOf(set, set.NOTIFY_ENVIRONMENT),
    retention: retentionOf(set),
    alerts: alertsOf(set, set.NOTIFY_ENVIRONMENT),
    broadcasts: broadcastsOf(set, set.NOTIFY_ENVIRONMENT),
    console: consoleOf(set),
  };
}

/** Null where files are kept in Postgres. */
function s3Of(set: v.InferOutput<typeof Environment>) {
  if (set.STORAGE_S3_URL === undefined) return null;
  return {
    url: set.STORAGE_S3_URL,
    region: set.STORAGE_S3_REGION,
    // `storageFaults` has seen to it that both are given.
    accessKeyId: set.STORAGE_S3_ACCESS_KEY_ID ?? "",
    secretAccessKey: set.STORAGE_S3_SECRET_ACCESS_KEY ?? "",
    largestBytes: set.STORAGE_S3_LARGEST_BYTES,
  };
}

function storageFaults(given: Record<string, string | undefined>): string[] {
  const keys = ["STORAGE_S3_ACCESS_KEY_ID", "STORAGE_S3_SECRET_ACCESS_KEY"];
  if (given.STORAGE_S3_URL === undefined) return [];
  return keys
    .filter((key) => given[key] === undefined)
    .map((key) => `${key}: must be set beside STORAGE_S3_URL`);
}

/** Defaults that serve a developer and would harm the public. */
function productionFaults(given: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  const sendsEmail = given.SES_ACCESS_KEY_ID !== undefined || given.SMTP_URL !== undefined;
  if (sendsEmail && given.EMAIL_DOMAIN === undefined) {
    faults.push("EMAIL_DOMAIN: must be set in production, where emails are sent");
  }
  if (sendsEmail && given.API_HOST === undefined) {
    faults.push("API_HOST: must be set in production, where emails are sent and may hold links to it");
  }
  if (given.FUNCTIONAL_TESTS_CLIENT_SECRETS !== undefined) {
    faults.push(
      "FUNCTIONAL_TESTS_CLIENT_SECRETS: must not be set in production: they make people who sign in",
    );
  }
  // Anybody with an AWS account can have SNS sign a message of theirs.
  if (given.SES_ACCESS_KEY_ID !== undefined && given.SES_TOPIC_ARNS === undefined) {
    faults.push("SES_TOPIC_ARNS: must be set in production, or receipts of any topic would be believed");
  }
  if (given.SNS_ACCESS_KEY_ID !== undefined && given.SNS_ACCOUNT_ID === undefined) {
    faults.push(
      "SNS_ACCOUNT_ID: must be set in production, or nobody would learn what became of texts by SNS",
    );
  }
  return faults;
}
