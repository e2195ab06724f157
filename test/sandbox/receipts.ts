import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../shared/log.ts";

export interface ReceiptRequest {
  /** Below the API's address. */
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** Makes a message's receipts. Each is sent once the one before it was answered. */
export type ReceiptPlan = () => ReceiptRequest[] | Promise<ReceiptRequest[]>;

export interface ReceiptOptions {
  apiUrl: string;
  delayMs: number;
  log: Pick<Log, "warn">;
  /** Ends all sending. */
  signal: AbortSignal;
}

export interface Delivery {
  /** How many more times they are all sent. */
  duplicates?: number | undefined;
  /** Besides the usual delay. */
  delayMs?: number | undefined;
  /** In place of each request's own. */
  body?: string | undefined;
}

export interface Receipts {
  /** Sends them once the caller has answered, or later. */
  send(plan: ReceiptPlan, delivery?: Delivery): void;
  /** Sends them at once and resolves when they were answered, or given up. */
  sendNow(plan: ReceiptPlan, delivery?: Delivery): Promise<void>;
  counts(): ReceiptCounts;
  /** Resolves when nothing waits to be sent. */
  settled(): Promise<void>;
}

export interface ReceiptCounts {
  pending: number;
  /** Requests answered with a 2xx. */
  delivered: number;
  /** Requests refused, or not answered in any attempt. */
  failed: number;
}

interface Job {
  plan: ReceiptPlan;
  delivery: Delivery;
}

const atOnce = 20;
const attempts = 10;
const timeoutMs = 10_000;

/** For a sandbox that is to send none. */
export const noReceipts: Receipts = {
  send() {},
  async sendNow() {},
  counts: () => ({ pending: 0, delivered: 0, failed: 0 }),
  async settled() {},
};

/** A queue without bound, worked by 20 at a time over connections kept open. */
export function createReceipts({ apiUrl, delayMs, log, signal }: ReceiptOptions): Receipts {
  const { origin, authorization } = credentialsApart(apiUrl);
  let queue: Job[] = [];
  let next = 0;
  let active = 0;
  let pending = 0;
  let delivered = 0;
  let failed = 0;
  let settlers: (() => void)[] = [];

  async function post({ path, headers, body }: ReceiptRequest): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt++) {
      const status = await fetch(origin + path, {
        method: "POST",
        headers: authorization ? { ...headers, authorization } : headers,
        body,
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => null,
      );
      if (status !== null && status < 300) {
        delivered++;
        return;
      }
      const again = status === null || status >= 500 || status === 429;
      if (!again || attempt === attempts) {
        failed++;
        log.warn({ path, status, attempt }, "Receipt was not taken");
        return;
      }
      await sleep(Math.min(50 * 2 ** (attempt - 1), 2_000), undefined, { signal }).catch(() => {});
    }
  }

  async function work({ plan, delivery: { duplicates = 0, body } }: Job): Promise<void> {
    const requests = await plan();
    for (let sent = 0; sent <= duplicates; sent++) {
      for (const request of requests) await post(body === undefined ? request : { ...request, body });
    }
  }

  function finish() {
    pending--;
    if (pending > 0) return;
    for (const settle of settlers) settle();
    settlers = [];
  }

  function pump() {
    while (active < atOnce && next < queue.length && !signal.aborted) {
      const job = queue[next++];
      if (next > 1_000 && next * 2 > queue.length) {
        queue = queue.slice(next);
        next = 0;
      }
      if (!job) return;
      active++;
      work(job)
        .catch((error: unknown) => log.warn({ error: String(error) }, "Receipt could not be made"))
        .finally(() => {
          active--;
          finish();
          pump();
        });
    }
  }

  function push(job: Job) {
    queue.push(job);
    // After the handler's answer has left: a receipt usually follows it.
    if (active < atOnce) setImmediate(pump);
  }

  return {
    send(plan, delivery = {}) {
      pending++;
      const job = { plan, delivery };
      const waitMs = delayMs + (delivery.delayMs ?? 0);
      if (waitMs === 0) push(job);
      else sleep(waitMs, undefined, { signal }).then(() => push(job), finish);
    },
    async sendNow(plan, delivery = {}) {
      pending++;
      await work({ plan, delivery }).finally(finish);
    },
    counts: () => ({ pending, delivered, failed }),
    settled: () =>
      pending === 0 ? Promise.resolve() : new Promise((resolve) => void settlers.push(resolve)),
  };
}

/** Sends one request at once, and only once; null where no answer came. */
export function createPost(apiUrl: string, signal: AbortSignal) {
  const { origin, authorization } = credentialsApart(apiUrl);
  return async ({ path, headers, body }: ReceiptRequest) => {
    try {
      const response = await fetch(origin + path, {
        method: "POST",
        headers: authorization ? { ...headers, authorization } : headers,
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      return { status: response.status, body: await response.text() };
    } catch {
      return null;
    }
  };
}

/** `http://user:password@host` becomes the address and a basic Authorization header. */
function credentialsApart(apiUrl: string): { origin: string; authorization: string | null } {
  const { username, password, host, protocol, pathname } = new URL(apiUrl);
  const origin = `${protocol}//${host}${pathname.replace(/\/$/, "")}`;
  if (!username) return { origin, authorization: null };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { origin, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}
