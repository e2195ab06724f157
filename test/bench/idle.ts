import { freePort } from "../support/free-port.ts";
import type { Bench } from "./bench.ts";
import { openGround } from "./ground.ts";
import { countQueries } from "./query-counter.ts";

/** What API and worker cost while nobody asks for anything. */
export const idle: Bench = {
  describe: "queries a second and memory of API and worker while nothing happens",
  seconds: 60,
  async run({ seconds, say }) {
    await using ground = await openGround();
    using apiQueries = countQueries(ground.databaseUrl);
    using workerQueries = countQueries(ground.databaseUrl);
    const [apiPort, metricsPort] = [freePort(), freePort()];
    const [api, worker] = await Promise.all([
      ground.start("api/serve.bun.ts", apiPort, {
        DATABASE_URL: apiQueries.url,
        API_PORT: String(apiPort),
      }),
      ground.start("worker/main.ts", metricsPort, {
        DATABASE_URL: workerQueries.url,
        WORKER_METRICS_PORT: String(metricsPort),
      }),
    ]);

    say(`${seconds} seconds of nothing`);
    // What starting costs is not counted.
    await Bun.sleep(Math.min(1000, seconds * 250));
    const before = { api: apiQueries.count(), worker: workerQueries.count(), at: performance.now() };
    await Bun.sleep(seconds * 1000);
    const took = (performance.now() - before.at) / 1000;
    return {
      api_queries_per_s: (apiQueries.count() - before.api) / took,
      worker_queries_per_s: (workerQueries.count() - before.worker) / took,
      api_rss_mb: await residentMb(api.pid),
      worker_rss_mb: await residentMb(worker.pid),
    };
  },
};

async function residentMb(pid: number): Promise<number> {
  const kilobytes = await Bun.$`ps -o rss= -p ${pid}`.text();
  return Number(kilobytes) / 1024;
}
