import { endTexts } from "./ended-texts.ts";
import type { Outcome, ScenarioOptions } from "./scenario.ts";
import { watchConnections } from "./slow-callbacks.ts";
import type { System } from "./system.ts";
import { until } from "./until.ts";

const perService = 10;
const pool = 5;

/** For a worker that calls so many at once. */
export function hangSettings(calls: number): Record<string, string> {
  return {
    WORKER_CONCURRENCY: `service-callbacks=${calls}`,
    // Bun queues the rest of its calls behind 256.
    BUN_CONFIG_MAX_HTTP_REQUESTS: String(calls + 300),
    CALLBACK_TIMEOUT_MS: "15000",
    CALLBACK_ALLOWED_CIDRS: "127.0.0.0/8",
    WORKER_POOL: String(pool),
    LOG_LEVEL: "error",
  };
}

/** Counts the worker's connections while it tells a hundred services that answer, then while all of them hang. */
export async function hangMany(
  system: System,
  { calls, say }: Pick<ScenarioOptions, "say"> & { calls: number },
): Promise<Outcome> {
  const { sandbox } = system;
  const services: string[] = [];
  for (let n = 0; n < calls / perService; n++) {
    services.push((await system.addService(`Hanging ${n}`, "/callback/hanging")).id);
  }
  const arrivedHere = () =>
    sandbox.messages("callback").filter(({ to }) => to === "/callback/hanging").length;

  say(`${calls} callbacks that are answered`);
  const calm = watchConnections(system);
  await endTexts(system, services, calls);
  await until(() => arrivedHere() >= calls, { what: "All are told", timeoutMs: 60_000 });
  const before = await calm.stop();

  say(`${calls} that hang`);
  sandbox.setFault({ provider: "callback", path: "/callback/hanging", hang: true });
  await endTexts(system, services, calls);
  await until(() => arrivedHere() >= 2 * calls, { what: `${calls} calls hang`, timeoutMs: 14_000 });
  const hung = watchConnections(system);
  await Bun.sleep(1000);
  const during = await hung.stop();

  const faults: string[] = [];
  if (during.most > before.most) faults.push(`${during.most} connections, ${before.most} before`);
  if (during.idleInTransaction > 0) faults.push("a transaction was left open");
  return {
    figures: {
      calls_hanging: calls,
      connections_before: before.most,
      connections_while_hanging: during.most,
      // Those busy all the while: workers look for jobs every second, which is over in a millisecond.
      connections_busy_while_hanging: during.fewestActive,
    },
    faults,
  };
}
