import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  changeStatuses,
  findChangeable,
  findChangeableByReference,
} from "../../../shared/notification/change.ts";
import type { Change } from "../../../shared/notification/changeable.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const at = new Date("2026-08-05T09:00:00Z");
const row = (id: string) => notificationRow(world.sql, id);
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);

function change(id: string, over: Partial<Change> = {}): Change {
  const callback = {
    name: "service-callbacks",
    data: { v: 1, type: "delivery_status", serviceId: world.service.id, subjectId: id, attempt: 1, body: "" },
    groupId: world.service.id,
  } as const;
  return {
    id,
    isHistory: false,
    from: "sending",
    to: "delivered",
    at,
    reason: null,
    by: "firetext",
    steps: [],
    callback,
    ...over,
  };
}

describe("changeStatuses", () => {
  test("changes those whose status is still what it was, and queues the callbacks of only those", async () => {
    const moves = await world.notification({ status: "sending" });
    const moved = await world.notification({ status: "delivered" });
    const missing = crypto.randomUUID();

    const changed = await changeStatuses(world.sql, [
      change(moved, { to: "pending" }),
      change(missing),
      change(moves),
    ]);

    expect(changed).toEqual([false, false, true]);
    expect(await row(moves)).toMatchObject({ status: "delivered", updatedAt: at, sentBy: "mmg" });
    expect((await row(moved)).status).toBe("delivered");
    expect(await Promise.all([moves, moved, missing].map(callbacksOf))).toMatchObject([
      [{ groupId: world.service.id, data: { subjectId: moves } }],
      [],
      [],
    ]);
  });

  test("makes one of two changes of one notification in one call, with its callback and no other", async () => {
    const id = await world.notification({ status: "sending" });

    const changed = await changeStatuses(world.sql, [
      change(id, { to: "delivered" }),
      change(id, { to: "permanent-failure" }),
    ]);

    expect(changed.filter(Boolean)).toHaveLength(1);
    expect((await row(id)).status).toBe(changed[0] ? "delivered" : "permanent-failure");
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("names the provider where a row does not know it, and ends its claim", async () => {
    const id = await world.notification();
    await world.sql`update notifications set claimed_until = now() + interval '1 hour' where id = ${id}`;

    await changeStatuses(world.sql, [change(id, { from: "created", reason: "so" })]);

    expect(await row(id)).toMatchObject({
      status: "delivered",
      sentBy: "firetext",
      reason: "so",
      claimed: false,
    });
  });

  test("changes nothing at all where one callback's queue does not exist", async () => {
    const ids = [
      await world.notification({ status: "sending" }),
      await world.notification({ status: "sending" }),
    ];
    const [first = "", second = ""] = ids;
    const callback = { ...change(second).callback, name: "no-such-queue" } as never;

    const outcome = await changeStatuses(world.sql, [change(first), change(second, { callback })]).catch(
      () => "failed",
    );

    expect(outcome).toBe("failed");
    expect(await Promise.all(ids.map(async (id) => (await row(id)).status))).toEqual(["sending", "sending"]);
    expect(await callbacksOf(first)).toEqual([]);
  });

  test("of two workers' changes of the same rows, each is made by one", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => world.notification({ status: "sending" })),
    );

    const [one, two] = await Promise.all([
      changeStatuses(
        world.sql,
        ids.map((id) => change(id, { to: "delivered" })),
      ),
      changeStatuses(
        world.sql,
        ids.map((id) => change(id, { to: "temporary-failure" })),
      ),
    ]);

    ids.forEach((_, n) => {
      expect([one[n], two[n]].filter(Boolean)).toHaveLength(1);
    });
    for (const id of ids) expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("takes no change for no change", async () => {
    expect(await changeStatuses(world.sql, [])).toEqual([]);
  });
});

describe("what a change must know", () => {
  test("is found in the order asked, null where there is nothing", async () => {
    const first = await world.notification({ channel: "email", status: "sending", reference: "first-1" });
    const second = await world.notification({ channel: "email", status: "sending", reference: "second-1" });
    const missing = crypto.randomUUID();

    const byId = await findChangeable(world.sql, [second, missing, first, second]);
    const byReference = await findChangeableByReference(world.sql, ["second-1", "none", "first-1"]);

    expect(byId.map((found) => found?.id ?? null)).toEqual([second, null, first, second]);
    expect(byReference.map((found) => found?.id ?? null)).toEqual([second, null, first]);
  });

  test("tells whether the service wants to hear", async () => {
    const silent = await world.addService("Silent");
    await world.sql`delete from service_callback_api where service_id = ${silent.id}`;
    const ids = [await world.notification(), await world.notification({ serviceId: silent.id })];

    const found = await findChangeable(world.sql, ids);

    expect(found.map((each) => each?.hasCallback)).toEqual([true, false]);
  });
});
