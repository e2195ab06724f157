/** Stands in for the API in these tests: keeps what providers report to it, in the order it came. */
export interface ApiStandIn extends AsyncDisposable {
  url: string;
  requests: ApiRequest[];
  /** Resolves once that many have come. */
  received(count: number): Promise<ApiRequest[]>;
  /** Answers the next requests so, one each; then 200 again. Null resets the connection. */
  answerNext(...statuses: (number | null)[]): void;
}

export interface ApiRequest {
  path: string;
  headers: Headers;
  body: string;
}

export function startApi(): ApiStandIn {
  const requests: ApiRequest[] = [];
  const answers: (number | null)[] = [];
  let arrived = () => {};

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request) {
      requests.push({
        path: new URL(request.url).pathname,
        headers: request.headers,
        body: await request.text(),
      });
      arrived();
      const status = answers.shift();
      if (status === null) return new Response(new ReadableStream({ pull: (c) => c.error() }));
      return Response.json({ result: "success" }, { status: status ?? 200 });
    },
  });

  return {
    url: `http://127.0.0.1:${server.port}`,
    requests,
    async received(count) {
      while (requests.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        arrived = resolve;
        await promise;
      }
      return requests;
    },
    answerNext: (...statuses) => void answers.push(...statuses),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
