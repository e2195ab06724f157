import type { Worker } from "./worker.ts";

/** The worker's own small server: `/metrics` for Prometheus, `/_ready` for the platform. Port 0 takes any. */
export function serveHealth({ metrics: { registry }, ready }: Worker, port: number) {
  return Bun.serve({
    port,
    routes: {
      "/metrics": async () =>
        new Response(await registry.metrics(), { headers: { "Content-Type": registry.contentType } }),
      "/_ready": async () =>
        (await ready())
          ? Response.json({ status: "ok" })
          : Response.json({ status: "error" }, { status: 503 }),
    },
    fetch: () => new Response("Not found\n", { status: 404 }),
  });
}
