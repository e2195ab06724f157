import * as v from "valibot";
import { retryAfterSeconds } from "../../callbacks/retry-after.ts";
import { type Answer, call, isAccepted, jsonOf } from "../../providers/http.ts";
import type { CredentialStore } from "./credentials.ts";
import { type PrintableByHttp, printRequest } from "./print-request.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createTokenBucket } from "./token-bucket.ts";

export interface DvlaSettings {
  url: string;
  timeoutMs: number;
  /** Letters, of this worker. */
  perSecond: number;
}

/** What became of a letter at DVLA (`spec/letters.md` 9.3). Reasons are words for the log, without a letter's own. */
export type PrintResult =
  /** DVLA has it, now or since an attempt before. */
  | { outcome: "accepted"; isRepeat: boolean }
  | { outcome: "throttled"; reason: string; retryAfterSeconds: number }
  | { outcome: "unavailable"; reason: string }
  | { outcome: "rejected"; reason: string };

/** DVLA's print API, over HTTPS. */
export interface Dvla {
  /** Hands over one letter, under its notification's id. Never throws but when `signal` aborts. */
  print(letter: PrintableByHttp, statusUrl: string, signal: AbortSignal): Promise<PrintResult>;
  sessions: Sessions;
  credentials: CredentialStore;
  door: { url: string; timeoutMs: number };
}

/** Where a 429 does not say how long to wait. */
const pauseSeconds = 5;
/** However long it says. */
const longestPauseSeconds = 3600;
/** Who would have to wait longer than this comes again. */
const patienceSeconds = 5;

export function openDvla(
  { url, timeoutMs, perSecond }: DvlaSettings,
  { credentials, now }: { credentials: CredentialStore; now: () => Date },
): Dvla {
  const door = { url, timeoutMs };
  const sessions = createSessions(door, { credentials, now });
  const bucket = createTokenBucket(perSecond);

  return {
    sessions,
    credentials,
    door,
    async print(letter, statusUrl, signal) {
      const paused = bucket.pausedSeconds();
      if (paused > patienceSeconds) {
        return {
          outcome: "throttled",
          reason: "DVLA asked us to wait",
          retryAfterSeconds: Math.ceil(paused),
        };
      }
      const access = await sessions.get(signal);
      if (access.outcome !== "given") return { outcome: "unavailable", reason: access.reason };
      await bucket.take(signal);
      const request = {
        method: "POST",
        headers: { ...access.value.headers, "Content-Type": "application/json" },
        body: JSON.stringify(printRequest(letter, statusUrl)),
      } as const;
      const answer = await call(`${url}/print-request/v1/print/jobs`, request, timeoutMs, signal);
      if (answer.status === null) return { outcome: "unavailable", reason: `DVLA: ${answer.reason}` };
      const result = judge(answer, now());
      if (answer.status === 401 || answer.status === 403) sessions.drop(access.value);
      if (result.outcome === "throttled") bucket.pause(result.retryAfterSeconds);
      return result;
    },
  };
}

const Errors = v.object({ errors: v.array(v.object({ code: v.string() })) });

function judge(answer: Answer, at: Date): PrintResult {
  const { status, headers } = answer;
  // Whatever the body says.
  if (isAccepted(answer)) return { outcome: "accepted", isRepeat: false };
  if (status === 409) return { outcome: "accepted", isRepeat: true };
  const reason = `DVLA answered ${status}${codesOf(answer)}`;
  if (status === 429) {
    const asked = retryAfterSeconds(headers.get("retry-after"), at) ?? pauseSeconds;
    return { outcome: "throttled", reason, retryAfterSeconds: Math.min(asked, longestPauseSeconds) };
  }
  const mayPass = status >= 500 || status === 401 || status === 403;
  return { outcome: mayPass ? "unavailable" : "rejected", reason };
}

/** Codes alone: titles and details may quote the letter. */
function codesOf(answer: Answer): string {
  const errors = v.safeParse(Errors, jsonOf(answer));
  if (!errors.success) return "";
  const codes = errors.output.errors.map(({ code }) => code).filter((code) => /^[\w.-]{1,40}$/.test(code));
  return codes.length === 0 ? "" : ` with ${codes.slice(0, 5).join(", ")}`;
}
