import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { SmsReceipt } from "../../../shared/receipt/payload.ts";
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

/** A worker whose draw falls on this provider. */
function drawing(provider: "mmg" | "firetext") {
  // Firetext is the first of the two by name.
  return world.newDeps({ random: () => (provider === "firetext" ? 0 : 0.999) });
}

async function receiptsOf(id: string) {
  const jobs = await jobsAbout(world.sql, "sms-receipts", id);
  return jobs.map(({ data }) => v.parse(SmsReceipt, data));
}

describe("deliver-research", () => {
  /** `spec/delivery.md` 1.3; a space inside a number defeats its ending. */
  const outcomes = [
    ["07700 900123", "delivered"],
    ["07700900001", "delivered"],
    ["07700900003", "temporary-failure"],
    ["+447700900003", "temporary-failure"],
    ["07700900002", "permanent-failure"],
    ["07700 900 003", "delivered"],
    ["0770090000 2", "delivered"],
  ] as const;

  describe.each([
    ["mmg", { delivered: ["3 5"], "temporary-failure": ["4 6"], "permanent-failure": ["5 6"] }],
    [
      "firetext",
      { delivered: ["0 000"], "temporary-failure": ["1 102", "2 null"], "permanent-failure": ["1 101"] },
    ],
  ] as const)("through %s", (provider, codes) => {
    test.each(outcomes)("a text to %p is sent to nobody and invented receipts say %s", async (to, status) => {
      const id = await world.notification({ keyType: "test", to });

      await deliverResearch({ notificationId: id }, drawing(provider));
      const between = await notificationRow(world.sql, id);
      const receipts = await receiptsOf(id);
      // In whatever order a worker takes them.
      for (const receipt of receipts.toReversed()) await applySmsReceipt(receipt, world.deps);

      expect(between).toMatchObject({
        status: "sending",
        sentBy: provider,
        billableUnits: 1,
        claimed: false,
      });
      expect(between.sentAt).not.toBeNull();
      const told = receipts.map(({ providerStatus, detail }) => `${providerStatus} ${detail}`);
      expect<readonly string[]>(told.sort()).toEqual(codes[status]);
      expect((await notificationRow(world.sql, id)).status).toBe(status);
      expect(await jobsAbout(world.sql, "service-callbacks", id)).toHaveLength(1);
      expect(world.sandbox.count()).toBe(0);
    });
  });

  test("a text abroad is drawn a provider that goes there, and is sent as in earnest where no receipt is believed", async () => {
    const abroad = { keyType: "test", international: true } as const;
    const american = { ...abroad, to: "+1 202 555 0123", normalisedTo: "12025550123" };
    const german = { ...abroad, to: "+49 1512 3456789", normalisedTo: "4915123456789" };
    const ids = [await world.notification(american), await world.notification(german)];

    for (const id of ids) {
      await deliverResearch({ notificationId: id }, drawing("firetext"));
      for (const receipt of await receiptsOf(id)) await applySmsReceipt(receipt, world.deps);
    }

    const rows = await Promise.all(ids.map((id) => notificationRow(world.sql, id)));
    expect(rows).toMatchObject([
      { status: "sent", sentBy: "mmg" },
      { status: "delivered", sentBy: "mmg" },
    ]);
  });

  test("needs no provider that is set up", async () => {
    const id = await world.notification({ keyType: "test" });

    await deliverResearch({ notificationId: id }, world.newDeps({ smsProviders: new Map() }));

    expect(await notificationRow(world.sql, id)).toMatchObject({ status: "sending", sentBy: "mmg" });
  });

  test("that fails lets the next attempt have the notification at once", async () => {
    const id = await world.notification({ keyType: "test" });
    const broken = world.newDeps({ findCompiledTemplate: () => Promise.reject(new Error("no database")) });

    await expect(deliverResearch({ notificationId: id }, broken)).rejects.toThrow("no database");
    await deliverResearch({ notificationId: id }, world.deps);

    expect((await notificationRow(world.sql, id)).status).toBe("sending");
  });

  test.each([
    ["anyone@example.com", "delivered"],
    ["perm-fail@simulator.notify", "permanent-failure"],
    ["temp-fail@simulator.notify", "temporary-failure"],
    ["Perm-Fail@simulator.notify", "delivered"],
    ["perm-fail@simulator.notify.example", "delivered"],
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

    await deliverResearch({ notificationId: id }, drawing("mmg"));
    await deliverResearch({ notificationId: id }, drawing("firetext"));

    expect(await receiptsOf(id)).toHaveLength(1);
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
