import { describe, expect, test } from "bun:test";
import type { Admission } from "../../../shared/notification/admission.ts";
import { createAdmit, personalisationOf } from "../../../shared/notification/admit.ts";
import { createService } from "../../../shared/service/setup.ts";
import { admission, cipher, noon, openAdmit, serviceId, stored } from "../../support/admissions.ts";

describe("admitting", () => {
  test("stores the row and its job", async () => {
    await using world = await openAdmit();
    const one = admission();

    expect(await world.admit(one)).toBeNull();

    const [row] = await world.sql`select * from notifications`;
    const [job] = await world.sql`select name, data, group_id, state from pgboss.job`;
    expect(row).toMatchObject({ id: one.notification?.id, status: "created", client_reference: "ref" });
    expect(await cipher.decrypt(row?.personalisation, personalisationOf(row?.id))).toBe('{"name":"Ada"}');
    expect(row?.personalisation).not.toContain("Ada");
    expect(job).toEqual({
      name: "deliver-sms",
      data: { notificationId: row?.id },
      group_id: serviceId,
      state: "created",
    });
  });

  test.each([
    ["normal", "sms", "deliver-sms"],
    ["team", "email", "deliver-email"],
    ["test", "sms", "deliver-research"],
    ["test", "email", "deliver-research"],
  ] as const)("queues what a %s key sends by %s in %s", async (keyType, channel, queue) => {
    await using world = await openAdmit();

    await world.admit(admission({ keyType, channel }));

    expect(await world.sql<{ name: string }[]>`select name from pgboss.job`).toMatchObject([{ name: queue }]);
  });

  test("a burst of a service that sends 3,000 a minute is 999", async () => {
    await using world = await openAdmit();

    const refusals = await Promise.all(
      Array.from({ length: 1005 }, () => world.admit(admission({ dailyLimit: 5000 }))),
    );

    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(999);
    expect(refusals.filter((refusal) => refusal === "rate")).toHaveLength(6);
    expect(await stored(world.sql)).toEqual({ notifications: 999, jobs: 999 });
  });

  test("tokens come back with time, whole ones only, and no part of a second is lost", async () => {
    let at = noon;
    await using world = await openAdmit({ now: () => at });
    const one = () => world.admit(admission({ rateLimit: 60 }));
    const burst = await Promise.all(Array.from({ length: 30 }, one));

    // 60 a minute: capacity 21, a burst of 20, then one each second.
    const later: unknown[] = [];
    for (const ms of [600, 1200, 1800, 2400, 3000]) {
      at = new Date(noon.getTime() + ms);
      later.push(await one());
    }

    expect(burst.filter((refusal) => refusal === null)).toHaveLength(20);
    // The bucket must hold one after its request has taken one.
    expect(later).toEqual(["rate", "rate", "rate", "rate", "rate"]);
    at = new Date(noon.getTime() + 5000);
    expect(await one()).toBeNull();
  });

  test("invalid requests and refused ones use up the rate limit, each key type its own", async () => {
    await using world = await openAdmit();
    const slow = { rateLimit: 9, notification: null };

    // Capacity 4: a burst of 3.
    const invalid = [
      await world.admit(admission(slow)),
      await world.admit(admission(slow)),
      await world.admit(admission(slow)),
    ];
    const valid = await world.admit(admission({ rateLimit: 9 }));
    const other = await world.admit(admission({ rateLimit: 9, keyType: "team" }));

    expect(invalid).toEqual([null, null, null]);
    expect(valid).toBe("rate");
    expect(other).toBeNull();
  });

  test("the daily limit counts what was stored, normal and team keys together, each channel its own", async () => {
    await using world = await openAdmit();
    const limited = (over: Partial<Admission> = {}) => world.admit(admission({ dailyLimit: 3, ...over }));

    const sms = [
      await limited(),
      await limited({ keyType: "team" }),
      await limited({ notification: null }),
      await limited(),
    ];
    const over = [await limited(), await limited({ notification: null }), await limited({ keyType: "team" })];
    const email = await limited({ channel: "email" });

    expect(sms).toEqual([null, null, null, null]);
    expect(over).toEqual(["daily", "daily", "daily"]);
    expect(email).toBeNull();
  });

  test("the limit is exact within one group", async () => {
    await using world = await openAdmit();
    const all = Array.from({ length: 200 }, () => admission({ dailyLimit: 50 }));

    const refusals = await Promise.all(all.map((one) => world.admit(one)));

    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(50);
    expect(refusals.filter((refusal) => refusal === "daily")).toHaveLength(150);
    expect(await stored(world.sql)).toEqual({ notifications: 50, jobs: 50 });
  });

  test("the day ends at midnight UTC", async () => {
    let at = new Date("2026-05-14T23:59:59Z");
    await using world = await openAdmit({ now: () => at });
    const one = () => world.admit(admission({ dailyLimit: 1 }));

    const before = [await one(), await one()];
    at = new Date("2026-05-15T00:00:00Z");
    const after = [await one(), await one()];

    expect([before, after]).toEqual([
      [null, "daily"],
      [null, "daily"],
    ]);
  });

  test("test keys never count, and a limit of 0 refuses them too", async () => {
    await using world = await openAdmit();
    const one = (over: Partial<Admission>) =>
      world.admit(admission({ keyType: "test", dailyLimit: 1, ...over }));

    expect([await one({}), await one({}), await one({})]).toEqual([null, null, null]);
    expect(await one({ dailyLimit: 0 })).toBe("daily");
    expect(await world.admit(admission({ dailyLimit: 1 }))).toBeNull();
  });

  test("the international limit comes after the daily one and counts for both", async () => {
    await using world = await openAdmit();
    const abroad = (over: Partial<Admission> = {}) =>
      world.admit(admission({ countsAsInternational: true, internationalLimit: 2, dailyLimit: 3, ...over }));

    const refusals = [
      await abroad(),
      await abroad(),
      await abroad(),
      await abroad({ countsAsInternational: false }),
    ];
    const last = await abroad();

    expect(refusals).toEqual([null, null, "international", null]);
    expect(last).toBe("daily");
  });

  test("two processes share the limits", async () => {
    await using world = await openAdmit();
    const other = createAdmit({ sql: world.sql, cipher, now: () => noon, timeoutMs: 10_000, files: null });
    const services = Array.from({ length: 10 }, () => crypto.randomUUID());
    const requests = services.flatMap((id) =>
      Array.from({ length: 40 }, () => admission({ serviceId: id, dailyLimit: 10 })),
    );

    const refusals = await Promise.all(requests.map((one, at) => (at % 2 ? other : world.admit)(one)));

    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(100);
    const counted = await world.sql`select sms::int from service_counters`;
    expect(counted.map(({ sms }) => sms)).toEqual(services.map(() => 10));
  });

  test("a row that Postgres cannot hold fails alone, not its group", async () => {
    await using world = await openAdmit();
    const bad = admission();
    if (bad.notification) bad.notification.clientReference = "nul \u0000";
    const group = [admission(), bad, admission(), admission()];

    const results = await Promise.allSettled(group.map((one) => world.admit(one)));

    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(await stored(world.sql)).toEqual({ notifications: 3, jobs: 3 });
  });

  test("keeps the files of what is stored until they expire, and no others", async () => {
    await using world = await openAdmit();
    const tomorrow = new Date("2026-05-15T12:00:00Z");
    const inAYear = new Date("2027-05-14T12:00:00Z");
    const service = await createService(world.sql, {
      name: "Town Hall",
      restricted: true,
      smsSender: "TownHall",
      replyTo: null,
    });
    const ids = Array.from({ length: 4 }, () => crypto.randomUUID());
    await world.sql`
      insert into documents (id, service_id, mime_type, size, key_hash, expires_at)
      select id, ${service}, 'text/plain', 1, '', ${tomorrow} from unnest(${ids}::uuid[]) as id`;
    const [first = "", second = "", refused = "", other = ""] = ids;
    const keep = (...kept: string[]) => kept.map((id) => ({ id, expiresAt: inAYear }));

    const refusals = await Promise.all([
      world.admit(admission({ documents: keep(first, second) })),
      world.admit(admission({ documents: keep(refused), dailyLimit: 0 })),
    ]);

    expect(refusals).toEqual([null, "daily"]);
    const rows = await world.sql<{ id: string; expiresAt: Date }[]>`
      select id, expires_at as "expiresAt" from documents`;
    expect(new Map(rows.map(({ id, expiresAt }) => [id, expiresAt]))).toEqual(
      new Map([
        [first, inAYear],
        [second, inAYear],
        [refused, tomorrow],
        [other, tomorrow],
      ]),
    );
  });
});
