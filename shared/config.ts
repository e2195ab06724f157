import * as v from "valibot";
import { fromBase64 } from "./base64.ts";
import type { EncryptionKey } from "./encryption.ts";

const largestPort = 65_535;
const Text = v.pipe(v.string(), v.minLength(1));
// Messages of ours: the library's repeat the value, which may hold a password.
const Url = v.pipe(v.string(), v.url("must be a URL"));
const PostgresUrl = v.pipe(
  Text,
  v.regex(/^postgres(ql)?:\/\//, "must begin postgres://"),
  v.check(isPostgresUrl, "must be a URL, and what is not plain in its password %-encoded"),
);
const Count = whole(1);
const CountOrNone = whole(0);
const Milliseconds = Count;
const Port = v.pipe(Count, v.maxValue(largestPort, `must be at most ${largestPort}`));
const PortOrAny = v.pipe(CountOrNone, v.maxValue(largestPort, `must be at most ${largestPort}`));
const Price = v.pipe(
  v.string(),
  v.transform(Number),
  v.number("must be a number"),
  v.minValue(0, "must be at least 0"),
);
/** `user:password`, several separated by commas: the old and the new while a provider is moved over. */
const Credentials = v.pipe(
  v.string(),
  v.transform((text) =>
    text.split(",").map((pair): [string, string] => {
      const [user = "", ...rest] = pair.split(":");
      return [user, rest.join(":")];
    }),
  ),
  v.check(
    (pairs) => pairs.every(([user, password]) => user !== "" && password !== ""),
    "must be user:password",
  ),
);
const List = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
);
/** `id:base64 of 32 bytes`, the first encrypts. */
const Keys = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const keys = parseKeys(dataset.value);
    if (keys) return keys;
    addIssue({ message: "must be id:key, the key being base64 of 32 bytes and each id another" });
    return NEVER;
  }),
);

/** Null where the text is not a value of ENCRYPTION_KEYS. */
export function parseKeys(value: string): EncryptionKey[] | null {
  const keys: EncryptionKey[] = [];
  for (const pair of value.split(",")) {
    const [id = "", text = ""] = pair.split(":", 2);
    const bytes = bytesOf(text);
    // Of two with one id the first would encrypt and the second decrypt.
    const isNew = !keys.some((key) => key.id === id);
    if (!/^[A-Za-z0-9_-]+$/.test(id) || bytes?.length !== 32 || !isNew) return null;
    keys.push({ id, bytes });
  }
  return keys;
}

function whole(least: number) {
  const wanted = `must be a whole number, at least ${least}`;
  return v.pipe(v.string(), v.transform(Number), v.integer(wanted), v.minValue(least, wanted));
}

function isPostgresUrl(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    decodeURIComponent(`${username}${password}${pathname}`);
    return true;
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

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

  API_PORT: v.optional(Port, "6011"),
  API_POOL: v.optional(Count, "5"),
  /** The address in `uri`s and unsubscribe links; where it is not set, the one the client called, and in emails localhost. */
  API_HOST: v.optional(Url),
  ADMIN_URL: v.optional(Url, "http://localhost:6012"),
  /** The address in links to files sent by email, if another than API_HOST; it must lead to the API. */
  DOCUMENT_HOST: v.optional(Url),
  ADMIT_TIMEOUT_MS: v.optional(Milliseconds, "5000"),
  SMS_RATE_POUNDS: v.optional(Price, "0.0227"),

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

  MMG_URL: v.optional(Url, "https://api.mmg.co.uk/jsonv2a/api.php"),
  MMG_API_KEY: v.optional(Text),
  MMG_RECEIPT_URL: v.optional(Url),
  MMG_RECEIPT_CREDENTIALS: v.optional(Credentials),
  FIRETEXT_URL: v.optional(Url, "https://www.firetext.co.uk/api/sendsms/json"),
  FIRETEXT_API_KEY: v.optional(Text),
  FIRETEXT_INTERNATIONAL_API_KEY: v.optional(Text),
  FIRETEXT_RECEIPT_URL: v.optional(Url),
  FIRETEXT_RECEIPT_CREDENTIALS: v.optional(Credentials),
  SMS_TIMEOUT_MS: v.optional(Milliseconds, "10000"),

  EMAIL_DOMAIN: v.optional(Text, "notifications.localhost"),
  EMAIL_TIMEOUT_MS: v.optional(Milliseconds, "10000"),
  SES_REGION: v.optional(Text, "eu-west-1"),
  SES_URL: v.optional(Url),
  SES_ACCESS_KEY_ID: v.optional(Text),
  SES_SECRET_ACCESS_KEY: v.optional(Text),
  SES_TOPIC_ARNS: v.optional(List),
  /** Origins beside AWS's own that may serve SNS's certificate: the sandbox's. */
  SNS_TRUSTED_ORIGINS: v.optional(List, ""),
  SMTP_URL: v.optional(v.pipe(Text, v.regex(/^smtps?:\/\//, "must begin smtp:// or smtps://"))),

  CALLBACK_TIMEOUT_MS: v.optional(Milliseconds, "5000"),
  CALLBACK_RETRIES: v.optional(CountOrNone, "5"),
  CALLBACK_RETRY_SECONDS: v.optional(Count, "300"),
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
  const faults = [...storageFaults(given), ...(isProduction ? productionFaults(given) : [])];
  if (faults.length > 0) throw new Error(`Cannot read the environment: ${faults.join("; ")}`);
  return {
    databaseUrl: set.DATABASE_URL,
    databasePooler: set.DATABASE_POOLER === "none" ? null : set.DATABASE_POOLER,
    encryptionKeys: set.ENCRYPTION_KEYS,
    logLevel: set.LOG_LEVEL,
    gitCommit: set.GIT_COMMIT,
    buildTime: set.BUILD_TIME,
    isProduction,
    api: {
      port: set.API_PORT,
      connections: set.API_POOL,
      host: set.API_HOST ?? null,
      /** Where links in emails lead, with a slash at the end. */
      url: `${(set.API_HOST ?? `http://localhost:${set.API_PORT}`).replace(/\/+$/, "")}/`,
      adminUrl: set.ADMIN_URL,
      documentHost: set.DOCUMENT_HOST?.replace(/\/*$/, "/") ?? null,
      admitTimeoutMs: set.ADMIT_TIMEOUT_MS,
      smsRate: set.SMS_RATE_POUNDS,
    },
    storage: { s3: s3Of(set), timeoutMs: set.STORAGE_TIMEOUT_MS },
    worker: {
      connections: set.WORKER_POOL,
      metricsPort: set.WORKER_METRICS_PORT,
      stopMs: set.WORKER_STOP_MS,
      concurrency: set.WORKER_CONCURRENCY,
    },
    mmg: {
      url: set.MMG_URL,
      apiKey: set.MMG_API_KEY ?? null,
      receiptUrl: set.MMG_RECEIPT_URL ?? null,
      receiptCredentials: set.MMG_RECEIPT_CREDENTIALS ?? null,
      timeoutMs: set.SMS_TIMEOUT_MS,
    },
    firetext: {
      url: set.FIRETEXT_URL,
      apiKey: set.FIRETEXT_API_KEY ?? null,
      internationalApiKey: set.FIRETEXT_INTERNATIONAL_API_KEY ?? null,
      receiptUrl: set.FIRETEXT_RECEIPT_URL ?? null,
      receiptCredentials: set.FIRETEXT_RECEIPT_CREDENTIALS ?? null,
      timeoutMs: set.SMS_TIMEOUT_MS,
    },
    email: { domain: set.EMAIL_DOMAIN, timeoutMs: set.EMAIL_TIMEOUT_MS },
    ses: {
      region: set.SES_REGION,
      url: set.SES_URL ?? null,
      accessKeyId: set.SES_ACCESS_KEY_ID ?? null,
      secretAccessKey: set.SES_SECRET_ACCESS_KEY ?? null,
      topicArns: set.SES_TOPIC_ARNS ?? null,
      trustedOrigins: set.SNS_TRUSTED_ORIGINS,
    },
    smtp: { url: set.SMTP_URL ?? null },
    callbacks: {
      timeoutMs: set.CALLBACK_TIMEOUT_MS,
      retries: set.CALLBACK_RETRIES,
      retrySeconds: set.CALLBACK_RETRY_SECONDS,
    },
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
  // Anybody with an AWS account can have SNS sign a message of theirs.
  if (given.SES_ACCESS_KEY_ID !== undefined && given.SES_TOPIC_ARNS === undefined) {
    faults.push("SES_TOPIC_ARNS: must be set in production, or receipts of any topic would be believed");
  }
  return faults;
}
