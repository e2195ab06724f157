import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { type CallbackConfig, createCallback, removeCallback } from "../../../shared/callback/queries.ts";
import { findTrial, requestTrial } from "../../../shared/callback/trial.ts";
import { type CallbackType, callbackTypes } from "../../../shared/service/callback-types.ts";
import { testCallback } from "../../../worker/tasks/test-callback.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;
const never = new AbortController().signal;
const bearerToken = "a-secret-bearer-token";
const by = { updatedById: null, at: new Date() };

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterEach(() => world.sandbox.clearFaults());

afterAll(() => world[Symbol.asyncDispose]());

let made = 0;
/** The sandbox keeps what comes at its path. */
async function newCallback(type: CallbackType = "delivery_status", url?: string) {
  const { id: serviceId } = await world.addService(`Hall ${++made}`);
  await removeCallback(world.sql, { serviceId, type: "delivery_status" });
  const path = `/callback/${serviceId}`;
  const callback = { serviceId, type, url: url ?? world.sandbox.url + path, bearerToken };
  const created = await createCallback(world.sql, world.cipher, callback, by);
  if (created.outcome !== "created") throw new Error(created.outcome);
  return { ...created, path };
}

const told = (path: string) => world.sandbox.messages().filter(({ to }) => to === path);

/** Asks for a test and works its job. */
async function tryOut(config: CallbackConfig) {
  const trialId = crypto.randomUUID();
  expect(await requestTrial(world.sql, config, trialId, new Date())).toBe(true);
  await testCallback({ trialId }, world.deps, never);
  const trial = await findTrial(world.sql, world.cipher, config, trialId);
  return { trialId, result: trial?.result };
}

describe("test-callback", () => {
  test.each(callbackTypes)("sends a sample of %s that is signed as the real ones", async (type) => {
    const { config, signingSecret, path } = await newCallback(type);

    const { trialId, result } = await tryOut(config);

    expect(result).toMatchObject({ outcome: "delivered", status: 200, error: null, reason: null });
    expect(result).toMatchObject({ address: "127.0.0.1", excerpt: '{"result":"ok"}', url: config.url });
    const [message, ...others] = told(path);
    expect(others).toEqual([]);
    expect(message?.headers?.authorization).toBe(`Bearer ${bearerToken}`);
    expect(message?.body).toBe(result?.body ?? "");
    const sample = new Webhook(signingSecret).verify(message?.body ?? "", message?.headers ?? {});
    expect(Object.values(sample ?? {})).toContain(trialId);
    expect(result?.signatureBase).toBe(
      `${type}_${trialId}.${message?.headers?.["webhook-timestamp"]}.${message?.body}`,
    );
  });

  test("shows the headers as they were sent, but for the token", async () => {
    const { config, path } = await newCallback();

    const { result } = await tryOut(config);

    const shown = Object.entries(result?.headers ?? {});
    expect(shown).toContainEqual(["Authorization", "Bearer [not shown]"]);
    for (const [name, value] of shown) {
      if (name !== "Authorization") expect(told(path)[0]?.headers?.[name.toLowerCase()]).toBe(value);
    }
    expect(JSON.stringify(result)).not.toContain(bearerToken);
  });

  test.each([
    [{ status: 500 }, { outcome: "failed", status: 500 }],
    [{ status: 410 }, { outcome: "gone", status: 410 }],
    [{ status: 404 }, { outcome: "refused", status: 404 }],
    [{ reset: true }, { outcome: "failed", status: null, error: expect.any(String) }],
  ])("tells of %j, and repeats nothing", async (fault, expected) => {
    const { config, path } = await newCallback();
    world.sandbox.setFault({ provider: "callback", path, ...fault });

    const { result } = await tryOut(config);

    expect(result).toMatchObject({ ...expected, reason: expect.any(String) });
    expect(told(path)).toHaveLength(1);
    expect(await world.sql`select from callback_breakers where callback_id = ${config.id}`).toHaveLength(0);
    expect(await world.sql`select from callback_results where callback_id = ${config.id}`).toHaveLength(0);
  });

  test("calls no address that callbacks may not reach", async () => {
    const { config } = await newCallback("delivery_status", "https://169.254.169.254/latest");

    const { result } = await tryOut(config);

    expect(result).toMatchObject({ outcome: "failed", status: null, error: "blocked-address" });
  });

  test("has no base to sign where there is no secret yet", async () => {
    const { config, path } = await newCallback();
    await world.sql`update service_callback_api set signing_secret = null where id = ${config.id}`;

    const { result } = await tryOut(config);

    expect(result).toMatchObject({ outcome: "delivered", signatureBase: null });
    expect(told(path)[0]?.headers).not.toHaveProperty("webhook-signature");
  });

  test("is sent though the callback is suspended, once, and not when it was removed", async () => {
    const { config, path } = await newCallback();
    await world.sql`
      update service_callback_api set suspended_at = now(), suspended_reason = 'Gone' where id = ${config.id}`;
    const { trialId, result } = await tryOut(config);
    await testCallback({ trialId }, world.deps, never);

    const another = crypto.randomUUID();
    await requestTrial(world.sql, config, another, new Date());
    await removeCallback(world.sql, config);
    await testCallback({ trialId: another }, world.deps, never);

    expect(result).toMatchObject({ outcome: "delivered" });
    expect(told(path)).toHaveLength(1);
    expect(await requestTrial(world.sql, config, crypto.randomUUID(), new Date())).toBe(false);
  });

  test("is forgotten after a day", async () => {
    const { config } = await newCallback();
    const { trialId } = await tryOut(config);
    const found = () => findTrial(world.sql, world.cipher, config, trialId);
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

    await requestTrial(world.sql, config, crypto.randomUUID(), inHours(23));
    expect(await found()).not.toBeNull();
    await requestTrial(world.sql, config, crypto.randomUUID(), inHours(25));
    expect(await found()).toBeNull();
  });
});
