import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { archiveRequests } from "../../../shared/retention/unsubscribe.ts";
import { countLiveServices } from "../../../shared/service/queries.ts";
import { createService, setServiceActive } from "../../../shared/service/setup.ts";
import { findSenderName, storeUnsubscribeRequest } from "../../../shared/unsubscribe/queries.ts";
import { forget } from "../../support/history.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const at = new Date("2026-08-01T09:30:00.123Z");

/** As one made before links held whose they are, unless told otherwise. */
const linkTo = (notificationId: string, emailAddress: string | null = null) => ({
  notificationId,
  emailAddress,
});

const requestsAbout = (id: string) => world.sql`
  select notification_id as "notificationId", service_id as "serviceId", template_id as "templateId",
    template_version as "templateVersion", email_address as "emailAddress", created_at as "createdAt"
  from unsubscribe_requests where notification_id = ${id}`;

describe("storeUnsubscribeRequest", () => {
  test("notes one request however often it is asked, at once too", async () => {
    const { sql, service } = world;
    const id = await world.notification({ channel: "email", to: "Ada@Example.com" });

    const together = await Promise.all([1, 2, 3, 4].map(() => storeUnsubscribeRequest(sql, linkTo(id), at)));
    const again = await storeUnsubscribeRequest(sql, linkTo(id), new Date());

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
    await storeUnsubscribeRequest(sql, linkTo(known), at);
    await sql`delete from notifications where id in (${known}, ${unknown})`;

    expect(await storeUnsubscribeRequest(sql, linkTo(known), at)).toBe(true);
    expect(await findSenderName(sql, linkTo(known))).toBe("Town Hall");
    expect(await storeUnsubscribeRequest(sql, linkTo(unknown), at)).toBe(false);
    expect(await findSenderName(sql, linkTo(unknown))).toBeNull();
    expect(await requestsAbout(unknown)).toHaveLength(0);
  });

  test("knows one that is history by a link that says whose it was, and by no other", async () => {
    const { sql, service } = world;
    const id = await world.notification({ channel: "email", to: "ada@example.com", status: "delivered" });
    const text = await world.notification({ channel: "sms", status: "delivered" });
    await forget(sql, id, text);

    for (const link of [linkTo(id), linkTo(text, "ada@example.com")]) {
      expect(await storeUnsubscribeRequest(sql, link, at)).toBe(false);
      expect(await findSenderName(sql, link)).toBeNull();
    }
    expect(await findSenderName(sql, linkTo(id, "ada@example.com"))).toBe("Town Hall");
    for (let times = 0; times < 2; times++) {
      expect(await storeUnsubscribeRequest(sql, linkTo(id, "ada@example.com"), at)).toBe(true);
    }
    expect([...(await requestsAbout(id))]).toEqual([
      {
        notificationId: id,
        serviceId: service.id,
        templateId: service.templates.email,
        templateVersion: 1,
        emailAddress: "ada@example.com",
        createdAt: at,
      },
    ]);
    expect(await findSenderName(sql, linkTo(id))).toBe("Town Hall");
  });

  test("believes the row while it is there", async () => {
    const id = await world.notification({ channel: "email", to: "ada@example.com" });

    await storeUnsubscribeRequest(world.sql, linkTo(id, "other@example.com"), at);

    expect(await requestsAbout(id)).toMatchObject([{ emailAddress: "ada@example.com" }]);
  });

  test("notes none anew whose address was forgotten since", async () => {
    const { sql } = world;
    const id = await world.notification({ channel: "email", status: "delivered" });
    await storeUnsubscribeRequest(sql, linkTo(id), at);
    await forget(sql, id);
    await archiveRequests(sql, { madeBefore: new Date(at.getTime() + 1), limit: 100 });

    expect(await storeUnsubscribeRequest(sql, linkTo(id, "ada@example.com"), at)).toBe(true);

    expect(await requestsAbout(id)).toHaveLength(0);
  });

  test("knows emails alone", async () => {
    const id = await world.notification({ channel: "sms" });

    expect(await storeUnsubscribeRequest(world.sql, linkTo(id), at)).toBe(false);
    expect(await findSenderName(world.sql, linkTo(id))).toBeNull();
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
