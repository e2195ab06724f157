import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { denoBinary } from "../runtimes/binaries.ts";
import { freePort } from "../support/free-port.ts";
import { testDatabase } from "../support/postgres.ts";
import { openStatsdServer } from "../support/statsd-server.ts";
import { until } from "../support/until.ts";

const root = join(import.meta.dir, "../..");

const runtimes = [
  { runtime: "Bun", script: "api" },
  { runtime: "Deno", script: "api:deno" },
] as const;

/** The API as package.json starts it, ready. */
async function startApi(script: (typeof runtimes)[number]["script"], env: Record<string, string>) {
  const { scripts } = await Bun.file(join(root, "package.json")).json();
  const [program, ...args]: string[] = scripts[script].split(" ");
  const port = freePort();
  const child = Bun.spawn([program === "deno" ? denoBinary() : process.execPath, ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
      API_PORT: `${port}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/_ready`).catch(() => null))?.ok === true, "the API is ready");
  return {
    url,
    /** Ends it in order, with what it said. */
    async stop() {
      child.kill("SIGTERM");
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { code, out, err };
    },
    [Symbol.dispose]: () => child.kill("SIGKILL"),
  };
}

describe("the API's metrics", () => {
  test.each(runtimes)(
    "are served on a port of their own on $runtime, and told to StatsD",
    async ({ script }) => {
      await using database = await testDatabase();
      using statsd = await openStatsdServer();
      const metricsPort = freePort();
      using api = await startApi(script, {
        DATABASE_URL: database.url,
        API_METRICS_PORT: `${metricsPort}`,
        STATSD_HOST: statsd.host,
        STATSD_PORT: `${statsd.port}`,
      });
      await fetch(`${api.url}/v2/notifications`);
      const mmg = { method: "POST", body: JSON.stringify({ CID: crypto.randomUUID(), status: "3" }) };
      expect((await fetch(`${api.url}/notifications/sms/mmg`, mmg)).status).toBe(200);

      const scrape = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
      const text = await scrape.text();
      const elsewhere = await fetch(`http://127.0.0.1:${metricsPort}/v2/notifications`);
      const onMainPort = await fetch(`${api.url}/metrics`);
      const { code, err } = await api.stop();

      expect(scrape.headers.get("Content-Type")).toStartWith("text/plain; version=0.0.4");
      expect(text).toContain(
        'pillarbox_http_request_seconds_count{method="GET",route="/v2/notifications",status="4xx"} 1\n',
      );
      expect(text).toContain('pillarbox_group_size_sum{write="receipts"} 1\n');
      expect(text).toMatch(/^pillarbox_process_resident_memory_bytes \d+/m);
      expect([elsewhere.status, onMainPort.status]).toEqual([404, 404]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      const line = "development.notifications.api.requests.GET.v2_notifications.4xx:1|c";
      await until(() => statsd.lines.includes(line), "StatsD has heard of the request");
    },
    30_000,
  );

  test.each(runtimes)(
    "are off unless they are asked for on $runtime",
    async ({ script }) => {
      await using database = await testDatabase();
      using api = await startApi(script, { DATABASE_URL: database.url });

      const { code, out } = await api.stop();

      expect(code).toBe(0);
      expect(out).not.toContain("metrics");
    },
    30_000,
  );
});
