import type { OpenCredentials } from "../shared/callback/credentials.ts";
import type { Config } from "../shared/config.ts";
import type { Pool } from "../shared/database.ts";
import type { Cipher } from "../shared/encryption.ts";
import type { Log } from "../shared/log.ts";
import type { Metrics } from "../shared/metrics/metrics.ts";
import type { ProviderDetails } from "../shared/provider/choose.ts";
import type { EmailProvider, SmsProvider } from "../shared/provider/provider.ts";
import type { Storage } from "../shared/storage/storage.ts";
import type { CompiledTemplate } from "../shared/template/template.ts";
import type { LinkedEmail } from "../shared/unsubscribe/token.ts";
import type { CallCbc } from "./broadcasts/cbc-proxy.ts";
import type { CallbackHealth } from "./callbacks/health.ts";
import type { Egress } from "./egress/egress.ts";
import type { FailedSends } from "./failed-sends.ts";
import type { Drawer } from "./letters/draw/drawer.ts";
import type { Dvla } from "./letters/http/dvla.ts";
import type { Preparer } from "./letters/precompiled/preparer.ts";
import type { LetterFonts } from "./letters/render/fonts.ts";
import type { Scanner } from "./letters/scanner/scanner.ts";
import type { OpenSftp } from "./letters/sftp/sftp.ts";
import type { Breaker } from "./providers/breaker.ts";
import type { SnsLog } from "./providers/sns-log.ts";
import type { Store } from "./store.ts";

/** What emergency alerts are sent with. */
export interface BroadcastDeps {
  /** Theirs alone: nothing that is slow elsewhere holds them up. */
  sql: Pool;
  config: Config["broadcasts"];
  callCbc: CallCbc;
}

/** What tasks are built from, made once in `main.ts`. */
export interface WorkerDeps {
  /** For what is rare or reads much; busy tasks' statements are `store`'s. */
  sql: Pool;
  store: Store;
  cipher: Cipher;
  log: Log;
  metrics: Metrics;
  now: () => Date;
  /** From 0 up to 1. */
  random: () => number;
  /** Versions never change, so they are remembered. */
  findCompiledTemplate: (id: string, version: number) => Promise<CompiledTemplate | null>;
  listActiveProviders: (channel: "sms" | "email") => Promise<ProviderDetails[]>;
  smsProviders: ReadonlyMap<string, SmsProvider>;
  emailProviders: ReadonlyMap<string, EmailProvider>;
  /** Texts that a provider did not take: too many, and it gets fewer. */
  failedSends: FailedSends;
  /** Keeps one provider that hangs from holding up what another could take. */
  breaker: Breaker;
  /** The priorities that text providers return to; who is not named gets an equal share. */
  restingPoints: ReadonlyMap<string, number>;
  /** Longer than any provider may take to answer: a claim that lapses earlier would let another worker send too. */
  claimSeconds: number;
  emailDomain: string;
  /** The link by which an email's recipient unsubscribes. */
  createUnsubscribeUrl: (email: LinkedEmail) => Promise<string>;
  callbacks: Config["callbacks"];
  callbackReplays: Config["callbackReplays"];
  /** The way to addresses that services name. */
  egress: Egress;
  /** What callbacks are sent with. */
  openCredentials: OpenCredentials;
  /** How receivers of callbacks do: one that fails too often is spared. */
  callbackHealth: CallbackHealth;
  storage: Storage;
  letters: Config["letters"];
  /** Looks for viruses in precompiled letters; null where they cannot be taken. */
  scanner: Scanner | null;
  /** Checks precompiled letters and makes what is printed of them. */
  preparer: Preparer;
  /** Draws pages of letters. */
  drawer: Drawer;
  /** What letters are set in. */
  letterFonts: LetterFonts;
  /** A login to the printer's SFTP server; null where none is configured. */
  openSftp: OpenSftp | null;
  /** The printer by HTTP; null where it is not configured. */
  dvla: Dvla | null;
  /** Where the printer reports of a letter that it got by HTTP. */
  createLetterStatusUrl: (notificationId: string) => Promise<string>;
  alerts: Config["alerts"];
  broadcasts: BroadcastDeps;
  retention: Config["retention"];
  /** How long sessions live in which people have signed in to the console. */
  sessionLife: Config["console"]["life"];
  /** Where receipts of texts by SNS are read; null where they cannot be. */
  snsLog: SnsLog | null;
}
