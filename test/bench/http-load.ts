export interface Load {
  url: string;
  path: string;
  connections: number;
  seconds: number;
  /** Each request's headers and body; called for each, in this order. A body of null ends the load. */
  headers: () => string;
  body: () => string | null;
  /** Holds back a request until it resolves. */
  mayGo?: () => Promise<void>;
}

export interface LoadResult {
  answers: number;
  seconds: number;
  /** Answers by status. */
  statuses: Record<number, number>;
}

/**
 * Sends requests over so many connections, each the next when the last was answered: HTTP/1.1 by hand, because on
 * two cores a full client would measure itself.
 */
export async function load({
  url,
  path,
  connections,
  seconds,
  headers,
  body,
  mayGo,
}: Load): Promise<LoadResult> {
  const { hostname, port, host } = new URL(url);
  const statuses: Record<number, number> = {};
  let answers = 0;
  let running = true;
  const encoder = new TextEncoder();
  const sendNext = async (socket: Bun.Socket) => {
    if (mayGo) await mayGo();
    const more = headers();
    const text = running ? body() : null;
    if (text === null) {
      running = false;
      socket.terminate();
      return;
    }
    const length = encoder.encode(text).length;
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n${text}`,
    );
  };

  const startedAt = performance.now();
  const timer = setTimeout(() => {
    running = false;
  }, seconds * 1000);
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const ended = Promise.withResolvers<void>();
      let pending = "";
      const socket = await Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          data(connection, bytes) {
            // Our answers are ASCII.
            pending += bytes.toString("latin1");
            const end = pending.indexOf("\r\n\r\n");
            if (end < 0) return;
            const length = /content-length: (\d+)/i.exec(pending.slice(0, end))?.[1];
            if (pending.length < end + 4 + Number(length)) return;
            const status = Number(pending.slice(9, 12));
            statuses[status] = (statuses[status] ?? 0) + 1;
            answers++;
            pending = "";
            void sendNext(connection);
          },
          close: () => ended.resolve(),
          error: (_connection, error) => ended.reject(error),
        },
      });
      void sendNext(socket);
      await ended.promise;
    }),
  );
  clearTimeout(timer);
  return { answers, statuses, seconds: (performance.now() - startedAt) / 1000 };
}

/** Latencies in milliseconds of requests at a steady rate, each sent at its time whatever the others do. */
export async function paced(
  send: () => Promise<unknown>,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<number[]> {
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = startedAt + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await Bun.sleep(wait);
    pending.push(
      send().then(() => {
        latencies.push(performance.now() - due);
      }),
    );
  }
  await Promise.all(pending);
  return latencies.sort((a, b) => a - b);
}

/** The value that the share `p` of sorted values does not exceed. */
export function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}
