/** A request as a provider's server got it. */
export interface Got {
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

/** A server that answers every request alike and remembers them. */
export function openProvider(answer: (got: Got) => Response | Promise<Response>) {
  const requests: Got[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      const got = { method: request.method, path, headers: request.headers, body: await request.text() };
      requests.push(got);
      return answer(got);
    },
  });
  return { url: server.url.origin, requests, [Symbol.asyncDispose]: () => server.stop(true) };
}

type Socket = import("bun").Socket<undefined>;

/** A server below HTTP: told each time a whole request has come, with its number, to answer as it likes. */
export function openRawProvider(answer: (socket: Socket, request: number) => void) {
  let requests = 0;
  const closed = Promise.withResolvers<void>();
  const received = Promise.withResolvers<void>();
  const server = Bun.listen<undefined>({
    port: 0,
    hostname: "127.0.0.1",
    socket: {
      data(socket, bytes) {
        // Clients write headers and these short bodies together, or the body alone.
        if (!bytes.toString("latin1").includes("POST ")) return;
        requests++;
        received.resolve();
        answer(socket, requests);
      },
      close: () => closed.resolve(),
      error() {},
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    requests: () => requests,
    /** Once a request has come. */
    received: received.promise,
    /** Once a connection has ended. */
    closed: closed.promise,
    [Symbol.dispose]: () => server.stop(true),
  };
}

/** An address on which nothing listens. */
export function closedUrl(): string {
  const server = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data() {} } });
  const { port } = server;
  server.stop(true);
  return `http://127.0.0.1:${port}`;
}

/** Starts an answer whose body never ends. */
export function startAnswer(socket: Socket, status: string): void {
  socket.write(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"`);
}

/** A byte now and then, for as long as the client stays. */
export function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => {
    if (socket.write(byte) < 0 || socket.readyState !== 1) clearInterval(timer);
  }, 5);
}

export const never = new AbortController().signal;
