import pino from "pino";
import { readConfig } from "../shared/config.ts";
import { serveHealth } from "./health.ts";
import { startWorker } from "./worker.ts";

const log = pino({ name: "worker", level: process.env.LOG_LEVEL ?? "info" });

try {
  const config = readConfig(process.env);
  const worker = await startWorker({ config, log });
  const health = serveHealth(worker, config.worker.metricsPort);
  log.info({ port: health.port }, "Worker ready");

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "Worker stopping");
    await worker.stop(config.worker.stopMs);
    await health.stop(true);
    log.info({}, "Worker stopped");
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
