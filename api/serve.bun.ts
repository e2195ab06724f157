import pino from "pino";
import { readConfig } from "../shared/config.ts";
import { seal } from "./serve.bun-seal.ts";
import { startApi } from "./start.ts";

const log = pino({ name: "api" });

try {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  const api = await startApi({ config, log, seal });
  const server = Bun.serve({
    port: config.api.port,
    fetch: api.app.fetch,
    // The app counts bytes itself, to answer in Notify's shape; this only bounds what it never reads.
    maxRequestBodySize: 64 * 1024 * 1024,
    idleTimeout: 60,
  });
  log.info({ port: server.port }, "API ready");

  let stopping = false;
  const stop = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "API stopping");
    // Answers what it has accepted; takes nothing new.
    await server.stop();
    await api.close();
    process.exit(0);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
