import ky from "ky";

export interface CallbackRequest {
  url: string;
  token: string;
  body: string;
  /** In all: connecting, sending, headers and body. */
  timeoutMs: number;
}

export type CallbackResult =
  | { outcome: "delivered"; status: number }
  /** Another attempt cannot help. */
  | { outcome: "refused"; reason: string; status: number }
  /** `status` is null where no whole answer came. */
  | { outcome: "failed"; reason: string; status: number | null };

/** Of an answer, read so that the connection can be used again; more is not waited for. */
const answerBytes = 64 * 1024;

/** Posts one callback (`spec/callbacks.md` 3 and 4). The answer's body means nothing; redirects are not followed. */
export async function postCallback(
  { url, token, body, timeoutMs }: CallbackRequest,
  signal: AbortSignal,
): Promise<CallbackResult> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let response: Response;
  try {
    response = await ky.post(url, {
      body,
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      redirect: "manual",
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      signal: deadline,
    });
    await drain(response);
  } catch (error) {
    signal.throwIfAborted();
    const reason = deadline.aborted ? `No answer in ${timeoutMs} ms` : nameOf(error);
    return { outcome: "failed", reason, status: null };
  }
  const { status } = response;
  if (status < 300) return { outcome: "delivered", status };
  if (status === 429 || status >= 500) return { outcome: "failed", reason: `Answered ${status}`, status };
  const reason = `Answered ${status}${status < 400 ? ": redirects are not followed" : ""}`;
  return { outcome: "refused", reason, status };
}

async function drain(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  if (!reader) return;
  let read = 0;
  while (read < answerBytes) {
    const { done, value } = await reader.read();
    if (done) return;
    read += value.byteLength;
  }
  await reader.cancel();
}

/** The error's code or name: messages of connection errors may hold the whole URL. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "Connection failed";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
