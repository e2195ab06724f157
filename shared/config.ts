import * as v from "valibot";
import { fromBase64 } from "./base64.ts";

const Text = v.pipe(v.string(), v.minLength(1));
const Url = v.pipe(v.string(), v.url());
const Count = v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(1));
const Milliseconds = Count;
const Price = v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(0));
/** `user:password`, several separated by commas: the old and the new while a provider is moved over. */
const Credentials = v.pipe(
  v.string(),
  v.transform((text) =>
    text.split(",").map((pair): [string, string] => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon), pair.slice(colon + 1)];
    }),
  ),
  v.check(
    (pairs) => pairs.every(([user, password]) => user !== "" && password !== ""),
    "must be user:password",
  ),
);
const List = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((part) => part.trim())),
);
/** `id:base64 of 32 bytes`, the first encrypts. */
const Keys = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const keys = dataset.value.split(",").map((pair) => {
      const colon = pair.indexOf(":");
      return { id: pair.slice(0, colon), bytes: bytesOf(pair.slice(colon + 1)) };
    });
    if (keys.every(({ id, bytes }) => /^[A-Za-z0-9_-]+$/.test(id) && bytes?.length === 32)) {
      return keys.map(({ id, bytes }) => ({ id, bytes: bytes ?? new Uint8Array(32) }));
    }
    addIssue({ message: "must be id:key, the key being base64 of 32 bytes" });
    return NEVER;
  }),
);

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

/** Every setting there is. What has no default and is not optional must be given. */
const Environment = v.object({
  DATABASE_URL: v.pipe(Text, v.regex(/^postgres(ql)?:\/\//, "must begin postgres://")),
  /** `production` and `live` mean the same. */
  NOTIFY_ENVIRONMENT: v.optional(Text, "development"),
  ENCRYPTION_KEYS: Keys,
  LOG_LEVEL: v.optional(v.picklist(["debug", "info", "warn", "error"]), "info"),
  GIT_COMMIT: v.optional(Text, "unknown"),
  BUILD_TIME: v.optional(Text, "unknown"),

  API_PORT: v.optional(Count, "6011"),
  API_POOL: v.optional(Count, "5"),
  /** The address in `uri`s and unsubscribe links; the one the client called where it is not set. */
  API_HOST: v.optional(Url),
  ADMIN_URL: v.optional(Url, "http://localhost:6012"),
  ADMIT_TIMEOUT_MS: v.optional(Milliseconds, "5000"),
  SMS_RATE_POUNDS: v.optional(Price, "0.0227"),

  WORKER_POOL: v.optional(Count, "5"),
  WORKER_METRICS_PORT: v.optional(
    v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(0)),
    "9464",
  ),
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
  CALLBACK_RETRIES: v.optional(v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(0)), "5"),
  CALLBACK_RETRY_SECONDS: v.optional(Count, "300"),
});

export type Config = ReturnType<typeof readConfig>;

/** Names everything wrong at once. Takes a record: an edge worker has no process.env. */
export function readConfig(env: Record<string, string | undefined>) {
  // An empty value is how many platforms write "not set".
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = v.safeParse(Environment, given);
  if (!result.success) {
    const faults = result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
    throw new Error(`Cannot read the environment: ${faults.join("; ")}`);
  }
  const set = result.output;
  return {
    databaseUrl: set.DATABASE_URL,
    encryptionKeys: set.ENCRYPTION_KEYS,
    logLevel: set.LOG_LEVEL,
    gitCommit: set.GIT_COMMIT,
    buildTime: set.BUILD_TIME,
    isProduction: set.NOTIFY_ENVIRONMENT === "production" || set.NOTIFY_ENVIRONMENT === "live",
    api: {
      port: set.API_PORT,
      connections: set.API_POOL,
      host: set.API_HOST ?? null,
      adminUrl: set.ADMIN_URL,
      admitTimeoutMs: set.ADMIT_TIMEOUT_MS,
      smsRate: set.SMS_RATE_POUNDS,
    },
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
      trustedOrigins: set.SNS_TRUSTED_ORIGINS.filter((origin) => origin !== ""),
    },
    smtp: { url: set.SMTP_URL ?? null },
    callbacks: {
      timeoutMs: set.CALLBACK_TIMEOUT_MS,
      retries: set.CALLBACK_RETRIES,
      retrySeconds: set.CALLBACK_RETRY_SECONDS,
    },
  };
}
