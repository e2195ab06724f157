import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { RetryIn } from "../../../worker/consume.ts";
import { createStore } from "../../../worker/store.ts";
import { applySesReceipt, applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliverResearch } from "../../../worker/tasks/deliver-research.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

describe("deliver-research", () => {
  test.each([
    ["07700 900123", "delivered"],
    ["07700900003", "temporary-failure"],
    ["07700900002", "permanent-failure"],
    ["07700 900 003", "delivered"],
  ])("a text to %p is sent to nobody and its invented receipt says %s", async (to, status) => {
    const id = await world.notification({ keyType: "test", to });

    await deliverResearch({ notificationId: id }, world.deps);
    const between = await notificationRow(world.sql, id);
    const [receipt, ...others] = await jobsAbout(world.sql, "sms-receipts", id);
    await applySmsReceipt(receipt?.data as never, world.deps);

    expect(between).toMatchObject({ status: "sending", sentBy: "mmg", billableUnits: 1, claimed: false });
    expect(between.sentAt).not.toBeNull();
    expect(others).toEqual([]);
    expect((await notificationRow(world.sql, id)).status).toBe(status as never);
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toHaveLength(1);
    expect(world.sandbox.count()).toBe(0);
  });

  test.each([
    ["anyone@example.com", "delivered"],
    ["perm-fail@simulator.notify", "permanent-failure"],
    ["temp-fail@simulator.notify", "temporary-failure"],
  ])("an email to %p is sent to nobody and its invented receipt says %s", async (to, status) => {
    const id = await world.notification({ keyType: "test", channel: "email", to });

    await deliverResearch({ notificationId: id }, world.deps);
    const between = await notificationRow(world.sql, id);
    const [receipt] = await jobsAbout(world.sql, "ses-receipts", between.reference ?? "");
    await applySesReceipt(receipt?.data as never, world.deps);

    expect(between).toMatchObject({ status: "sending", sentBy: "ses" });
    expect((await notificationRow(world.sql, id)).status).toBe(status as never);
    expect(world.sandbox.count()).toBe(0);
  });

  test("invents one receipt however often its job is delivered", async () => {
    const id = await world.notification({ keyType: "test" });

    await deliverResearch({ notificationId: id }, world.deps);
    await deliverResearch({ notificationId: id }, world.newDeps());

    expect(await jobsAbout(world.sql, "sms-receipts", id)).toHaveLength(1);
  });

  test("leaves alone what another worker has", async () => {
    const id = await world.notification({ keyType: "test" });
    await createStore(world.sql, { claimSeconds: 60 }).claim(id);

    const outcome = await deliverResearch({ notificationId: id }, world.deps).catch((error) => error);

    expect(outcome).toBeInstanceOf(RetryIn);
    expect((await notificationRow(world.sql, id)).status).toBe("created");
  });

  test("ends an inactive service's notification and invents no receipt", async () => {
    const service = await world.addService("Closed");
    await world.sql`update services set active = false where id = ${service.id}`;
    const id = await world.notification({ keyType: "test", serviceId: service.id });

    await deliverResearch({ notificationId: id }, world.deps);

    expect((await notificationRow(world.sql, id)).status).toBe("technical-failure");
    expect(await jobsAbout(world.sql, "sms-receipts", id)).toEqual([]);
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toHaveLength(1);
  });
});
