/** The part of `fetch` this needs; every runtime's own fits. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The body of a 200. Throws for another status, redirects among them, for a body of more than 64 KiB, and when the whole
 * takes longer than `timeoutMs`.
 */
export async function fetchText(fetch: Fetch, url: string, timeoutMs: number): Promise<string> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    const response = await fetch(url, { redirect: "manual", signal: limit.signal });
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    return await readText(response);
  } finally {
    clearTimeout(timer);
    // Ends what was left unread.
    limit.abort();
  }
}

const maxBytes = 64 * 1024;

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > maxBytes) throw new Error(`answered more than ${maxBytes} bytes`);
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
