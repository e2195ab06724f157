import { expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { openOnAir } from "./on-air.ts";

const networks = ["ee", "three", "o2", "vodafone"] as const;

test("an approved alert reaches every network by itself, and its cancel after it", async () => {
  await using onAir = await openOnAir({ worker: true });
  const { sandbox } = onAir.world;

  const { id } = await onAir.approve();
  const cancel = await onAir.cancel(id);
  await until(async () => {
    const messages = await Promise.all(networks.map((network) => onAir.messageOf(cancel, network)));
    return messages.every(({ status }) => status === "returned-ack");
  }, "all networks have the cancel");

  for (const network of networks) {
    const calls = sandbox.cbc.list(network);
    expect(calls.map(({ payload }) => payload.message_type)).toEqual(["alert", "cancel"]);
    expect(calls.flatMap(({ faults }) => faults)).toEqual([]);
  }
});

test("retries begin when they are due", async () => {
  await using onAir = await openOnAir({ worker: true });
  const { sandbox } = onAir.world;
  sandbox.setFault({ provider: "ee-1-proxy", reset: true, count: 2 });
  sandbox.setFault({ provider: "ee-2-proxy", reset: true, count: 2 });

  const { eventId } = await onAir.approve();
  await until(async () => (await onAir.messageOf(eventId, "ee")).status === "returned-ack", "ee has it");

  const times = sandbox.cbc
    .list("ee")
    .filter((call) => call.function === "ee-1-proxy")
    .map(({ at }) => at.getTime());
  const gaps = times.slice(1).map((at, n) => (at - (times[n] ?? 0)) / 1000);
  for (const [n, delay] of [1, 2].entries()) {
    // No sooner; that it is no later than it must be, whenever the queue is looked at, is shown of `consume`.
    expect(gaps[n]).toBeGreaterThanOrEqual(delay);
    expect(gaps[n]).toBeLessThan(delay + 5);
  }
});

test("a network that hangs holds up no other, however much waits for it", async () => {
  await using onAir = await openOnAir({ worker: true, env: { CBC_PROXY_TIMEOUT_MS: "60000" } });
  const { sandbox } = onAir.world;
  for (const provider of ["ee-1-proxy", "ee-2-proxy"] as const) sandbox.setFault({ provider, hang: true });

  const events = await Promise.all(Array.from({ length: 30 }, () => onAir.approve()));
  for (const { eventId } of events) {
    for (const network of ["three", "o2", "vodafone"] as const) {
      await until(
        async () => (await onAir.messageOf(eventId, network)).status === "returned-ack",
        `${network} has it`,
      );
    }
  }

  // None of its calls has come to an end yet.
  expect(sandbox.cbc.list("ee").filter(({ accepted }) => accepted)).toEqual([]);
  const waiting = await onAir.world.sql`
    select from pgboss.job where name = 'send-broadcast-message' and state <= 'active'`;
  expect(waiting).toHaveLength(30);
});
