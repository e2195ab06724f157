import type { Recorded } from "../../shared/dvla/record-status.ts";
import type { StatusReport } from "../../shared/dvla/status-report.ts";
import type { Log } from "../../shared/log.ts";
import type { SesReceipt, SmsReceipt } from "../../shared/receipt/payload.ts";
import type { SnsConfig } from "../../shared/receipt/sns.ts";
import type { Credentials } from "./require-credentials.ts";

/** Everything the receipt routes need of the world. */
export interface ReceiptDeps {
  /** Stores a job. Throws when it could not; the provider is then told to try again. */
  enqueueReceipt: <Queue extends keyof ReceiptQueues>(
    queue: Queue,
    payload: ReceiptQueues[Queue],
  ) => Promise<void>;
  /** What providers must authenticate with; null where they need not. */
  credentials: { mmg: readonly Credentials[] | null; firetext: readonly Credentials[] | null };
  sns: SnsConfig;
  letterStatus: {
    /** The notification's id of a token of ours; null for any other. */
    readStatusToken: (token: string) => Promise<string | null>;
    /** Throws where it could not be stored; DVLA is then told to try again. */
    recordStatus: (report: StatusReport, at: Date) => Promise<Recorded>;
  };
  log: Log;
  now: () => Date;
}

export interface ReceiptQueues {
  "sms-receipts": SmsReceipt;
  "ses-receipts": SesReceipt;
}
