import type { Egress } from "../egress/egress.ts";
import { type ErrorKind, kindOf, nameOf } from "../egress/errors.ts";
import { retryAfterSeconds } from "./retry-after.ts";

export interface CallbackRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** In all: finding the address, connecting, sending, headers and body. */
  timeoutMs: number;
}

export interface CallbackResult {
  /**
   * `refused`: another attempt cannot help. `gone`: the receiver wants nothing any more (410). `failed`: it may be
   * different another time.
   */
  outcome: "delivered" | "refused" | "gone" | "failed";
  /** Null where no whole answer came. */
  status: number | null;
  /** Null where an answer came. */
  error: ErrorKind | null;
  /** In words, without the URL; null where it was delivered. */
  reason: string | null;
  /** The address that was dialled; null where none was, or where a proxy did. */
  address: string | null;
  /** What the receiver asked for, unbounded. */
  retryAfterSeconds: number | null;
  /** The beginning of the answer's body, as text. */
  excerpt: string;
}

export interface PostDeps {
  egress: Egress;
  now: () => Date;
}

/** Of an answer, read so that the connection can be used again; more is not waited for. */
const answerBytes = 64 * 1024;
const excerptBytes = 1024;

/** Posts one callback (`spec/callbacks.md` 3 and 4). The answer's body means nothing; redirects are not followed. */
export async function postCallback(
  { url, headers, body, timeoutMs }: CallbackRequest,
  { egress, now }: PostDeps,
  signal: AbortSignal,
): Promise<CallbackResult> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let address: string | null = null;
  try {
    const sent = { "Content-Type": "application/json", "User-Agent": "Pillarbox", ...headers };
    const answer = await egress.post({ url, headers: sent, body }, deadline);
    address = answer.address;
    if (!answer.ok) {
      deadline.throwIfAborted();
      return unanswered(answer.error, answer.reason, address);
    }
    const { response } = answer;
    const excerpt = await readExcerpt(response);
    const after = retryAfterSeconds(response.headers.get("Retry-After"), now());
    return { ...judged(response.status), address, retryAfterSeconds: after, excerpt };
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) return unanswered("timeout", `No answer in ${timeoutMs} ms`, address);
    return unanswered(kindOf(error), nameOf(error), address);
  }
}

function unanswered(error: ErrorKind, reason: string, address: string | null): CallbackResult {
  return { outcome: "failed", status: null, error, reason, address, retryAfterSeconds: null, excerpt: "" };
}

function judged(status: number): Pick<CallbackResult, "outcome" | "status" | "error" | "reason"> {
  if (status >= 200 && status < 300) return { outcome: "delivered", status, error: null, reason: null };
  // No status of HTTP: nobody can say what it means.
  if (status < 200 || status > 599) {
    return { outcome: "failed", status: null, error: "protocol", reason: `Answered ${status}` };
  }
  const redirects = status < 400 ? ": redirects are not followed" : "";
  return { outcome: outcomeOf(status), status, error: null, reason: `Answered ${status}${redirects}` };
}

function outcomeOf(status: number): CallbackResult["outcome"] {
  if (status === 410) return "gone";
  return status === 408 || status === 429 || status >= 500 ? "failed" : "refused";
}

/** Reads the body as far as is worth while, and answers its beginning. */
async function readExcerpt(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let excerpt = "";
  let read = 0;
  while (read < answerBytes) {
    const { done, value } = await reader.read();
    if (done) return excerpt;
    // A character that is cut off at the end is left out.
    const wanted = value.subarray(0, Math.max(0, excerptBytes - read));
    excerpt += decoder.decode(wanted, { stream: true });
    read += value.byteLength;
  }
  await reader.cancel();
  return excerpt;
}
