import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { countLiveServices } from "../../../shared/service/queries.ts";
import { createService, setServiceActive } from "../../../shared/service/setup.ts";
import { findSenderName, storeUnsubscribeRequest } from "../../../shared/unsubscribe/queries.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const at = new Date("2026-08-01T09:30:00.123Z");

const requestsAbout = (id: string) => world.sql`
  select notification_id as "notificationId", service_id as "serviceId", template_id as "templateId",
    template_version as "templateVersion", email_address as "emailAddress", created_at as "createdAt"
  from unsubscribe_requests where notification_id = ${id}`;

describe("storeUnsubscribeRequest", () => {
  test("notes one request however often it is asked, at once too", async () => {
    const { sql, service } = world;
    const id = await world.notification({ channel: "email", to: "Ada@Example.com" });

    const together = await Promise.all([1, 2, 3, 4].map(() => storeUnsubscribeRequest(sql, id, at)));
    const again = await storeUnsubscribeRequest(sql, id, new Date());

    expect([...together, again]).toEqual([true, true, true, true, true]);
    expect([...(await requestsAbout(id))]).toEqual([
      {
        notificationId: id,
        serviceId: service.id,
        templateId: service.templates.email,
        templateVersion: 1,
        emailAddress: "Ada@Example.com",
        createdAt: at,
      },
    ]);
  });

  test("still knows an email that was deleted since, but not one that it never knew", async () => {
    const { sql } = world;
    const known = await world.notification({ channel: "email" });
    const unknown = await world.notification({ channel: "email" });
    await storeUnsubscribeRequest(sql, known, at);
    await sql`delete from notifications where id in (${known}, ${unknown})`;

    expect(await storeUnsubscribeRequest(sql, known, at)).toBe(true);
    expect(await findSenderName(sql, known)).toBe("Town Hall");
    expect(await storeUnsubscribeRequest(sql, unknown, at)).toBe(false);
    expect(await findSenderName(sql, unknown)).toBeNull();
    expect(await requestsAbout(unknown)).toHaveLength(0);
  });

  test("knows emails alone", async () => {
    const id = await world.notification({ channel: "sms" });

    expect(await storeUnsubscribeRequest(world.sql, id, at)).toBe(false);
    expect(await findSenderName(world.sql, id)).toBeNull();
  });
});

test("live services are those neither archived nor in trial mode", async () => {
  const { sql } = world;
  const before = await countLiveServices(sql);
  const add = (name: string, restricted: boolean) =>
    createService(sql, { name, restricted, smsSender: "Town", replyTo: null });

  await add("Live", false);
  await add("Trial", true);
  await setServiceActive(sql, await add("Archived", false), false);

  expect(await countLiveServices(sql)).toBe(before + 1);
});
