import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { letterKey, sealLetter } from "../../../shared/letter/files.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { findOld, moveToHistory } from "../../../shared/retention/delete.ts";
import { deletionJob, listDueServices } from "../../../shared/retention/due.ts";
import { setRetention } from "../../../shared/retention/queries.ts";
import { deleteNotifications } from "../../../worker/tasks/retention/delete-notifications.ts";
import { historyOf, liveOf } from "../../support/history.ts";
import type { NotificationFacts } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

/** In summer London's day begins at 23:00 UTC the day before. */
const now = new Date("2026-08-05T03:00:00Z");
const weekAgo = "2026-07-28T23:00:00Z";
const dayMs = 24 * 3_600_000;

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, notification_history, letters, files, service_data_retention`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const made = (facts: NotificationFacts) => world.notification({ status: "delivered", ...facts });
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
const before = (at: string, ms: number) => new Date(new Date(at).getTime() - ms);
const live = (...ids: string[]) => liveOf(world.sql, ids);

/** What the night does, for all services. */
async function deleteAll(deps = world.newDeps({ now: () => now }), signal = never): Promise<void> {
  for (const due of await listDueServices(world.sql, now)) {
    await deleteNotifications((await deletionJob(due, now)).data, deps, signal);
  }
}

async function keep(type: "sms" | "email" | "letter", days: number, serviceId = world.service.id) {
  await setRetention(world.sql, { id: crypto.randomUUID(), serviceId, type, days, at: now });
}

async function letter(facts: NotificationFacts): Promise<string> {
  const id = await made({ channel: "letter", ...facts });
  const { storage, cipher } = world.deps;
  const pdf = new Uint8Array([1, 2, 3]);
  await storage.put([
    await sealLetter(cipher, id, "original", pdf),
    await sealLetter(cipher, id, "letter", pdf),
  ]);
  return id;
}

const filesOf = async (id: string) => {
  const keys = [letterKey(id, "original"), letterKey(id, "letter")];
  return (await world.deps.storage.getMany(keys)).size;
};

describe("the nightly deletion", () => {
  test("takes what was made before London's midnight a week ago, to the millisecond", async () => {
    const old = await made({ createdAt: before(weekAgo, 1) });
    const young = await made({ createdAt: new Date(weekAgo) });

    await deleteAll();

    expect(await live(old, young)).toEqual([young]);
  });

  test("keeps each type of each service as long as it says", async () => {
    const other = await world.addService("Other");
    await keep("sms", 3);
    await keep("email", 90);
    const facts = [
      { channel: "sms", createdAt: daysAgo(2.9) },
      { channel: "sms", createdAt: daysAgo(4) },
      { channel: "email", createdAt: daysAgo(89) },
      { channel: "email", createdAt: daysAgo(91) },
      { channel: "letter", createdAt: daysAgo(6) },
      { channel: "letter", createdAt: daysAgo(8) },
      { channel: "sms", createdAt: daysAgo(4), serviceId: other.id },
      { channel: "email", createdAt: daysAgo(8), serviceId: other.id },
    ] as const;
    const ids: string[] = [];
    for (const fact of facts) ids.push(await made(fact));

    await deleteAll();

    expect((await live(...ids)).map((id) => ids.indexOf(id))).toEqual([0, 2, 4, 6]);
  });

  test("leaves in the history what says nothing about anybody", async () => {
    const createdAt = daysAgo(8);
    const id = await made({
      channel: "email",
      keyType: "team",
      createdAt,
      reference: "ses-1",
      clientReference: "client-1",
      billableUnits: 0,
    });

    await deleteAll();

    const [row] = await world.sql`select * from notification_history`;
    expect(row).toMatchObject({
      id,
      service_id: world.service.id,
      template_id: world.service.templates.email,
      template_version: 1,
      key_type: "team",
      notification_type: "email",
      status: "delivered",
      client_reference: "client-1",
      reference: "ses-1",
      created_at: createdAt,
      sent_at: createdAt,
      sent_by: "ses",
    });
    const columns = Object.keys(row ?? {});
    for (const personal of ["recipient", "normalised_to", "personalisation", "reply_to_text", "timeline"]) {
      expect(columns).not.toContain(personal);
    }
    expect(JSON.stringify(row)).not.toContain("Ada");
  });

  test("leaves nothing of test keys", async () => {
    const id = await made({ keyType: "test", createdAt: daysAgo(8) });
    const letterId = await letter({ keyType: "test", createdAt: daysAgo(8) });

    await deleteAll();

    expect(await live(id, letterId)).toEqual([]);
    expect(await historyOf(world.sql, [id, letterId])).toEqual(new Map());
    expect(await filesOf(letterId)).toBe(0);
  });

  test("moves texts and emails that were never sent as they are, unless a worker is about to send them", async () => {
    const stuck = await made({ status: "created", createdAt: daysAgo(8) });
    const claimed = await made({ status: "created", createdAt: daysAgo(8) });
    await world.sql`update notifications set claimed_until = ${new Date(now.getTime() + 1000)} where id = ${claimed}`;

    await deleteAll();

    expect(await live(stuck, claimed)).toEqual([claimed]);
    expect((await historyOf(world.sql, [stuck])).get(stuck)?.status).toBe("created");
  });

  test("deletes the PDFs of finished letters, and keeps unfinished ones whole whatever their age", async () => {
    const statuses: Status[] = ["pending-virus-check", "created", "sending"];
    const ended: Status[] = [
      "delivered",
      "cancelled",
      "technical-failure",
      "virus-scan-failed",
      "returned-letter",
    ];
    const unfinished = await Promise.all(
      statuses.map((status) => letter({ status, createdAt: daysAgo(80) })),
    );
    const finished = await Promise.all(ended.map((status) => letter({ status, createdAt: daysAgo(8) })));
    await world.sql`update letters set address = 'sealed'`;

    await deleteAll();

    expect(await live(...unfinished, ...finished)).toEqual(unfinished);
    expect(await Promise.all(unfinished.map(filesOf))).toEqual([2, 2, 2]);
    expect(await Promise.all(finished.map(filesOf))).toEqual([0, 0, 0, 0, 0]);
    const rows = await world.sql<{ id: string; address: string | null; settled: boolean }[]>`
      select notification_id as id, address, settled_at is not null as settled from letters`;
    const left = new Map(rows.map(({ id, ...row }) => [id, row]));
    for (const id of finished) expect(left.get(id)).toEqual({ address: null, settled: true });
    for (const id of unfinished) expect(left.get(id)).toEqual({ address: "sealed", settled: false });
  });

  test("goes through more than one batch, past what it keeps", async () => {
    const { id: service, templates } = world.service;
    await keep("email", 90);
    await world.sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, created_at)
      select gen_random_uuid(), ${service}, ${templates.sms}, 1, 'normal',
        case when n % 2 = 0 then 'sms' else 'email' end, 'delivered', 'somebody',
        ${daysAgo(8)}::timestamptz + n / 10 * interval '1 microsecond'
      from generate_series(1, 5000) n`;

    await deleteAll();

    const [counts] = await world.sql`
      select (select count(*)::int from notifications where notification_type = 'email') as emails,
        (select count(*)::int from notifications where notification_type = 'sms') as texts,
        (select count(*)::int from notification_history) as history`;
    expect(counts).toEqual({ emails: 2500, texts: 0, history: 2500 });
  });

  test("goes on where a run that was stopped or failed has left it", async () => {
    const ids = await Promise.all([8, 9, 10].map((days) => letter({ createdAt: daysAgo(days) })));
    const abort = new AbortController();
    abort.abort(new Error("The worker is stopping"));
    const { storage } = world.deps;
    const broken = {
      ...storage,
      delete: async (keys: readonly string[]) => {
        await storage.delete(keys.slice(0, 2));
        throw new Error("Storage is away");
      },
    };

    await expect(deleteAll(undefined, abort.signal)).rejects.toThrow("stopping");
    await expect(deleteAll(world.newDeps({ now: () => now, storage: broken }))).rejects.toThrow("away");
    expect(await live(...ids)).toEqual(ids);
    await deleteAll();

    expect(await live(...ids)).toEqual([]);
    expect((await historyOf(world.sql, ids)).size).toBe(3);
  });

  test("loses nothing that is changed meanwhile: what is deleted is the row as it is then", async () => {
    const id = await made({ status: "sent", createdAt: daysAgo(8) });
    const locked = Promise.withResolvers<void>();
    const changed = Promise.withResolvers<void>();
    const change = world.sql.begin(async (tx) => {
      await tx`update notifications set status = 'delivered' where id = ${id}`;
      locked.resolve();
      await changed.promise;
    });
    await locked.promise;

    const moving = moveToHistory(world.sql, [id], now);
    changed.resolve();
    await Promise.all([change, moving]);

    expect((await historyOf(world.sql, [id])).get(id)?.status).toBe("delivered");
  });

  test("moves each once though two workers do it at the same time", async () => {
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, n) => made({ createdAt: daysAgo(8 + n / 100) })),
    );

    const done = await Promise.all([
      moveToHistory(world.sql, ids, now),
      moveToHistory(world.sql, ids.toReversed(), now),
    ]);

    expect(done.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(40);
    expect((await historyOf(world.sql, ids)).size).toBe(40);
  });

  test("is a look at an index, and no statement looks at more than it was told", async () => {
    const since = { sms: now, email: now, letter: now };
    const ids = await Promise.all([11, 10, 9].map((days) => made({ createdAt: daysAgo(days) })));
    const of = { serviceId: world.service.id, since, now, limit: 2 };

    const first = await findOld(world.sql, { ...of, after: null });
    const second = await findOld(world.sql, { ...of, after: first.next });

    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(second).toEqual({ ids: ids.slice(2), letterIds: [], next: null });
  });
});
