import pino from "pino";
import { readConfig } from "../shared/config.ts";
import { loggableError } from "../shared/log.ts";
import { openApiMetrics } from "./serve.bun-metrics.ts";
import { seal } from "./serve.bun-seal.ts";
import { scrypt } from "./serve.scrypt.ts";
import { startApi } from "./start.ts";

const log = pino({ name: "api", serializers: { err: loggableError } });

try {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  const { metrics, answer, close } = openApiMetrics(config, log);
  const api = await startApi({ config, log, scrypt, seal, metrics });
  const server = Bun.serve({
    port: config.api.port,
    fetch: api.app.fetch,
    // The app counts bytes itself, to answer in Notify's shape; this only bounds what it never reads.
    maxRequestBodySize: 64 * 1024 * 1024,
    idleTimeout: 60,
  });
  const { metricsPort } = config.api;
  const scraped = metricsPort === null ? null : Bun.serve({ port: metricsPort, fetch: answer });
  log.info({ port: server.port, metricsPort: scraped?.port }, "API ready");

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "API stopping");
    // Answers what it has accepted; takes nothing new.
    await server.stop();
    await api.close();
    await close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
