export interface QueryCounter extends Disposable {
  /** In place of the database's own. */
  url: string;
  /** Statements executed so far by those who came through it. */
  count(): number;
}

interface Pair {
  server: Bun.Socket;
  /** The beginning of a message whose end is still to come. */
  partial: Buffer;
  /** The first message has no type. */
  started: boolean;
}

/** Stands between a process and Postgres and counts what is executed: statistics of Postgres tell transactions only. */
export function countQueries(databaseUrl: string): QueryCounter {
  const target = new URL(databaseUrl);
  const pairs = new Map<Bun.Socket, Promise<Pair>>();
  let count = 0;

  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        pairs.set(client, connect(client));
      },
      async data(client, bytes) {
        // Bun may use the bytes again once this has awaited.
        const copy = Buffer.from(bytes);
        const pair = await pairs.get(client);
        if (!pair) return;
        count += executed(pair, copy);
        pair.server.write(copy);
      },
      async close(client) {
        const pair = await pairs.get(client);
        pairs.delete(client);
        pair?.server.end();
      },
    },
  });

  async function connect(client: Bun.Socket): Promise<Pair> {
    const server = await Bun.connect({
      hostname: target.hostname,
      port: Number(target.port),
      socket: {
        data: (_, bytes) => void client.write(bytes),
        close: () => void client.end(),
      },
    });
    return { server, partial: Buffer.alloc(0), started: false };
  }

  const url = new URL(databaseUrl);
  url.port = String(listener.port);
  return {
    url: url.href,
    count: () => count,
    [Symbol.dispose]: () => listener.stop(true),
  };
}

/** How many messages that end in these bytes execute something: `Q`, a simple query, and `E`, a prepared one. */
function executed(pair: Pair, bytes: Buffer): number {
  let rest = Buffer.concat([pair.partial, bytes]);
  let found = 0;
  for (;;) {
    const typeBytes = pair.started ? 1 : 0;
    if (rest.length < typeBytes + 4) break;
    const length = typeBytes + rest.readInt32BE(typeBytes);
    if (rest.length < length) break;
    const type = String.fromCharCode(rest[0] ?? 0);
    if (pair.started && (type === "Q" || type === "E")) found++;
    pair.started = true;
    rest = rest.subarray(length);
  }
  pair.partial = rest;
  return found;
}
