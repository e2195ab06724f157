import * as v from "valibot";
import { setCallback } from "../../shared/callback/queries.ts";
import { freePort } from "../support/free-port.ts";
import type { BenchService, Ground } from "./ground.ts";

/** API, worker and sandbox, each a process of its own. */
export interface System {
  apiUrl: string;
  sandboxUrl: string;
  services: readonly BenchService[];
  workerPid: number;
  /** How many reached the sandbox. */
  counts(): Promise<{ sms: number; callback: number }>;
  /** When texts reached the provider, in milliseconds since 1970, by notification. */
  arrivals(): Promise<Map<string, number>>;
}

export interface SystemOptions {
  services: number;
  /** Whether the services want to hear what became of their messages. */
  callbacks: boolean;
  /** `error` where the processes are to fail in ways that need not be read. */
  logLevel?: "error";
}

/** What requests of operators' programs are signed with. */
export const adminSecret = "a-secret-of-the-bench";

const Counts = v.object({ sms: v.number(), callback: v.number() });
const Arrivals = v.array(v.tuple([v.string(), v.number()]));

/** Starts them on this ground, which ends them. */
export async function startSystem(ground: Ground, options: SystemOptions): Promise<System> {
  const [apiPort, sandboxPort, controlPort, metricsPort] = [freePort(), freePort(), freePort(), freePort()];
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const control = `http://127.0.0.1:${controlPort}`;
  const env = {
    API_PORT: String(apiPort),
    WORKER_METRICS_PORT: String(metricsPort),
    MMG_URL: `${sandboxUrl}/mmg`,
    MMG_API_KEY: "sandbox",
    FIRETEXT_URL: `${sandboxUrl}/firetext`,
    FIRETEXT_API_KEY: "sandbox",
    ...(options.logLevel && { LOG_LEVEL: options.logLevel }),
    ADMIN_CLIENT_SECRETS: adminSecret,
    CBC_PROXY_ENABLED: "true",
    CBC_PROXY_SITE_1_URL: `${sandboxUrl}/cbc/1`,
    CBC_PROXY_SITE_2_URL: `${sandboxUrl}/cbc/2`,
    CBC_PROXY_SECRET: "sandbox",
    CALLBACK_ALLOWED_CIDRS: "127.0.0.1",
    // On a machine that others keep busy a receiver may answer late once; the run should not wait minutes for it.
    CALLBACK_RETRY: "1,1,1,1,1",
  };
  const [, , worker] = await Promise.all([
    ground.start("test/bench/sandbox-process.ts", controlPort, {
      SANDBOX_PORT: String(sandboxPort),
      CONTROL_PORT: String(controlPort),
      API_URL: apiUrl,
    }),
    ground.start("api/serve.bun.ts", apiPort, env),
    ground.start("worker/main.ts", metricsPort, env),
  ]);

  const services: BenchService[] = [];
  for (let n = 1; n <= options.services; n++) {
    const service = await ground.addService(`Bench ${n}`);
    if (options.callbacks) {
      await setCallback(ground.sql, ground.cipher, {
        serviceId: service.id,
        type: "delivery_status",
        url: `${sandboxUrl}/callback/${service.id}`,
        bearerToken: crypto.randomUUID(),
      });
    }
    services.push(service);
  }
  const ask = async (path: string) => (await fetch(control + path)).json();
  return {
    apiUrl,
    sandboxUrl,
    services,
    workerPid: worker.pid,
    counts: async () => v.parse(Counts, await ask("/counts")),
    arrivals: async () => new Map(v.parse(Arrivals, await ask("/arrivals"))),
  };
}

/** Resolves when `is` answers true. Throws when nothing has changed for so long that it never will. */
export async function until(is: () => Promise<boolean>, what: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await is())) {
    if (performance.now() > deadline) throw new Error(`Not in ${timeoutMs / 1000} s: ${what}`);
    await Bun.sleep(20);
  }
}
