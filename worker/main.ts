import pino from "pino";
import { readConfig } from "../shared/config.ts";
import { loggableError } from "../shared/log.ts";
import { serveHealth } from "./health.ts";
import { startWorker } from "./worker.ts";

/** Requests that Bun makes at once unless told otherwise when it starts; more wait, and their time runs. */
const bunsOwnMost = 256;
/** What the queues that call others can have under way by their own numbers. */
const enough = 500;

const log = pino({ name: "worker", serializers: { err: loggableError } });

try {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  const starting = startWorker({ config, log });

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "Worker stopping");
    const worker = await starting;
    await worker.stop(config.worker.stopMs);
    log.info({}, "Worker stopped");
    process.exit(0);
  };
  // Before it is ready: it takes jobs while it starts.
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);

  const health = serveHealth(await starting, config.worker.metricsPort);
  log.info({ port: health.port }, "Worker ready");
  const requests = Number(process.env.BUN_CONFIG_MAX_HTTP_REQUESTS ?? bunsOwnMost);
  if (requests < enough) {
    log.warn(
      { requests },
      "Receivers that hang may make providers wait: set BUN_CONFIG_MAX_HTTP_REQUESTS=1000",
    );
  }
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
