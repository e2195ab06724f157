import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  claimForDelivery,
  markSent,
  releaseClaims,
  type Sent,
} from "../../../shared/notification/delivery.ts";
import {
  type AttemptStep,
  mostAttemptBytes,
  readSteps,
  type Step,
} from "../../../shared/notification/timeline.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const at = new Date("2026-08-05T09:00:00Z");
const row = (id: string) => notificationRow(world.sql, id);

function sent(id: string, over: Partial<Sent> = {}): Sent {
  const nothing = { reference: null, durationMs: null, next: [] };
  return { id, by: "mmg", at, status: "sending", billableUnits: 2, ...nothing, ...over };
}

/** Of one that is free. */
async function claimOf(id: string, seconds = 60): Promise<string> {
  const [claim] = await claimForDelivery(world.sql, [id], seconds);
  if (claim?.outcome !== "claimed") throw new Error(`Expected to claim ${id}: ${claim?.outcome}`);
  return claim.notification.claim;
}

function failed(provider: string): AttemptStep {
  return { kind: "attempt", at, provider, outcome: "unavailable", durationMs: 12, words: "Busy" };
}

async function stepsOf(id: string): Promise<Step[]> {
  const [found] = await world.sql<{ timeline: string | null }[]>`
    select timeline from notifications where id = ${id}`;
  return readSteps(found?.timeline ?? null);
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
    const claim = await claimOf(id);

    const tried = { by: "mmg", billableUnits: 3 };
    await releaseClaims(world.sql, [{ id, claim, tried, attempt: failed("mmg") }]);
    const [again] = await claimForDelivery(world.sql, [id], 60);
    const second = again?.outcome === "claimed" ? again.notification.claim : "";
    await releaseClaims(world.sql, [{ id, claim: second, tried: null, attempt: failed("firetext") }]);

    expect(again).toMatchObject({ outcome: "claimed", notification: { lastTried: "mmg" } });
    expect(await row(id)).toMatchObject({ claimed: false, lastTried: "mmg", billableUnits: 3 });
    expect(await stepsOf(id)).toEqual([failed("mmg"), failed("firetext")]);
  });

  test("is not let go by a worker whose own claim lapsed, and the lost attempt is in its timeline", async () => {
    const id = await world.notification();
    const late = await claimOf(id, 0.01);
    await until(async () => !(await row(id)).claimed, "the claim lapses");
    await claimOf(id);

    const tried = { by: "mmg", billableUnits: 1 };
    await releaseClaims(world.sql, [{ id, claim: late, tried, attempt: failed("mmg") }]);

    expect(await row(id)).toMatchObject({ claimed: true, lastTried: "mmg" });
    expect(await stepsOf(id)).toMatchObject([
      { kind: "attempt", outcome: "lost", provider: null },
      { outcome: "unavailable", provider: "mmg" },
    ]);
  });

  test("keeps all of 48 attempts and what comes after them, but not attempts without end", async () => {
    const id = await world.notification();
    const words = "ŵ".repeat(300);
    for (let n = 0; n < 60; n++) {
      const claim = await claimOf(id);
      await releaseClaims(world.sql, [{ id, claim, tried: null, attempt: { ...failed("firetext"), words } }]);
    }
    const full = (await stepsOf(id)).length;
    await world.sql`update notifications set timeline = repeat(timeline || E'\n', 3) where id = ${id}`;
    const before = (await stepsOf(id)).length;
    await releaseClaims(world.sql, [{ id, claim: await claimOf(id), tried: null, attempt: failed("mmg") }]);
    await markSent(world.sql, [sent(id)]);

    expect(full).toBe(60);
    const steps = await stepsOf(id);
    expect(steps).toHaveLength(before + 1);
    expect(steps.at(-1)).toMatchObject({ outcome: "accepted", provider: "mmg" });
    const [size] =
      await world.sql`select octet_length(timeline) as bytes from notifications where id = ${id}`;
    expect(size?.bytes).toBeGreaterThan(mostAttemptBytes);
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
    expect(await stepsOf(id)).toMatchObject([{ provider: "mmg" }, { provider: "firetext" }]);
  });

  test("stored again because its answer was lost is one attempt, and queues what follows once", async () => {
    const id = await world.notification();
    const next = [{ name: "deliver-sms", data: { notificationId: id } }] as const;

    for (let n = 0; n < 3; n++)
      await markSent(world.sql, [sent(id, { status: "delivered", durationMs: 35, next })]);

    expect(await stepsOf(id)).toEqual([
      {
        kind: "attempt",
        at: new Date(at.getTime() - 35),
        provider: "mmg",
        outcome: "accepted",
        durationMs: 35,
        words: null,
      },
    ]);
    expect(await jobsAbout(world.sql, "deliver-sms", id)).toHaveLength(1);
  });

  test("queues nothing for a second sending of what was sent", async () => {
    const id = await world.notification();
    const next = [{ name: "deliver-sms", data: { notificationId: id } }] as const;
    await markSent(world.sql, [sent(id, { status: "delivered" })]);

    await markSent(world.sql, [sent(id, { status: "delivered", at: new Date(), next })]);

    expect(await jobsAbout(world.sql, "deliver-sms", id)).toEqual([]);
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
      sent(ended, { status: "delivered", next: [next(ended)] }),
      sent(moves, { status: "delivered", next: [next(moves)] }),
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
  const claim = await claimOf(id);
  await markSent(world.sql, [sent(id)]);
  const before = await row(id);

  const tried = { by: "firetext", billableUnits: 9 };
  await releaseClaims(world.sql, [{ id, claim, tried, attempt: failed("firetext") }]);

  expect(await row(id)).toEqual(before);
  expect(await stepsOf(id)).toMatchObject([{ outcome: "accepted" }, { outcome: "unavailable" }]);
});
