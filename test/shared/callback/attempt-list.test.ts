import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type AttemptsQuery,
  cursorShape,
  deleteOldAttempts,
  listServiceAttempts,
} from "../../../shared/callback/attempt-list.ts";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { type Cipher, createCipher } from "../../../shared/encryption.ts";
import { createService } from "../../../shared/service/setup.ts";
import { testDatabase } from "../../support/postgres.ts";
import { type AttemptFacts, storeAttempts } from "../../support/told-callbacks.ts";

let database: Awaited<ReturnType<typeof testDatabase>>;
let sql: Pool;
let cipher: Cipher;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  cipher = await createCipher([{ id: "test", bytes: new Uint8Array(32).fill(7) }]);
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

async function serviceWith(attempts: readonly AttemptFacts[]) {
  const name = `Service ${crypto.randomUUID()}`;
  const serviceId = await createService(sql, {
    name,
    restricted: false,
    smsSender: "TownHall",
    replyTo: null,
  });
  return { serviceId, subjects: await storeAttempts({ sql, cipher, serviceId }, attempts) };
}

function list(serviceId: string, query: Partial<AttemptsQuery> = {}) {
  const all = { type: null, outcome: null, since: null, olderThan: null, limit: 100 };
  return listServiceAttempts(sql, cipher, { ...all, serviceId, ...query });
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describe("what a service was told", () => {
  test("is listed with everything that came of it", async () => {
    const at = minutesAgo(3);
    const { serviceId, subjects } = await serviceWith([
      {
        at,
        outcome: "refused",
        status: 404,
        error: null,
        reason: "Answered 404",
        excerpt: "Nöbody 🙂",
        attempt: 2,
      },
    ]);

    expect(await list(serviceId)).toEqual([
      {
        cursor: expect.stringMatching(cursorShape),
        subjectId: subjects[0] ?? "",
        type: "delivery_status",
        attempt: 2,
        at,
        outcome: "refused",
        status: 404,
        error: null,
        address: "192.0.2.7",
        durationMs: 5000,
        detail: "Answered 404",
        excerpt: "Nöbody 🙂",
        replayId: null,
      },
    ]);
  });

  test("is listed newest first, page after page, those of one instant too", async () => {
    const at = minutesAgo(5);
    const facts = Array.from({ length: 25 }, (_, n) => ({ at: n < 20 ? at : minutesAgo(n) }));
    const { serviceId, subjects } = await serviceWith(facts);
    await serviceWith([{ at }]);

    const seen: string[] = [];
    for (let olderThan: string | null = null; ; ) {
      const page = await list(serviceId, { limit: 7, olderThan });
      seen.push(...page.map(({ subjectId }) => subjectId));
      if (page.length < 7) break;
      olderThan = page.at(-1)?.cursor ?? null;
    }

    expect(seen).toEqual([...subjects.slice(0, 20).reverse(), ...subjects.slice(20)]);
  });

  test.each<[string, Partial<AttemptsQuery>, number[]]>([
    ["of a type", { type: "complaint" }, [1]],
    ["delivered", { outcome: "delivered" }, [0, 4]],
    ["failed", { outcome: "failed" }, [2]],
    ["exhausted", { outcome: "exhausted" }, [1, 3]],
    ["since a time", { since: minutesAgo(15) }, [0, 1]],
    ["all", {}, [0, 1, 2, 3, 4, 5]],
    // The third but one was delivered afterwards.
    ["that could not be told in the end", { outcome: "final-failure" }, [1, 5]],
  ])("can be narrowed to what is %s", async (_what, query, expected) => {
    const again = crypto.randomUUID();
    const { serviceId, subjects } = await serviceWith([
      { at: minutesAgo(1), outcome: "delivered" },
      { at: minutesAgo(10), type: "complaint" },
      { at: minutesAgo(20), outcome: "failed" },
      { at: minutesAgo(30), subjectId: again },
      { at: minutesAgo(25), subjectId: again, outcome: "delivered" },
      { at: minutesAgo(40), outcome: "suspended" },
    ]);

    const found = await list(serviceId, query);

    expect(found.map(({ subjectId }) => subjectId).sort()).toEqual(
      expected.map((at) => subjects[at] ?? "").sort(),
    );
  });
});

describe("a receiver's answer", () => {
  test.each<[string, string, string]>([
    ["binary", "\u0001\u0002\ufffd\ufffd\u001b[31m", "\u0001\u0002\ufffd\ufffd\u001b[31m"],
    ["of NULs", "\0\0a\0", "\0\0a\0"],
    ["huge", "x".repeat(5_000_000), "x".repeat(1024)],
    ["cut within a character", `${"x".repeat(1023)}🙂`, `${"x".repeat(1023)}\ufffd`],
    ["JSON and SQL", `{"a":"'; drop table services; --"}`, `{"a":"'; drop table services; --"}`],
    ["with a lone surrogate", "a\ud800b", "a\ufffdb"],
  ])("that is %s is kept, but not readably", async (_what, excerpt, kept) => {
    const { serviceId, subjects } = await serviceWith([{ excerpt }]);

    const [attempt] = await list(serviceId);
    const [row] = await sql`select excerpt from callback_attempts where subject_id = ${subjects[0] ?? ""}`;

    expect(attempt?.excerpt).toBe(kept);
    expect(row?.excerpt).toStartWith("test.");
    expect(row?.excerpt).not.toContain(kept);
  });

  test.each<[string, string, string]>([
    ["with NULs and line ends", "Bad\0 cert\r\nX: y", "Bad cert X: y"],
    ["that is huge", "y".repeat(1_000_000), "y".repeat(200)],
    ["with a lone surrogate", "a\udc00b", "a\ufffdb"],
  ])("leads to a reason %s, and that is kept on one line", async (_what, reason, kept) => {
    const { serviceId } = await serviceWith([{ reason }]);

    expect((await list(serviceId))[0]?.detail).toBe(kept);
  });

  test("that was moved to another row is not shown there", async () => {
    const { serviceId } = await serviceWith([{ excerpt: "one" }, { excerpt: "two" }]);
    await sql`update callback_attempts set excerpt = (
      select excerpt from callback_attempts where service_id = ${serviceId} order by id limit 1)
      where service_id = ${serviceId}`;

    expect((await list(serviceId)).map(({ excerpt }) => excerpt)).toEqual([null, "one"]);
  });
});

describe("what is told", () => {
  test("is kept where an attempt ends it, and only encrypted", async () => {
    const body = '{"to": "07700 900123"}';
    const { serviceId } = await serviceWith([
      { outcome: "failed", body },
      { outcome: "delivered", body },
      { outcome: "exhausted", body },
    ]);

    const rows = await sql<{ body: string | null }[]>`
      select body from callback_attempts where service_id = ${serviceId} order by id`;

    expect(rows.map(({ body: kept }) => kept?.startsWith("test.") ?? null)).toEqual([null, true, true]);
  });
});

describe("what is old", () => {
  test("is deleted batch by batch, and no more than that", async () => {
    const old = { at: minutesAgo(7 * 24 * 60 + 1) };
    const young = { at: minutesAgo(7 * 24 * 60 - 1) };
    const one = await serviceWith([old, young, old, old]);
    const other = await serviceWith([old, young]);

    const counts = [];
    for (let n = 0; n < 3; n++)
      counts.push(await deleteOldAttempts(sql, { at: new Date(), days: 7, limit: 3 }));

    expect(counts).toEqual([3, 1, 0]);
    expect((await list(one.serviceId)).map(({ subjectId }) => subjectId)).toEqual([one.subjects[1] ?? ""]);
    expect((await list(other.serviceId)).map(({ subjectId }) => subjectId)).toEqual([
      other.subjects[1] ?? "",
    ]);
  });
});
