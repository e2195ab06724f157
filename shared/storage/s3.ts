import { AwsV4Signer } from "aws4fetch";
import { type Storage, StorageUnavailable } from "./storage.ts";

export interface S3Config {
  /** The bucket's: what `/` and a key are appended to. Its name may stand in the host or be the path. */
  url: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** For one whole call. */
  timeoutMs: number;
  /** The longest answer that is read. */
  largestBytes: number;
}

interface Call {
  method: "GET" | "PUT" | "DELETE";
  key: string;
  body?: Uint8Array<ArrayBuffer>;
  signal: AbortSignal | undefined;
}

interface Answer {
  status: number;
  body: Uint8Array<ArrayBuffer>;
}

/** Calls at once, of one `put`, `getMany` or `delete`. */
const lanes = 8;

/**
 * Files in a bucket of S3, or of a server that speaks its protocol. Several are put, read or deleted by a call each: S3's own
 * call for deleting many wants checksums that its likes do not agree on.
 */
export function s3Storage(config: S3Config): Storage {
  // Day keys, derived once a day each.
  const cache = new Map<string, ArrayBuffer>();
  const ask = (call: Call) => answerTo(call, config, cache);

  async function get(key: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
    const answer = await ask({ method: "GET", key, signal });
    if (isMissing(answer)) return null;
    if (answer.status !== 200) throw refusal(answer);
    return answer.body;
  }

  return {
    put: (files, signal) =>
      inLanes(files, async ({ key, content }) => {
        const answer = await ask({ method: "PUT", key, body: content, signal });
        if (answer.status !== 200) throw refusal(answer);
      }),
    get,
    async getMany(keys, signal) {
      const found = new Map<string, Uint8Array<ArrayBuffer>>();
      await inLanes(keys, async (key) => {
        const content = await get(key, signal);
        if (content) found.set(key, content);
      });
      return found;
    },
    delete: (keys, signal) =>
      inLanes(keys, async (key) => {
        const answer = await ask({ method: "DELETE", key, signal });
        if (answer.status !== 204 && answer.status !== 200 && !isMissing(answer)) throw refusal(answer);
      }),
  };
}

/** One call, never repeated here; redirects are answers. Throws when there is none in time. */
async function answerTo(call: Call, config: S3Config, cache: Map<string, ArrayBuffer>): Promise<Answer> {
  const { timeoutMs, largestBytes } = config;
  const { signal } = call;
  signal?.throwIfAborted();
  const limit = new AbortController();
  const stop = () => limit.abort();
  signal?.addEventListener("abort", stop);
  const timer = setTimeout(stop, timeoutMs);
  try {
    const { url, headers, method } = await sign(call, config, cache);
    const body = call.body ?? null;
    const response = await fetch(url, { method, headers, body, redirect: "manual", signal: limit.signal });
    return { status: response.status, body: await readBytes(response, largestBytes) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof StorageUnavailable) throw error;
    // Runtimes put addresses into messages, and what was sent into causes.
    const reason = limit.signal.aborted ? `no answer within ${timeoutMs} ms` : "no connection";
    throw new StorageUnavailable(`Cannot reach S3: ${reason}`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    // Ends what was left unread.
    limit.abort();
  }
}

async function sign({ method, key, body }: Call, config: S3Config, cache: Map<string, ArrayBuffer>) {
  const { url, region, accessKeyId, secretAccessKey } = config;
  const digest = await crypto.subtle.digest("SHA-256", body ?? new Uint8Array());
  const signer = new AwsV4Signer({
    method,
    url: `${url.replace(/\/+$/, "")}/${key}`,
    headers: { "X-Amz-Content-Sha256": toHex(new Uint8Array(digest)) },
    accessKeyId,
    secretAccessKey,
    service: "s3",
    region,
    cache,
  });
  return await signer.sign();
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function readBytes(response: Response, largest: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > largest) throw new StorageUnavailable(`S3 answered more than ${largest} bytes`);
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The file is missing, and not its bucket. */
function isMissing(answer: Answer): boolean {
  return answer.status === 404 && errorCode(answer) !== "NoSuchBucket";
}

function refusal(answer: Answer): StorageUnavailable {
  return new StorageUnavailable(
    `S3 answered ${answer.status} ${errorCode(answer) ?? "without an error code"}`,
  );
}

function errorCode({ body }: Answer): string | null {
  const text = new TextDecoder().decode(body.subarray(0, 2000));
  return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? null;
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}
