import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { SmsReceipt } from "../../../shared/receipt/payload.ts";
import { applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { type NotificationFacts, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

setDefaultTimeout(60_000);

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const at = new Date("2026-03-14T12:00:00Z");
const minutesLater = (minutes: number) => ({ now: () => new Date(at.getTime() + minutes * 60_000) });

function receipt(reference: string, facts: Partial<SmsReceipt> = {}): SmsReceipt {
  const time = at.toISOString();
  return {
    v: 1,
    provider: "sns",
    reference,
    providerStatus: "SUCCESS",
    detail: null,
    deliveredAt: time,
    receivedAt: time,
    ...facts,
  };
}

async function text(facts: NotificationFacts = {}) {
  const reference = crypto.randomUUID();
  const id = await world.notification({ status: "sending", sentBy: "sns", reference, ...facts });
  return { id, reference };
}

describe("a receipt from SNS", () => {
  test("finds its text by SNS's id", async () => {
    const { id, reference } = await text();

    await applySmsReceipt(receipt(reference), world.deps);

    expect(await notificationRow(world.sql, id)).toMatchObject({ status: "delivered", sentBy: "sns" });
  });

  test("tells why a text did not arrive", async () => {
    const { id, reference } = await text();
    const failure = { providerStatus: "FAILURE", detail: "Phone carrier has blocked this message" };

    await applySmsReceipt(receipt(reference, failure), world.deps);
    await applySmsReceipt(receipt(reference), world.deps);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "permanent-failure",
      reason: failure.detail,
    });
  });

  test("is not taken for one of a notification with that id", async () => {
    const { id } = await text();

    await applySmsReceipt(receipt(id), world.newDeps(minutesLater(60)));

    expect((await notificationRow(world.sql, id)).status).toBe("sending");
  });

  test("is tried again while its text may not be stored, then given up", async () => {
    const unknown = receipt(crypto.randomUUID());

    await expect(applySmsReceipt(unknown, world.newDeps(minutesLater(4)))).rejects.toThrow("Cannot find");
    await applySmsReceipt(unknown, world.newDeps(minutesLater(6)));

    expect(world.lines).toContainEqual({
      level: "warn",
      facts: { reference: unknown.reference },
      message: "Receipt for an unknown text",
    });
  });

  test("is not believed of a country that sends none", async () => {
    const { id, reference } = await text({
      status: "sent",
      international: true,
      normalisedTo: "12025550123",
    });
    const { id: german, reference: other } = await text({
      status: "sent",
      international: true,
      normalisedTo: "4915123456789",
    });

    await applySmsReceipt(receipt(reference), world.deps);
    await applySmsReceipt(receipt(other), world.deps);

    expect((await notificationRow(world.sql, id)).status).toBe("sent");
    expect((await notificationRow(world.sql, german)).status).toBe("delivered");
  });
});
