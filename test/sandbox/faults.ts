import * as v from "valibot";
import { cbcFunctions } from "./cbc/functions.ts";

const Whole = v.pipe(v.number(), v.integer());
const Flag = v.optional(v.boolean());

const fields = {
  provider: v.picklist([
    "mmg",
    "firetext",
    "sns",
    "sns-logs",
    "ses",
    "smtp",
    "callback",
    "receipts",
    "alerts",
    "zendesk",
    "dvla",
    "dvla-http",
    "dvla-access",
    "dvla-status",
    ...cbcFunctions,
  ]),
  /** How often; until cleared when absent. */
  count: v.optional(v.pipe(Whole, v.minValue(1))),
  /** Callbacks to this path only. */
  path: v.optional(v.string()),
};

const effects = {
  /** Answered in place of success; from 400 the message is not taken. */
  status: v.optional(v.pipe(Whole, v.minValue(200), v.maxValue(599))),
  /** Added to an HTTP answer: `location`, `retry-after`, SES's `x-amzn-errortype`. */
  headers: v.optional(
    v.record(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]+$/)), v.pipe(v.string(), v.regex(/^[ -~]*$/))),
  ),
  /** Answered in place of what is usual. */
  body: v.optional(v.string()),
  delay_ms: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(600_000))),
  /** Never answer, nor take the message. */
  hang: Flag,
  /** Drop the connection without an answer, nor take the message. */
  reset: Flag,
  /** Take the message, then drop the connection; with `hang`, keep it open. */
  accept_without_answer: Flag,
  /** How many more times each receipt is sent. */
  duplicate_receipts: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(100))),
  /** Receipts of messages it takes come so much later. */
  receipt_delay_ms: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(600_000))),
  /** Receipts are sent and answered before the provider itself answers. */
  early_receipts: Flag,
};

const Bytes = v.optional(v.pipe(Whole, v.minValue(0)));

/** Of the printer's SFTP server, for a whole connection, beside its `reset`, `hang` and `delay_ms`; see `DvlaFault`. */
const dvlaEffects = {
  wrong_host_key: Flag,
  refuse_login: Flag,
  disconnect_after_bytes: Bytes,
  hang_after_bytes: Bytes,
  disk_full_after_bytes: Bytes,
  disconnect_after_rename: Flag,
  refuse_rename: Flag,
  size_off_by: v.optional(Whole),
};

/**
 * One way to misbehave, as `POST /faults` takes it. For `receipts`, `status`, `hang`, `reset` and
 * `accept_without_answer` all lose them, and `body` and `delay_ms` change what is sent and when.
 */
export const Fault = v.pipe(
  v.strictObject({ ...fields, ...effects, ...dvlaEffects }),
  v.check(
    (fault) => Object.keys(fault).some((key) => key in effects || key in dvlaEffects),
    `Give at least one of ${Object.keys(effects).join(", ")}; or for dvla of ${Object.keys(dvlaEffects).join(", ")}`,
  ),
  v.check(
    (fault) => fault.provider === "dvla" || !Object.keys(fault).some((key) => key in dvlaEffects),
    `Only dvla has ${Object.keys(dvlaEffects).join(", ")}`,
  ),
  v.check((fault) => fault.path === undefined || fault.provider === "callback", "Only a callback has a path"),
);

export type Fault = v.InferOutput<typeof Fault>;
export type FaultProvider = Fault["provider"];

export interface Faults {
  /**
   * Counted faults of a provider apply in the order they were set; then the one without a count, of which there is
   * one for each provider and path, the newest.
   */
  set(fault: Fault): void;
  /** The fault to apply now, using up one of its count. */
  next(provider: FaultProvider, path?: string): Fault | null;
  /** What is left, `count` being how often still. */
  list(): Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let waiting: Fault[] = [];

  return {
    set(fault) {
      const { provider, path, count } = fault;
      const earlier =
        count === undefined
          ? waiting.filter(
              (each) => each.count !== undefined || each.provider !== provider || each.path !== path,
            )
          : waiting;
      waiting = [...earlier, { ...fault }].sort(
        (a, b) => Number(a.count === undefined) - Number(b.count === undefined),
      );
    },
    next(provider, path) {
      const fault = waiting.find(
        (each) => each.provider === provider && (each.path === undefined || each.path === path),
      );
      if (!fault) return null;
      if (fault.count !== undefined && --fault.count === 0)
        waiting = waiting.filter((each) => each !== fault);
      return fault;
    },
    list: () => waiting.map((fault) => ({ ...fault })),
    clear() {
      waiting = [];
    },
  };
}
