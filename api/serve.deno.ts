import pino from "pino";
import { readConfig } from "../shared/config.ts";
import { loggableError } from "../shared/log.ts";
import { openApiMetrics } from "./serve.bun-metrics.ts";
import { scrypt } from "./serve.scrypt.ts";
import { startApi } from "./start.ts";

/** What this file uses of Deno: its own types would bring other versions of everybody's into one program. */
declare const Deno: {
  env: { toObject(): Record<string, string> };
  serve(
    options: { port: number; onListen(address: { port: number }): void },
    handler: (request: Request) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
  addSignalListener(signal: "SIGINT" | "SIGTERM", handler: () => void): void;
  exit(code: number): never;
};

const log = pino({ name: "api", serializers: { err: loggableError } });

try {
  const config = readConfig(Deno.env.toObject());
  log.level = config.logLevel;
  const { metrics, answer, close } = openApiMetrics(config, log);
  const api = await startApi({ config, log, scrypt, metrics });
  const server = Deno.serve(
    { port: config.api.port, onListen: ({ port }) => log.info({ port }, "API ready") },
    (request) => api.app.fetch(request),
  );
  const { metricsPort } = config.api;
  if (metricsPort !== null) {
    Deno.serve(
      { port: metricsPort, onListen: ({ port }) => log.info({ port }, "Metrics ready") },
      (request) => answer(request),
    );
  }

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) Deno.exit(1);
    stopping = true;
    log.info({ signal }, "API stopping");
    // Answers what it has accepted; takes nothing new.
    await server.shutdown();
    await api.close();
    await close();
    Deno.exit(0);
  };
  Deno.addSignalListener("SIGTERM", () => stop("SIGTERM"));
  Deno.addSignalListener("SIGINT", () => stop("SIGINT"));
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  Deno.exit(1);
}
