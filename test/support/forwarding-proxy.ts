import { createServer, request } from "node:http";

export interface ForwardingProxy extends AsyncDisposable {
  port: number;
  /** What it was asked for: method and whole URL. */
  asked: readonly string[];
}

/** A proxy as companies have them: takes requests for whole URLs and makes them itself. */
export async function startForwardingProxy(): Promise<ForwardingProxy> {
  const asked: string[] = [];
  const server = createServer((incoming, answer) => {
    const { method = "GET", url = "", headers } = incoming;
    asked.push(`${method} ${url}`);
    const outgoing = request(url, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    outgoing.on("error", () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen on a port");
  return {
    port: address.port,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
