import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  findNotification,
  listNotifications,
  type NotificationQuery,
} from "../../../shared/notification/queries.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

describe("findNotification", () => {
  test("answers with the personalisation readable and its version of the template", async () => {
    const id = await world.notification({ clientReference: "ref", status: "delivered" });
    await world.sql`update templates set content = 'New', version = 2 where id = ${world.service.templates.sms}`;

    const found = await findNotification(world.sql, world.cipher, world.service.id, id);

    expect(found).toMatchObject({
      id,
      channel: "sms",
      status: "delivered",
      to: "07700 900123",
      clientReference: "ref",
      personalisation: '{"name":"Ada","day":"Monday"}',
      template: { version: 1, content: "Hello ((name)), come on ((day))" },
    });
  });

  test("answers null for another service's", async () => {
    const other = await world.addService("Other");
    const id = await world.notification({ serviceId: other.id });

    expect(await findNotification(world.sql, world.cipher, world.service.id, id)).toBeNull();
    expect(await findNotification(world.sql, world.cipher, world.service.id, crypto.randomUUID())).toBeNull();
  });
});

describe("listNotifications", () => {
  async function openShelf() {
    const { id: serviceId } = await world.addService(`Shelf ${crypto.randomUUID()}`);
    const add = (minute: number, facts = {}) =>
      world.notification({ serviceId, createdAt: new Date(Date.UTC(2026, 7, 1, 12, minute)), ...facts });
    const list = async (over: Partial<NotificationQuery> = {}) => {
      const rest = {
        statuses: null,
        types: null,
        reference: null,
        includeJobs: true,
        olderThan: null,
      } as const;
      const query = { serviceId, keyType: "normal", limit: 250, ...rest, ...over } as const;
      return (await listNotifications(world.sql, world.cipher, query)).map(({ id }) => id);
    };
    return { add, list };
  }

  test("begins with the newest and goes on exactly where a page ended, though many came at once", async () => {
    const { add, list } = await openShelf();
    for (const minute of [1, 2, 2, 2, 2, 2, 3]) await add(minute);
    const all = await list();

    const pages: string[][] = [];
    let olderThan: string | null = null;
    do {
      const page: string[] = await list({ olderThan, limit: 2 });
      pages.push(page);
      olderThan = page.at(-1) ?? null;
    } while (olderThan !== null);

    expect(all).toHaveLength(7);
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 2, 1, 0]);
    expect(pages.flat()).toEqual(all);
  });

  test("answers nothing older than what is not there or not theirs", async () => {
    const { add, list } = await openShelf();
    await add(1);
    const theirs = await world.notification();

    expect(await list({ olderThan: crypto.randomUUID() })).toEqual([]);
    expect(await list({ olderThan: theirs })).toEqual([]);
  });

  test("answers what was asked for and nothing else", async () => {
    const { add, list } = await openShelf();
    const text = await add(1);
    const delivered = await add(2, { status: "delivered", clientReference: "mine" });
    const email = await add(3, { channel: "email", status: "sending" });
    const tested = await add(4, { keyType: "test" });

    expect(await list()).toEqual([email, delivered, text]);
    expect(await list({ keyType: "test" })).toEqual([tested]);
    expect(await list({ statuses: ["delivered", "sending"] })).toEqual([email, delivered]);
    expect(await list({ types: ["sms"] })).toEqual([delivered, text]);
    expect(await list({ reference: "mine" })).toEqual([delivered]);
    expect(await list({ limit: 1 })).toEqual([email]);
  });
});
