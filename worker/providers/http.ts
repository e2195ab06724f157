import ky from "ky";
import type { SendResult } from "../../shared/provider/provider.ts";

export interface ProviderRequest {
  method: "POST";
  headers: Record<string, string>;
  body: string;
}

/** `text` is null when the body was too long, too slow or broke off. */
export type Answer = { status: number; headers: Headers; text: string | null };

/** What ends a call when nothing was answered: a word for the log, without address or content. */
export type NoAnswer = { status: null; reason: string };

/** Providers answer with a line of JSON or XML. */
const fewBytes = 64 * 1024;

/**
 * One call to a provider, never repeated: the queue retries, and a client that also did would send twice. Redirects
 * are answers, not followed. `timeoutMs` is for the whole call, `maxBytes` for the answer's body. Throws only when `signal` aborts it before there is a
 * status; once there is one, the provider has spoken and the caller must hear it.
 */
export async function call(
  url: string,
  request: ProviderRequest,
  timeoutMs: number,
  signal: AbortSignal,
  maxBytes = fewBytes,
): Promise<Answer | NoAnswer> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  signal.addEventListener("abort", stop);
  const timer = setTimeout(() => limit.abort(new DOMException("Too slow", "TimeoutError")), timeoutMs);
  try {
    const response = await ky(url, {
      ...request,
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      redirect: "manual",
      signal: limit.signal,
    });
    const text = await readText(response, limit.signal, maxBytes).catch(() => null);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    signal.throwIfAborted();
    return {
      status: null,
      reason: limit.signal.aborted ? `no answer within ${timeoutMs} ms` : nameOf(error),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

export function isAccepted(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The JSON of a body; undefined where it is none. */
export function jsonOf({ text }: Answer): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function unavailable(reason: string): SendResult {
  return { outcome: "unavailable", reason };
}

/** Null when it is longer than it may be. */
async function readText(response: Response, signal: AbortSignal, maxBytes: number): Promise<string | null> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), aborted]);
      if (done) return text + decoder.decode();
      bytes += value.length;
      if (bytes > maxBytes) return null;
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    // Closes the connection of a body not read to its end.
    reader.cancel().catch(() => {});
  }
}

/** Runtimes put addresses into messages, so only an error's code or name is told. */
function nameOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return "no connection";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}
