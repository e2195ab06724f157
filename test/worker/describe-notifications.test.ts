import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { findNotifications } from "../../shared/notification/find-notifications.ts";
import type { NotificationSearch } from "../../shared/notification/search-conditions.ts";
import { recipientTermsOf, referenceTermsOf } from "../../shared/notification/search-terms.ts";
import { deletionJob, listDueServices } from "../../shared/retention/due.ts";
import { maintain } from "../../worker/tasks/maintain.ts";
import { deleteNotifications } from "../../worker/tasks/retention/delete-notifications.ts";
import { forget } from "../support/history.ts";
import { everythingOf } from "../support/search.ts";
import { openWorld, type World } from "../support/world.ts";
import { never } from "./providers/provider-server.ts";

const now = new Date("2026-08-05T03:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const dayMinutes = 24 * 60;

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, notification_history, search_blocks, failed_notifications, task_runs`;
  await world.sql`update search_progress set described_until = '-infinity'`;
});

afterAll(() => world[Symbol.asyncDispose]());

/** What the schedule's job does. */
async function run(at = now): Promise<string | null> {
  const deps = world.newDeps({ now: () => at });
  const dueAt = at.toISOString();
  await world.sql`insert into task_runs (task, due_at) values ('describe-notifications', ${dueAt})`;
  await maintain({ task: "describe-notifications", dueAt }, deps, never);
  const [done] = await world.sql<{ detail: string | null }[]>`
    select detail from task_runs where task = 'describe-notifications' and due_at = ${dueAt}`;
  return done?.detail ?? null;
}

async function find(search: Partial<NotificationSearch>, serviceId: string | null = world.service.id) {
  const page = { olderThan: null, limit: 50 };
  const { found } = await findNotifications(world.sql, { ...everythingOf(serviceId), ...search }, page);
  return found;
}

const idsOf = async (search: Partial<NotificationSearch>, serviceId?: string | null) =>
  (await find(search, serviceId)).map(({ id }) => id);

const byRecipient = (typed: string) => ({
  terms: [recipientTermsOf(typed, null)].flatMap((one) => one ?? []),
});

describe("describe-notifications", () => {
  test("describes once what is older than two minutes; all is found before and after", async () => {
    const old = await world.notification({ createdAt: ago(3), status: "delivered" });
    const young = await world.notification({ createdAt: ago(1), status: "delivered" });

    const before = await idsOf(byRecipient("07700 900123"));
    const details = [await run(), await run(new Date(now.getTime() + 1000))];

    expect(before).toEqual([young, old]);
    expect(await idsOf(byRecipient("900123"))).toEqual([young, old]);
    expect(details).toEqual([
      "Described notifications in 1 blocks, and looked at 0 again",
      "Described notifications in 0 blocks, and looked at 0 again",
    ]);
  });

  test("looks again after ten minutes, then ever less often until all is known of a block's", async () => {
    const id = await world.notification({ createdAt: ago(3), status: "sending" });
    await run();
    const looks = async (at: Date) => Number(/looked at (\d+)/.exec((await run(at)) ?? "")?.[1]);

    expect(await looks(ago(-9))).toBe(0);
    expect(await looks(ago(-10))).toBe(1);
    expect(await idsOf({ statuses: ["sending"] })).toEqual([id]);
    expect(await looks(ago(-22))).toBe(0);
    await world.sql`update notifications set status = 'delivered' where id = ${id}`;
    expect(await looks(ago(-23))).toBe(1);
    expect(await looks(ago(-10 * dayMinutes))).toBe(0);
    expect(await idsOf({ statuses: ["sending"] })).toEqual([]);
  });

  test("leaves nothing of whom messages went to once they are deleted", async () => {
    const old = { createdAt: ago(10 * dayMinutes), to: "gone@example.com", channel: "email" } as const;
    await world.notification({ ...old, status: "delivered" });
    await world.notification({ ...old, status: "permanent-failure" });
    const kept = await world.notification({
      createdAt: ago(dayMinutes),
      channel: "email",
      status: "delivered",
    });
    await run();
    expect((await find(byRecipient("gone@"))).length).toBe(2);

    for (const due of await listDueServices(world.sql, now)) {
      const deps = world.newDeps({ now: () => now });
      await deleteNotifications((await deletionJob(due, now)).data, deps, never);
    }

    const blocks = await world.sql`select row_count, recipients from search_blocks`;
    expect([...blocks]).toEqual([{ row_count: 1, recipients: "ada@example.com" }]);
    expect((await world.sql`select from failed_notifications`).length).toBe(0);
    expect(await idsOf({})).toEqual([kept]);
  });
});

describe("findNotifications", () => {
  test("shows what a list shows", async () => {
    const createdAt = ago(3);
    const id = await world.notification({ createdAt, clientReference: "Case 1", status: "sending" });

    const [found] = await find({ terms: [referenceTermsOf("case 1")].flatMap((one) => one ?? []) });

    expect(found).toEqual({
      id,
      serviceId: world.service.id,
      serviceName: "Town Hall",
      channel: "sms",
      status: "sending",
      keyType: "normal",
      to: "07700 900123",
      clientReference: "Case 1",
      templateId: world.service.templates.sms,
      templateName: "Text",
      batch: null,
      createdAt,
      sentAt: createdAt,
      updatedAt: null,
      isHistory: false,
    });
  });

  test("finds by its id what only its history is left of, but not by whom it went to", async () => {
    const id = await world.notification({
      status: "delivered",
      clientReference: "Case 1",
      createdAt: ago(3),
    });
    await forget(world.sql, id);

    expect(await find({ id })).toMatchObject([{ id, to: null, isHistory: true, clientReference: "Case 1" }]);
    expect(await idsOf({ id }, null)).toEqual([id]);
    expect(await idsOf({ id, ...byRecipient("900123") })).toEqual([]);
    expect(await idsOf({ id, statuses: ["sending"] })).toEqual([]);
  });

  test("finds for a service only its own, whatever of others it names; for all services everything", async () => {
    const other = await world.addService(`Library ${crypto.randomUUID()}`);
    const templateId = other.templates.sms;
    const facts = {
      serviceId: other.id,
      templateId,
      status: "permanent-failure",
      clientReference: "Theirs",
    } as const;
    const described = await world.notification({ ...facts, createdAt: ago(3) });
    const young = await world.notification({ ...facts, createdAt: ago(1) });
    const gone = await world.notification({ ...facts, createdAt: ago(4) });
    await forget(world.sql, gone);
    await run();

    const searches: Partial<NotificationSearch>[] = [
      {},
      { id: described },
      { id: young },
      { id: gone },
      { templateId },
      { statuses: ["permanent-failure"] },
      { terms: [{ recipients: ["900123"], reference: "theirs" }] },
    ];
    for (const search of searches) expect({ search, ids: await idsOf(search) }).toEqual({ search, ids: [] });
    for (const search of searches.filter(({ id }) => id === undefined)) {
      expect(await idsOf(search, other.id)).toEqual([young, described]);
      expect(await idsOf(search, null)).toEqual([young, described]);
    }
  });
});
