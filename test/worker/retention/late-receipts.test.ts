import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import { setCallback } from "../../../shared/callback/queries.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import { changeStatuses, findChangeable } from "../../../shared/notification/change.ts";
import type { Channel, Status } from "../../../shared/notification/notification.ts";
import type { SesReceipt, SmsReceipt } from "../../../shared/receipt/payload.ts";
import { findTimeline } from "../../../shared/timeline/find-timeline.ts";
import { applySesReceipt, applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { returnedLetters } from "../../../worker/tasks/letters/returned-letters.ts";
import { forget, historyOf } from "../../support/history.ts";
import { jobsAbout, type NotificationFacts } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  const { sql, cipher, service, sandbox } = world;
  for (const type of ["complaint", "returned_letter"] as const) {
    const url = `${sandbox.url}/callback`;
    await setCallback(sql, cipher, { serviceId: service.id, type, url, bearerToken: crypto.randomUUID() });
  }
});

afterAll(() => world[Symbol.asyncDispose]());

const receivedAt = new Date().toISOString();

function smsReceipt(reference: string, over: Partial<SmsReceipt> = {}): SmsReceipt {
  const rest = { providerStatus: "3", detail: null, deliveredAt: null, receivedAt } as const;
  return { v: 1, provider: "mmg", reference, ...rest, ...over };
}

const email = { v: 1, provider: "ses", mailedAt: receivedAt, happenedAt: receivedAt, receivedAt } as const;

/** One of which its history alone is left. */
async function old(channel: Channel, status: Status, facts: NotificationFacts = {}) {
  const reference = `ref-${crypto.randomUUID()}`;
  const id = await world.notification({ channel, status, reference, clientReference: "client-1", ...facts });
  await forget(world.sql, id);
  return { id, reference };
}

const left = async (id: string) => (await historyOf(world.sql, [id])).get(id);

/** What the service is told, and about what. */
async function toldOf(subjectId: string): Promise<Record<string, unknown>[]> {
  const jobs = await jobsAbout(world.sql, "service-callbacks", subjectId);
  return await Promise.all(
    jobs.map(async ({ data }) =>
      JSON.parse(await world.cipher.decrypt(String(data.body), callbackBodyOf(subjectId))),
    ),
  );
}

describe("of what is history", () => {
  test("a text's receipt changes the status and is told, though nobody knows to whom it went", async () => {
    const { id } = await old("sms", "sent");

    for (let times = 0; times < 2; times++) await applySmsReceipt(smsReceipt(id), world.deps);

    expect(await left(id)).toMatchObject({ status: "delivered", updatedAt: expect.any(Date) });
    expect(await toldOf(id)).toMatchObject([
      { id, to: null, status: "delivered", reference: "client-1", notification_type: "sms" },
    ]);
  });

  test("a receipt moves nothing that had ended", async () => {
    const { id } = await old("sms", "temporary-failure");
    const before = await left(id);

    await applySmsReceipt(smsReceipt(id), world.deps);

    expect(await left(id)).toEqual(before);
    expect(await toldOf(id)).toEqual([]);
  });

  test("SNS's receipt finds a text by its reference", async () => {
    const { id, reference } = await old("sms", "sending");

    await applySmsReceipt(
      smsReceipt(reference, {
        provider: "sns",
        providerStatus: "SUCCESS",
        detail: "Message has been accepted by phone",
      }),
      world.deps,
    );

    expect(await left(id)).toMatchObject({ status: "delivered" });
  });

  test("a country that sends no receipts is still not believed", async () => {
    const [silent, speaking] = await Promise.all(
      ["1", "33"].map(async (prefix) => {
        const id = await world.notification({
          status: "sent",
          international: true,
          normalisedTo: `${prefix}1`,
        });
        await world.sql`update notifications set phone_prefix = ${prefix} where id = ${id}`;
        await forget(world.sql, id);
        return id;
      }),
    );

    for (const id of [silent ?? "", speaking ?? ""]) await applySmsReceipt(smsReceipt(id), world.deps);

    expect((await left(speaking ?? ""))?.status).toBe("delivered");
    expect((await left(silent ?? ""))?.status).toBe("sent");
  });

  test("a bounce and a complaint find their email by its reference", async () => {
    const bounced = await old("email", "sending");
    const bounce: SesReceipt = {
      ...email,
      ...{ type: "bounce", reference: bounced.reference, eventId: crypto.randomUUID() },
      ...{ bounceType: "Permanent", bounceSubType: "General", remoteMtaIp: null },
    };
    const disliked = await old("email", "delivered");
    const complaint: SesReceipt = {
      ...email,
      ...{ type: "complaint", reference: disliked.reference, eventId: crypto.randomUUID() },
      ...{ feedbackId: "feedback", complaintType: "abuse" },
    };

    for (let times = 0; times < 2; times++) {
      await applySesReceipt(bounce, world.deps);
      await applySesReceipt(complaint, world.deps);
    }

    expect((await left(bounced.id))?.status).toBe("permanent-failure");
    expect(await toldOf(bounced.id)).toMatchObject([{ status: "permanent-failure", to: null }]);
    const stored = await world.sql<{ id: string; serviceId: string }[]>`
      select id, service_id as "serviceId" from complaints where notification_id = ${disliked.id}`;
    expect([...stored]).toEqual([{ id: expect.any(String), serviceId: world.service.id }]);
    expect(await toldOf(stored[0]?.id ?? "")).toMatchObject([
      { notification_id: disliked.id, to: null, reference: "client-1" },
    ]);
    expect((await left(disliked.id))?.status).toBe("delivered");
  });

  test("a letter that comes back is noted and told", async () => {
    const id = await world.notification({ channel: "letter", status: "delivered" });
    const reference = newLetterReference();
    await world.sql`update letters set reference = ${reference} where notification_id = ${id}`;
    await forget(world.sql, id);

    await returnedLetters({ references: [reference], reportedAt: "2026-11-21" }, world.deps, never);

    expect((await left(id))?.status).toBe("returned-letter");
    expect(await world.sql`select from returned_letters where notification_id = ${id}`).toHaveLength(1);
    expect(await toldOf(id)).toMatchObject([{ notification_id: id }]);
  });

  test("changes go together with those of live ones, each answered in its place", async () => {
    const history = await old("sms", "sending");
    const moved = await old("sms", "delivered");
    const live = await world.notification({ status: "sending" });
    const base = {
      from: "sending",
      to: "delivered",
      reason: null,
      by: null,
      steps: [],
      callback: null,
    } as const;
    const change = (id: string, isHistory: boolean) => ({ ...base, id, isHistory, at: new Date() });

    const changed = await changeStatuses(world.sql, [
      change(moved.id, true),
      change(live, false),
      change(crypto.randomUUID(), false),
      change(history.id, true),
    ]);

    expect(changed).toEqual([false, true, false, true]);
    const found = await findChangeable(world.sql, [live, history.id]);
    expect(found.map((one) => [one?.status, one?.to === null])).toEqual([
      ["delivered", false],
      ["delivered", true],
    ]);
  });

  test("the timeline still says what it was and when it was accepted", async () => {
    const createdAt = new Date("2026-08-01T09:00:00Z");
    const { id } = await old("sms", "delivered", { createdAt });

    expect(await findTimeline(world.sql, id)).toEqual({
      id,
      serviceId: world.service.id,
      channel: "sms",
      status: "delivered",
      events: [{ kind: "accepted", at: createdAt }],
    });
  });
});
