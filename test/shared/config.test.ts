import { describe, expect, test } from "bun:test";
import { readConfig } from "../../shared/config.ts";

const key = Buffer.alloc(32, 1).toString("base64");
const needed = { DATABASE_URL: "postgres://user@db/pillarbox", ENCRYPTION_KEYS: `first:${key}` };

function read(env: Record<string, string | undefined> = {}) {
  return readConfig({ ...needed, ...env });
}

describe("readConfig", () => {
  test("wants no more than a database and keys", () => {
    expect(() => readConfig({})).toThrow(
      "Cannot read the environment: DATABASE_URL: must be set; ENCRYPTION_KEYS: must be set",
    );
    expect(read()).toMatchObject({
      databaseUrl: "postgres://user@db/pillarbox",
      databasePooler: null,
      statsd: null,
      logLevel: "info",
      isProduction: false,
      api: { port: 6011, host: null, metricsPort: null },
      worker: { metricsPort: 9464 },
      mmg: { apiKey: null, receiptCredentials: null },
      sns: { accessKeyId: null, accountId: null, maxPriceUsd: null, region: "eu-west-1" },
      ses: { accessKeyId: null, topicArns: null, trustedOrigins: [], configurationSet: null },
      smtp: { url: null },
    });
  });

  test("knows who may ask as an operators' program: nobody, or who has one of its secrets", () => {
    expect(read().api.internalClient).toEqual({ id: "notify-admin", secrets: [] });
    expect(
      read({ ADMIN_CLIENT_ID: "us", ADMIN_CLIENT_SECRETS: "the-new-secret-01, the-old-secret-02" }).api
        .internalClient,
    ).toEqual({ id: "us", secrets: ["the-new-secret-01", "the-old-secret-02"] });
  });

  test("reads where text providers rest", () => {
    const pointsOf = (env: Record<string, string>) => [...read(env).sms.restingPoints];

    expect(pointsOf({})).toEqual([
      ["mmg", 51],
      ["firetext", 49],
    ]);
    expect(pointsOf({ SMS_RESTING_POINTS: "mmg=100, firetext=0" })).toEqual([
      ["mmg", 100],
      ["firetext", 0],
    ]);
  });

  const faults: [setting: string, value: string, says: string][] = [
    ["DATABASE_URL", "mysql://db/pillarbox", "must begin postgres://"],
    ["DATABASE_URL", "postgres://user:pass@db:port/pillarbox", "must be a URL"],
    ["DATABASE_URL", "postgres://user:50%@db/pillarbox", "%-encoded"],
    ["DATABASE_POOLER", "session", "must be one of none, transaction"],
    ["ENCRYPTION_KEYS", "first", "must be id:key"],
    // Else most of the key would be its id, which stands in every value.
    ["ENCRYPTION_KEYS", key, "must be id:key"],
    ["ENCRYPTION_KEYS", `:${key}`, "must be id:key"],
    ["ENCRYPTION_KEYS", `not a word:${key}`, "must be id:key"],
    ["ENCRYPTION_KEYS", `dotted.id:${key}`, "must be id:key"],
    ["ENCRYPTION_KEYS", "first:not base64!", "must be id:key"],
    ["ENCRYPTION_KEYS", `first:${Buffer.alloc(31).toString("base64")}`, "must be id:key"],
    ["ENCRYPTION_KEYS", `first:${Buffer.alloc(33).toString("base64")}`, "must be id:key"],
    ["ENCRYPTION_KEYS", `first:${key},`, "must be id:key"],
    ["ENCRYPTION_KEYS", `first:${key},first:${Buffer.alloc(32, 2).toString("base64")}`, "each id another"],
    ["LOG_LEVEL", "loud", "must be one of debug, info, warn, error"],
    ["ADMIN_CLIENT_SECRETS", "a-secret-that-is-long,short", "must each have 16 characters or more"],
    ["API_PORT", "70000", "must be at most 65535"],
    ["API_PORT", "0", "must be a whole number, at least 1"],
    ["API_PORT", "http", "must be a whole number, at least 1"],
    ["API_POOL", "2.5", "must be a whole number, at least 1"],
    ["API_HOST", "notify.example", "must be a URL"],
    ["WORKER_METRICS_PORT", "-1", "must be a whole number, at least 0"],
    ["SNS_MAX_PRICE_USD", "cheap", "must be a number"],
    ["SNS_MAX_PRICE_USD", "-0.01", "must be at least 0"],
    ["MMG_RECEIPT_CREDENTIALS", "nobody", "must be user:password"],
    ["MMG_RECEIPT_CREDENTIALS", "user:", "must be user:password"],
    ["FIRETEXT_RECEIPT_CREDENTIALS", "user:password,:password", "must be user:password"],
    ["SMTP_URL", "https://mail.example", "must begin smtp:// or smtps://"],
    ["SNS_ACCOUNT_ID", "12345", "must be twelve digits"],
    ["SNS_MAX_PRICE_USD", "cheap", "must be a number"],
    ["DOCUMENT_HOST", "files.example", "must be a URL"],
    ["STORAGE_S3_URL", "s3.example/bucket", "must be a URL"],
    ["STORAGE_S3_LARGEST_BYTES", "0", "must be a whole number, at least 1"],
    ["STORAGE_TIMEOUT_MS", "soon", "must be a whole number, at least 1"],
    ["SMS_RESTING_POINTS", "mmg", "the points making 100"],
    ["SMS_RESTING_POINTS", "mmg=51,firetext=48", "the points making 100"],
    ["SMS_RESTING_POINTS", "mmg=151,firetext=-51", "the points making 100"],
    ["SMS_RESTING_POINTS", "mmg=51,firetext=49.0", "the points making 100"],
    ["SMS_RESTING_POINTS", "mmg=51,mmg=49", "the points making 100"],
    ["CALLBACK_ALLOWED_CIDRS", "inside.example", "must be addresses or ranges such as 10.1.0.0/16"],
    ["CALLBACK_ALLOWED_CIDRS", "10.0.0.0/8,10.0/16", "must be addresses or ranges such as 10.1.0.0/16"],
    ["CALLBACK_ALLOWED_CIDRS", "::ffff:10.0.0.0/104", "IPv4 written as such"],
    ["CALLBACK_PROXY_URL", "proxy:3128", "must begin http:// or https://"],
    ["CALLBACK_PROXY_URL", "proxy", "must be a URL"],
    ["CALLBACK_DNS_SERVERS", "dns.example", "must be addresses of DNS servers"],
    ["CALLBACK_RETRY", "often", "must be default, notify, none, or seconds"],
    ["CALLBACK_RETRY", "5,0", "must be default, notify, none, or seconds"],
    ["CALLBACK_RETRY", "5,1.5", "must be default, notify, none, or seconds"],
  ];
  test.each(faults)("refuses %s=%s", (setting, value, says) => {
    expect(() => read({ [setting]: value })).toThrow(`Cannot read the environment: ${setting}: `);
    expect(() => read({ [setting]: value })).toThrow(says);
  });

  test("names every fault at once", () => {
    expect(() => readConfig({ LOG_LEVEL: "loud", API_PORT: "x", SMTP_URL: "x" })).toThrow(
      /^Cannot read the environment: DATABASE_URL: [^;]+; ENCRYPTION_KEYS: [^;]+; LOG_LEVEL: [^;]+; API_PORT: [^;]+; SMTP_URL: [^;]+$/,
    );
  });

  test("never repeats a value, which may be a secret", () => {
    const secret = "hunter2";
    const settings = faults.map(([setting]) => setting);
    const env = Object.fromEntries(settings.map((setting) => [setting, secret]));

    expect(() => readConfig(env)).toThrow("MMG_RECEIPT_CREDENTIALS");
    expect(() => readConfig(env)).not.toThrow(secret);
  });

  test("takes an empty value for none", () => {
    const empty = { API_PORT: "", API_HOST: "", LOG_LEVEL: "", SMTP_URL: "", NOTIFY_ENVIRONMENT: "" };

    expect(read(empty)).toEqual(read());
    expect(() => read({ DATABASE_URL: "" })).toThrow("DATABASE_URL: must be set");
  });

  test.each([
    ["production", true],
    ["live", true],
    ["preview", false],
    ["development", false],
  ])("takes %s for production: %p", (name, isProduction) => {
    expect(read({ NOTIFY_ENVIRONMENT: name }).isProduction).toBe(isProduction);
  });

  test("in production, wants the email domain, an address for links and the topics that receipts come from", () => {
    const ses = { NOTIFY_ENVIRONMENT: "live", SES_ACCESS_KEY_ID: "id", SES_SECRET_ACCESS_KEY: "secret" };
    const given = {
      EMAIL_DOMAIN: "notify.example.gov.uk",
      API_HOST: "https://api.notify.example.gov.uk",
      SES_TOPIC_ARNS: "arn:aws:sns:eu-west-1:1:receipts",
    };

    expect(() => read(ses)).toThrow(
      /EMAIL_DOMAIN: must be set.*API_HOST: must be set.*SES_TOPIC_ARNS: must be set/,
    );
    expect(() => read({ NOTIFY_ENVIRONMENT: "live", SMTP_URL: "smtp://mail" })).toThrow(
      /EMAIL_DOMAIN.*API_HOST/,
    );
    expect(read({ ...ses, ...given }).email.domain).toBe("notify.example.gov.uk");
    expect(() => read({ ...ses, NOTIFY_ENVIRONMENT: "development" })).not.toThrow();
    expect(() => read({ NOTIFY_ENVIRONMENT: "live", MMG_API_KEY: "key" })).not.toThrow();
  });

  test("in production, wants the account in whose logs SNS says what became of texts", () => {
    const sns = { NOTIFY_ENVIRONMENT: "live", SNS_ACCESS_KEY_ID: "id", SNS_SECRET_ACCESS_KEY: "secret" };

    expect(() => read(sns)).toThrow("SNS_ACCOUNT_ID: must be set in production");
    expect(read({ ...sns, SNS_ACCOUNT_ID: "123456789012" }).sns.accountId).toBe("123456789012");
  });

  test.each<[Record<string, string>, string]>([
    [{}, "http://localhost:6011/"],
    [{ API_PORT: "8080" }, "http://localhost:8080/"],
    [{ API_HOST: "https://api.example.gov.uk" }, "https://api.example.gov.uk/"],
    [{ API_HOST: "https://api.example.gov.uk/" }, "https://api.example.gov.uk/"],
  ])("leads links in emails, with %j, to %s", (env, url) => {
    expect(read(env).api.url).toBe(url);
  });

  test("keeps files in Postgres, unless it has all that S3 wants", () => {
    const url = { STORAGE_S3_URL: "https://s3.example/bucket" };
    const keys = { STORAGE_S3_ACCESS_KEY_ID: "id", STORAGE_S3_SECRET_ACCESS_KEY: "secret" };

    expect(read(keys).storage).toEqual({ s3: null, timeoutMs: 10_000 });
    expect(() => read(url)).toThrow(
      "STORAGE_S3_ACCESS_KEY_ID: must be set beside STORAGE_S3_URL; STORAGE_S3_SECRET_ACCESS_KEY: must be set",
    );
    expect(read({ ...url, ...keys }).storage.s3).toEqual({
      url: "https://s3.example/bucket",
      region: "eu-west-2",
      accessKeyId: "id",
      secretAccessKey: "secret",
      largestBytes: 67_108_864,
    });
  });

  test.each(["https://files.example", "https://files.example/"])("ends %s with a slash", (host) => {
    expect(read({ DOCUMENT_HOST: host }).api.documentHost).toBe("https://files.example/");
  });

  test("reads several keys, the first first", () => {
    const other = Buffer.alloc(32, 2).toString("base64");

    const { encryptionKeys } = read({ ENCRYPTION_KEYS: `2026-b:${other},old_a:${key}` });

    expect(encryptionKeys).toEqual([
      { id: "2026-b", bytes: new Uint8Array(32).fill(2) },
      { id: "old_a", bytes: new Uint8Array(32).fill(1) },
    ]);
  });

  test("reads several credentials, whose passwords may hold colons", () => {
    const config = read({ MMG_RECEIPT_CREDENTIALS: "mmg:old,mmg:n:e:w" });

    expect(config.mmg.receiptCredentials).toEqual([
      ["mmg", "old"],
      ["mmg", "n:e:w"],
    ]);
  });

  test("lets anybody bring texts where nothing says who may, and in production nobody", () => {
    const inboundOf = (env: Record<string, string>) => {
      const { mmg, firetext } = read(env);
      return [mmg.inboundCredentials, firetext.inboundCredentials];
    };

    expect(inboundOf({})).toEqual([null, null]);
    expect(inboundOf({ NOTIFY_ENVIRONMENT: "live", MMG_INBOUND_CREDENTIALS: "a:b,a:c" })).toEqual([
      [
        ["a", "b"],
        ["a", "c"],
      ],
      [],
    ]);
  });

  test("lets callbacks to the public internet alone unless told otherwise, and by plain http while developing", () => {
    const egressOf = (env: Record<string, string>) => read(env).egress;

    expect(egressOf({})).toEqual({
      policy: { allowed: [], allowsPlainHttp: true },
      proxyUrl: null,
      dnsServers: [],
    });
    expect(egressOf({ NOTIFY_ENVIRONMENT: "staging" }).policy.allowsPlainHttp).toBe(false);
    const { policy, dnsServers } = egressOf({
      CALLBACK_ALLOWED_CIDRS: "10.1.0.0/16, ::1",
      CALLBACK_DNS_SERVERS: "127.0.0.1:53,::1",
    });
    expect(policy.allowed.map(({ bits }) => bits)).toEqual([16, 128]);
    expect(dnsServers).toEqual(["127.0.0.1:53", "::1"]);
  });

  test("reads lists with or without spaces and gaps", () => {
    const config = read({ SES_TOPIC_ARNS: "arn:a, arn:b,,", SNS_TRUSTED_ORIGINS: " " });

    expect(config.ses).toMatchObject({ topicArns: ["arn:a", "arn:b"], trustedOrigins: [] });
  });
});
