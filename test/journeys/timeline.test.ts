import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import * as v from "valibot";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const secret = "a-secret-of-operators";
let world: World;

beforeAll(async () => {
  world = await openWorld({ env: { ADMIN_CLIENT_SECRETS: `an-older-secret-of-them,${secret}` } });
});

afterEach(() => world.sandbox.clearFaults());

afterAll(() => world[Symbol.asyncDispose]());

const Sent = v.object({ id: v.string() });
const Timeline = v.object({
  data: v.looseObject({
    status: v.string(),
    timeline: v.array(v.looseObject({ event: v.string(), at: v.string() })),
  }),
});

async function timelineOf(id: string) {
  const token = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
  const response = await fetch(`${world.apiUrl}/notifications/${id}/timeline`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return v.parse(Timeline, await response.json()).data;
}

async function withCallback(id: string, outcome = "delivered") {
  return await until(async () => {
    const found = await timelineOf(id);
    return found.timeline.some((event) => event.event === "callback" && event.outcome === outcome)
      ? found
      : null;
  }, "the service was told");
}

const personalisation = { name: "Ada", day: "Monday" };
const ms = expect.any(Number);

describe("the timeline", () => {
  test("of a text that one provider could not take tells it all, but not whom it was for", async () => {
    for (const provider of ["mmg", "firetext"] as const) {
      const body = '{"Error":1,"Description":"447700900123 is busy"}';
      world.sandbox.setFault({ provider, status: 503, body, count: 1 });
    }
    world.sandbox.setFault({ provider: "callback", delay_ms: 50, count: 1 });
    const { templates } = world.service;
    // The second attempt follows at once, and meets the other's fault; the third would wait five minutes.
    const { data } = await world.client().sendSms(templates.sms, "07700 900123", { personalisation });
    const { id } = v.parse(Sent, data);
    await until(async () => {
      const { count } = await world.sql`
        update pgboss.job set start_after = now()
        where name = 'deliver-sms' and state = 'retry' and start_after > now() + interval '4 minutes'`;
      return count === 1;
    }, "two attempts have failed");
    await world.sql`select pg_notify('pillarbox_jobs', 'deliver-sms')`;

    const { status, timeline } = await withCallback(id);

    expect(status).toBe("delivered");
    const [accepted, first, second, third, receipt, callback, ...rest] = timeline;
    expect(rest).toEqual([]);
    expect(accepted).toMatchObject({ event: "accepted" });
    for (const attempt of [first, second]) {
      expect(attempt).toMatchObject({ event: "attempt", outcome: "unavailable", duration_ms: ms });
      expect(attempt?.words).toContain("503");
    }
    expect(new Set([first?.provider, second?.provider])).toEqual(new Set(["mmg", "firetext"]));
    expect(third).toMatchObject({ event: "attempt", outcome: "accepted", duration_ms: ms, words: null });
    expect(receipt).toMatchObject({ event: "receipt", provider: third?.provider, status: "delivered" });
    expect(callback).toMatchObject({
      event: "callback",
      type: "delivery_status",
      attempt: 1,
      outcome: "delivered",
      status_code: 200,
    });
    expect(callback?.duration_ms).toBeGreaterThanOrEqual(45);
    expect(JSON.stringify(timeline)).not.toMatch(/7700.?900123|Ada|Monday/);
  });

  test("of an email that bounced says in whose words", async () => {
    const { data } = await world
      .client(world.service.keys.test)
      .sendEmail(world.service.templates.email, "perm-fail@simulator.notify", { personalisation });

    const { status, timeline } = await withCallback(v.parse(Sent, data).id);

    expect(status).toBe("permanent-failure");
    expect(timeline).toMatchObject([
      { event: "accepted" },
      // A test key's: nobody was asked.
      { event: "attempt", provider: "ses", outcome: "accepted", duration_ms: null },
      {
        event: "receipt",
        provider: "ses",
        code: "bounce",
        reason: "Permanent General",
        status: "permanent-failure",
      },
      { event: "callback", outcome: "delivered" },
    ]);
    expect(JSON.stringify(timeline)).not.toContain("simulator");
  });

  test("holds a callback that its receiver refuses, and one that it cannot take", async () => {
    const { templates } = world.service;
    const ends = new Map<string, string>();
    for (const [status, outcome] of [
      [404, "refused"],
      [503, "failed"],
    ] as const) {
      world.sandbox.setFault({ provider: "callback", status, count: 1 });
      const { data } = await world.client().sendSms(templates.sms, "07700 900123", { personalisation });
      const { id } = v.parse(Sent, data);
      const { timeline } = await withCallback(id, outcome);
      ends.set(outcome, JSON.stringify(timeline.at(-1)));
    }

    expect(JSON.parse(ends.get("refused") ?? "")).toMatchObject({ status_code: 404, detail: "Answered 404" });
    expect(JSON.parse(ends.get("failed") ?? "")).toMatchObject({ attempt: 1, status_code: 503 });
    const retries = await world.sql`select from pgboss.job where name = 'service-callbacks-retry'`;
    expect(retries).toHaveLength(1);
  });
});
