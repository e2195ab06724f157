import * as v from "valibot";
import { Count, Flag, List, Milliseconds, Port, Text, Url, whole } from "./values.ts";

/** The printer takes no zip of 2 GB; a zip's own lists are some of it. */
const BatchBytes = v.pipe(whole(1), v.maxValue(1_900_000_000, "must be at most 1900000000"));
const ClamdAddress = v.pipe(
  v.string(),
  v.regex(/^(tcp:\/\/[^/\s:]+:\d{1,5}|unix:\/\S+)$/, "must be tcp://host:port or unix:/path"),
);
const Fingerprint = v.pipe(
  v.string(),
  v.regex(/^SHA256:[A-Za-z0-9+/]{43}=?$/, "must be SHA256: and base64, as ssh-keygen -l shows it"),
);

export const letterSettings = {
  /** How letters reach the printer: zips by SFTP, or one HTTP request each. */
  DVLA_API: v.optional(v.picklist(["sftp", "http"], "must be sftp or http"), "sftp"),

  DVLA_SFTP_HOST: v.optional(Text),
  DVLA_SFTP_PORT: v.optional(Port, "22"),
  DVLA_SFTP_USER: v.optional(Text),
  DVLA_SFTP_PASSWORD: v.optional(Text),
  /** A private key in OpenSSH's or PEM form, in place of the password; line ends may be written \n. */
  DVLA_SFTP_PRIVATE_KEY: v.optional(Text),
  /** The fingerprints of the only host keys that are believed; two while the printer changes its own. */
  DVLA_SFTP_HOST_KEYS: v.optional(v.pipe(List, v.array(Fingerprint))),
  /** Where zips go, from the folder one lands in. */
  DVLA_SFTP_UPLOAD_DIR: v.optional(Text, "notify"),
  /** Where the printer leaves its files. */
  DVLA_SFTP_DISPATCH_DIR: v.optional(Text, "dispatch"),
  /** `false` where the printer does not allow a file to be renamed: zips are then written under their final names. */
  DVLA_SFTP_RENAMES: v.optional(Flag, "true"),
  /** For one answer; a file may take as long as its answers keep coming. */
  DVLA_SFTP_TIMEOUT_MS: v.optional(Milliseconds, "30000"),

  LETTER_BATCH_BYTES: v.optional(BatchBytes, "500000000"),
  LETTER_BATCH_COUNT: v.optional(Count, "5000"),

  DVLA_HTTP_URL: v.optional(Url, "https://uat.driver-vehicle-licensing.api.gov.uk"),
  /** What one signs in with the first time; what they are changed to is kept in the database. */
  DVLA_HTTP_USERNAME: v.optional(Text),
  DVLA_HTTP_PASSWORD: v.optional(Text),
  DVLA_HTTP_API_KEY: v.optional(Text),
  DVLA_HTTP_TIMEOUT_MS: v.optional(Milliseconds, "30000"),
  /** Letters a second, over all workers' share: each worker keeps to it. */
  DVLA_HTTP_PER_SECOND: v.optional(Count, "10"),

  /** Addresses that are told each evening how much there is to print. */
  DVLA_VOLUMES_RECIPIENTS: v.optional(List, ""),

  /** Topics whose notices of new files are believed. */
  DVLA_TOPIC_ARNS: v.optional(List),
  /** Whether letters of test keys get a made-up answer of the printer; by itself in development and preview. */
  FAKE_LETTER_RESPONSES: v.optional(Flag),

  /** The virus scanner: clamd, by its INSTREAM command. */
  CLAMD_ADDRESS: v.optional(ClamdAddress),
  CLAMD_TIMEOUT_MS: v.optional(Milliseconds, "30000"),

  /** How long somebody who looks at a letter waits until a worker has drawn its pages. */
  LETTER_PICTURE_PATIENCE_MS: v.optional(Milliseconds, "10000"),
};

type Set = v.InferOutput<v.ObjectSchema<typeof letterSettings, undefined>>;

export interface SftpSettings {
  host: string;
  port: number;
  user: string;
  password: string | null;
  privateKey: string | null;
  hostKeys: readonly string[];
  uploadDir: string;
  dispatchDir: string;
  renames: boolean;
  timeoutMs: number;
}

export function lettersOf(set: Set, environment: string) {
  const isSandboxed = environment === "development" || environment === "preview";
  return {
    via: set.DVLA_API,
    sftp: sftpOf(set),
    http:
      set.DVLA_HTTP_USERNAME === undefined
        ? null
        : {
            url: set.DVLA_HTTP_URL.replace(/\/+$/, ""),
            username: set.DVLA_HTTP_USERNAME,
            password: set.DVLA_HTTP_PASSWORD ?? "",
            apiKey: set.DVLA_HTTP_API_KEY ?? "",
            timeoutMs: set.DVLA_HTTP_TIMEOUT_MS,
            perSecond: set.DVLA_HTTP_PER_SECOND,
          },
    /** Null believes any topic, even a stranger's. */
    topicArns: set.DVLA_TOPIC_ARNS ?? (isSandboxed ? null : []),
    volumesRecipients: set.DVLA_VOLUMES_RECIPIENTS,
    batch: { largestBytes: set.LETTER_BATCH_BYTES, mostLetters: set.LETTER_BATCH_COUNT },
    fakeResponses: set.FAKE_LETTER_RESPONSES ?? isSandboxed,
    scanner:
      set.CLAMD_ADDRESS === undefined
        ? null
        : { address: set.CLAMD_ADDRESS, timeoutMs: set.CLAMD_TIMEOUT_MS },
    picturePatienceMs: set.LETTER_PICTURE_PATIENCE_MS,
    /** Where no scanner is configured: in development a precompiled letter passes, elsewhere none is taken. */
    mayGoUnscanned: environment === "development",
  };
}

/** Null where letters are not printed by SFTP. */
function sftpOf(set: Set): SftpSettings | null {
  if (set.DVLA_SFTP_HOST === undefined) return null;
  return {
    host: set.DVLA_SFTP_HOST,
    port: set.DVLA_SFTP_PORT,
    // `letterFaults` has seen to it that these are given.
    user: set.DVLA_SFTP_USER ?? "",
    password: set.DVLA_SFTP_PASSWORD ?? null,
    privateKey: set.DVLA_SFTP_PRIVATE_KEY?.replaceAll("\\n", "\n") ?? null,
    hostKeys: set.DVLA_SFTP_HOST_KEYS ?? [],
    uploadDir: set.DVLA_SFTP_UPLOAD_DIR,
    dispatchDir: set.DVLA_SFTP_DISPATCH_DIR,
    renames: set.DVLA_SFTP_RENAMES,
    timeoutMs: set.DVLA_SFTP_TIMEOUT_MS,
  };
}

export function letterFaults(given: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  const need = (name: string, why: string) => {
    if (given[name] === undefined) faults.push(`${name}: must be set ${why}`);
  };
  if (given.DVLA_SFTP_HOST !== undefined) {
    need("DVLA_SFTP_USER", "beside DVLA_SFTP_HOST");
    need("DVLA_SFTP_HOST_KEYS", "beside DVLA_SFTP_HOST, or letters could go to anyone");
    if (given.DVLA_SFTP_PASSWORD === undefined) need("DVLA_SFTP_PRIVATE_KEY", "where there is no password");
  }
  if (given.DVLA_API === "http") {
    for (const name of ["DVLA_HTTP_USERNAME", "DVLA_HTTP_PASSWORD", "DVLA_HTTP_API_KEY"]) {
      need(name, "where DVLA_API is http");
    }
    const isProduction = given.NOTIFY_ENVIRONMENT === "production" || given.NOTIFY_ENVIRONMENT === "live";
    if (isProduction && given.DVLA_HTTP_URL?.startsWith("https://") === false) {
      faults.push("DVLA_HTTP_URL: must begin https://, or letters could be read on their way");
    }
  }
  return faults;
}
