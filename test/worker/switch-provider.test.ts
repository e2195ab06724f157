import { expect, test } from "bun:test";
import { changeProviders } from "../../shared/provider/change.ts";
import type { Worker } from "../../worker/worker.ts";
import { openWorld } from "../support/world.ts";

/** How long a worker may go by an old list of providers. */
const cacheMs = 5_000;

async function hasAskedFiretext({ metrics }: Worker): Promise<boolean> {
  return (await metrics.registry.metrics()).includes('{provider="firetext",outcome="accepted"}');
}

test("an operator's switch of providers holds on every worker within five seconds", async () => {
  await using world = await openWorld({ worker: false });
  const workers = [await world.startWorker(), await world.startWorker()];
  await world.sql`update services set rate_limit = 100000`;

  /** Sends texts and answers with who carried them. */
  async function carriersOf(texts: number): Promise<Set<string | null>> {
    const sent = Array.from({ length: texts }, async () => {
      const { data } = await world.client().sendSms(world.service.templates.sms, "07700 900123", {
        personalisation: { name: "Ada", day: "Monday" },
      });
      const message = await world.sandbox.waitFor(({ reference }) => reference === data.id);
      return message.provider;
    });
    return new Set(await Promise.all(sent));
  }
  const change = (name: string, active: boolean) => ({
    name,
    active,
    priority: null,
    reason: null,
    createdBy: null,
  });

  await changeProviders(world.sql, () => [change("firetext", false)]);
  const before = await carriersOf(60);
  await changeProviders(world.sql, () => [change("mmg", false), change("firetext", true)]);
  const switchedAt = performance.now();
  while (performance.now() - switchedAt < cacheMs) await carriersOf(10);
  const after = await carriersOf(60);
  while (!(await Promise.all(workers.map(hasAskedFiretext))).every(Boolean)) {
    for (const name of await carriersOf(10)) after.add(name);
  }

  expect([...before]).toEqual(["mmg"]);
  expect([...after]).toEqual(["firetext"]);
}, 60_000);

test("a text whose provider fails goes to the other one at once", async () => {
  await using world = await openWorld();
  world.sandbox.setFault({ provider: "mmg", status: 500 });
  await changeProviders(world.sql, () => [
    { name: "mmg", priority: 100, active: null, reason: null, createdBy: null },
    { name: "firetext", priority: 0, active: null, reason: null, createdBy: null },
  ]);

  const { data } = await world.client().sendSms(world.service.templates.sms, "07700 900123", {
    personalisation: { name: "Ada", day: "Monday" },
  });
  const message = await world.sandbox.waitFor(({ reference }) => reference === data.id, { timeoutMs: 4_000 });

  expect(message.provider).toBe("firetext");
});
