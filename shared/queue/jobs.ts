import * as v from "valibot";
import { SesReceipt, SmsReceipt } from "../receipt/payload.ts";
import {
  BroadcastMessage,
  Callback,
  CallbackReplay,
  CallbackTest,
  DeleteNotifications,
  Deliver,
  DvlaFile,
  InboundSms,
  Letter,
  LetterBatch,
  LetterPictures,
  Maintenance,
  PrintRun,
  ProcessBatch,
  ProcessRows,
  PublishAlerts,
  ReturnedLetters,
  SendAlerts,
} from "./payloads.ts";

export interface Queue {
  payload: v.GenericSchema;
  /** Jobs at once in one worker process. */
  concurrency: number;
  /** Jobs of one service at once, over all workers; null where jobs belong to no service. */
  perService: number | null;
  retries: number;
  /** Before another attempt at a job whose task failed; a lost job waits `recoveryDelaySeconds`. */
  retryDelaySeconds: number;
  /** The delay before the first retry, where it differs. */
  firstRetryDelaySeconds?: number;
  /** A job that runs longer is given to another worker: well above every time-out inside the task. */
  expireSeconds: number;
  /** Where a job goes that has used up its retries. */
  deadLetter?: QueueName;
  /** `exclusive`: of jobs with the same singleton key, one is there until it has ended. Cannot be changed later. */
  policy?: "exclusive";
  /** Where seconds count: a retry begins when it is due, not with the next poll, and a worker's death is noticed sooner. */
  isUrgent?: true;
}

type QueueName =
  | "deliver-sms"
  | "deliver-email"
  | "deliver-research"
  | "delivery-exhausted"
  | "sms-receipts"
  | "ses-receipts"
  | "inbound-sms"
  | "service-callbacks"
  | "service-callbacks-retry"
  | "service-callbacks-parked"
  | "service-callbacks-replay"
  | "callback-replays"
  | "callback-tests"
  | "create-letter-pdf"
  | "scan-letter"
  | "sanitise-letter"
  | "collate-letters"
  | "upload-letter-batch"
  | "send-letter-volumes"
  | "deliver-letter"
  | "process-dvla-file"
  | "returned-letters"
  | "fake-letter-response"
  | "draw-letter-pages"
  | "send-broadcast-message"
  | "publish-govuk-alerts"
  | "delete-notifications"
  | "process-batch"
  | "process-rows"
  | "send-alerts"
  | "maintenance"
  | "dead-letters";

const delivery = {
  payload: Deliver,
  concurrency: 50,
  perService: 40,
  retries: 48,
  retryDelaySeconds: 300,
  expireSeconds: 120,
  deadLetter: "delivery-exhausted",
} as const;

const receipts = {
  // They call nobody: the more at once, the fewer commits, and a burst is decided as fast as it comes in.
  concurrency: 200,
  perService: null,
  retries: 5,
  retryDelaySeconds: 300,
  expireSeconds: 60,
  deadLetter: "dead-letters",
} as const;

const letters = {
  payload: Letter,
  concurrency: 2,
  perService: 2,
  retries: 15,
  retryDelaySeconds: 300,
  expireSeconds: 300,
  deadLetter: "delivery-exhausted",
} as const;

/** A worker that has not shown for so long that it still has its jobs has lost them. */
export const heartbeatSeconds = 20;

/**
 * Then they wait this long for another worker, so that, after an outage of the database, one that lives can first
 * note what it did.
 */
export const recoveryDelaySeconds = 5;

/** The same of urgent queues. */
export const urgent = { heartbeatSeconds: 10, recoveryDelaySeconds: 1 };

/**
 * A payload that cannot be read is tried again so often before the job goes to the dead letters, whatever its queue
 * allows: another version of us, just being brought in, may have made it and can read it.
 */
export const unreadableRetries = 5;

/** Finished jobs are kept this long for a look, waiting ones until they are done. */
export const retention = { doneSeconds: 3600, waitingSeconds: 365 * 24 * 3600 };

/**
 * Every queue, with what operators tune. Names and starting values are those of the architecture; the tasks stand
 * in `worker/tasks.ts`, and a test fails where one of the two lacks the other.
 */
export const queues = {
  // Another provider may be drawn at once; after that, wait.
  "deliver-sms": { ...delivery, firstRetryDelaySeconds: 0 },
  "deliver-email": delivery,
  "deliver-research": { ...delivery, concurrency: 10, perService: 10 },
  /** Deliveries that used up their retries: the notification fails and its service is told. */
  "delivery-exhausted": {
    payload: Deliver,
    concurrency: 10,
    perService: 5,
    retries: 100,
    retryDelaySeconds: 60,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  "sms-receipts": { ...receipts, payload: SmsReceipt, firstRetryDelaySeconds: 1 },
  // A receipt may overtake the commit that stores its reference.
  "ses-receipts": { ...receipts, payload: SesReceipt, firstRetryDelaySeconds: 1 },
  "inbound-sms": {
    payload: InboundSms,
    concurrency: 10,
    perService: 8,
    retries: 5,
    retryDelaySeconds: 300,
    firstRetryDelaySeconds: 1,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  "service-callbacks": {
    payload: Callback,
    concurrency: 100,
    perService: 10,
    // A failed first attempt moves to the retry lane; these are for a worker that died.
    retries: 5,
    retryDelaySeconds: 5,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  "service-callbacks-retry": {
    payload: Callback,
    concurrency: 50,
    perService: 5,
    retries: 5,
    retryDelaySeconds: 60,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  /** For receivers that are spared, by callback; nothing consumes it, `tend-callbacks` moves them on. */
  "service-callbacks-parked": {
    payload: Callback,
    concurrency: 0,
    perService: null,
    retries: 0,
    retryDelaySeconds: 0,
    expireSeconds: 60,
  },
  /** What is told again, beside what is new: its first attempts alone, as retries have their lane. */
  "service-callbacks-replay": {
    payload: Callback,
    concurrency: 20,
    perService: 5,
    retries: 5,
    retryDelaySeconds: 5,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  /** They fill the lane above little by little, and mostly wait. */
  "callback-replays": {
    payload: CallbackReplay,
    concurrency: 10,
    perService: 1,
    retries: 100,
    retryDelaySeconds: 30,
    firstRetryDelaySeconds: 1,
    expireSeconds: 120,
    deadLetter: "dead-letters",
  },
  /** Somebody waits for what comes of it, and asks again where nothing does. */
  "callback-tests": {
    payload: CallbackTest,
    concurrency: 10,
    perService: 2,
    retries: 2,
    retryDelaySeconds: 1,
    expireSeconds: 60,
  },
  /** Templated letters become PDFs. */
  "create-letter-pdf": letters,
  /** Precompiled letters are looked at for viruses, then checked and made fit to print. */
  "scan-letter": { ...letters, retries: 5 },
  "sanitise-letter": letters,
  "collate-letters": {
    payload: PrintRun,
    // One in all: every job has the same group.
    concurrency: 1,
    perService: 1,
    retries: 3,
    retryDelaySeconds: 60,
    expireSeconds: 1800,
    deadLetter: "dead-letters",
  },
  "upload-letter-batch": {
    payload: LetterBatch,
    concurrency: 1,
    perService: 1,
    retries: 5,
    retryDelaySeconds: 300,
    expireSeconds: 4 * 3600,
    deadLetter: "dead-letters",
  },
  /** The printer's people are told how much there is to print. */
  "send-letter-volumes": {
    payload: PrintRun,
    concurrency: 1,
    perService: null,
    retries: 20,
    retryDelaySeconds: 60,
    expireSeconds: 120,
    deadLetter: "dead-letters",
  },
  /** Letters one by one, where the printer is called by HTTP. */
  "deliver-letter": {
    payload: Letter,
    concurrency: 6,
    perService: 5,
    retries: 55,
    retryDelaySeconds: 180,
    expireSeconds: 120,
    deadLetter: "delivery-exhausted",
  },
  "process-dvla-file": {
    payload: DvlaFile,
    concurrency: 1,
    perService: 1,
    retries: 5,
    retryDelaySeconds: 300,
    expireSeconds: 1800,
    deadLetter: "dead-letters",
  },
  "returned-letters": {
    payload: ReturnedLetters,
    concurrency: 2,
    perService: null,
    retries: 5,
    retryDelaySeconds: 60,
    expireSeconds: 300,
    deadLetter: "dead-letters",
  },
  /** Test keys, where no printer answers: its file is made up. */
  "fake-letter-response": { ...letters, retries: 5, deadLetter: "dead-letters" },
  /** Somebody looks at a letter and waits for its pages. */
  "draw-letter-pages": {
    payload: LetterPictures,
    concurrency: 2,
    // A file that takes long holds up its own service alone.
    perService: 1,
    retries: 2,
    retryDelaySeconds: 1,
    expireSeconds: 60,
    policy: "exclusive",
  },
  "send-broadcast-message": {
    payload: BroadcastMessage,
    // Here the share is a network's: together they fit, so that one that hangs never holds up another.
    concurrency: 64,
    perService: 16,
    // Until the alert is over.
    retries: 2_147_483_647,
    retryDelaySeconds: 1,
    expireSeconds: 60,
    policy: "exclusive",
    isUrgent: true,
  },
  "publish-govuk-alerts": {
    payload: PublishAlerts,
    concurrency: 1,
    perService: null,
    retries: 20,
    retryDelaySeconds: 60,
    firstRetryDelaySeconds: 5,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  "delete-notifications": {
    payload: DeleteNotifications,
    // Nobody waits for it, and it takes from the database what the others want.
    concurrency: 2,
    perService: 1,
    retries: 5,
    retryDelaySeconds: 300,
    expireSeconds: 6 * 3600,
    deadLetter: "dead-letters",
  },
  "process-batch": {
    payload: ProcessBatch,
    concurrency: 2,
    perService: 1,
    retries: 10,
    retryDelaySeconds: 30,
    firstRetryDelaySeconds: 5,
    expireSeconds: 900,
    deadLetter: "dead-letters",
  },
  /** Few at once: what is stored must be sent too, and each takes the database for some time. */
  "process-rows": {
    payload: ProcessRows,
    concurrency: 4,
    perService: 2,
    retries: 10,
    retryDelaySeconds: 30,
    firstRetryDelaySeconds: 5,
    expireSeconds: 300,
    deadLetter: "dead-letters",
  },
  "send-alerts": {
    payload: SendAlerts,
    concurrency: 4,
    perService: null,
    // About four hours, as a message.
    retries: 48,
    retryDelaySeconds: 300,
    firstRetryDelaySeconds: 5,
    expireSeconds: 60,
    deadLetter: "dead-letters",
  },
  maintenance: {
    payload: Maintenance,
    concurrency: 4,
    // Here the share is a task's: no two runs of it at once, over all workers.
    perService: 1,
    retries: 3,
    retryDelaySeconds: 60,
    expireSeconds: 900,
    deadLetter: "dead-letters",
  },
  /** Kept for a person to look at; nothing consumes it. */
  "dead-letters": {
    payload: v.unknown(),
    concurrency: 0,
    perService: null,
    retries: 0,
    retryDelaySeconds: 0,
    expireSeconds: 60,
  },
} as const satisfies Record<QueueName, Queue>;

export type JobName = keyof typeof queues;

export type Payload<Name extends JobName> = v.InferOutput<(typeof queues)[Name]["payload"]>;
