import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  claimForDelivery,
  markSent,
  releaseClaims,
  type Sent,
} from "../../../shared/notification/delivery.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const at = new Date("2026-08-05T09:00:00Z");
const row = (id: string) => notificationRow(world.sql, id);

function sent(id: string, over: Partial<Sent> = {}): Sent {
  return { id, by: "mmg", at, status: "sending", reference: null, billableUnits: 2, next: null, ...over };
}

describe("claimForDelivery", () => {
  test("answers in the order asked, and one of two that ask for the same in one call gets it", async () => {
    const free = await world.notification();
    const done = await world.notification({ status: "delivered" });
    const missing = crypto.randomUUID();

    const claims = await claimForDelivery(world.sql, [missing, free, done, free], 60);

    expect(claims).toMatchObject([
      { outcome: "handled", status: null },
      { outcome: "claimed", notification: { id: free } },
      { outcome: "handled", status: "delivered" },
      { outcome: "busy" },
    ]);
  });

  test("gives each of many rows to one of many workers", async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => world.notification()));

    const answers = await Promise.all(Array.from({ length: 4 }, () => claimForDelivery(world.sql, ids, 60)));

    ids.forEach((_, n) => {
      expect(answers.map((claims) => claims[n]?.outcome).sort()).toEqual(["busy", "busy", "busy", "claimed"]);
    });
  });

  test("gives again what was let go, with who was tried", async () => {
    const id = await world.notification();
    await claimForDelivery(world.sql, [id], 60);

    await releaseClaims(world.sql, [{ id, tried: { by: "mmg", billableUnits: 3 } }]);
    const [again] = await claimForDelivery(world.sql, [id], 60);
    await releaseClaims(world.sql, [{ id, tried: null }]);

    expect(again).toMatchObject({ outcome: "claimed", notification: { lastTried: "mmg" } });
    expect(await row(id)).toMatchObject({ claimed: false, lastTried: "mmg", billableUnits: 3 });
  });

  test("knows the service as it is now", async () => {
    const service = await world.addService("Before");
    const id = await world.notification({ serviceId: service.id });
    await world.sql`
      update services set name = 'After', active = false, prefix_sms = true, email_sender_name = 'Sender'
      where id = ${service.id}`;

    const [claim] = await claimForDelivery(world.sql, [id], 60);

    expect(claim).toMatchObject({
      notification: {
        service: {
          name: "After",
          active: false,
          prefixSms: true,
          emailFrom: { name: "Sender", localPart: "before" },
        },
      },
    });
  });
});

describe("markSent", () => {
  test("keeps what was noted first", async () => {
    const id = await world.notification();

    await markSent(world.sql, [sent(id)]);
    await markSent(world.sql, [
      sent(id, { by: "firetext", at: new Date(), status: "sent", billableUnits: 9 }),
    ]);

    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "mmg", sentAt: at, billableUnits: 2 });
  });

  test("leaves a status that a receipt gave, and the moment it gave it", async () => {
    const id = await world.notification();
    const ended = new Date("2026-08-05T08:59:59Z");
    await world.sql`update notifications set status = 'delivered', updated_at = ${ended} where id = ${id}`;

    await markSent(world.sql, [sent(id)]);

    expect(await row(id)).toMatchObject({ status: "delivered", updatedAt: ended, sentAt: at, sentBy: "mmg" });
  });

  test("queues what follows only of a change that was made", async () => {
    const ended = await world.notification();
    const moves = await world.notification();
    await world.sql`update notifications set status = 'technical-failure' where id = ${ended}`;
    const next = (id: string) => ({ name: "deliver-sms", data: { notificationId: id } }) as const;

    await markSent(world.sql, [
      sent(ended, { status: "delivered", next: next(ended) }),
      sent(moves, { status: "delivered", next: next(moves) }),
    ]);

    expect((await row(ended)).status).toBe("technical-failure");
    expect(await jobsAbout(world.sql, "deliver-sms", ended)).toEqual([]);
    expect(await jobsAbout(world.sql, "deliver-sms", moves)).toHaveLength(1);
  });

  test("notes nothing of what is gone", async () => {
    await markSent(world.sql, [sent(crypto.randomUUID())]);
  });
});

test("a claim let go after the message was sent takes nothing back", async () => {
  const id = await world.notification();
  await markSent(world.sql, [sent(id)]);
  const before = await row(id);

  await releaseClaims(world.sql, [{ id, tried: { by: "firetext", billableUnits: 9 } }]);

  expect(await row(id)).toEqual(before);
});
