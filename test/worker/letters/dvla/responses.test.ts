import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { newLetterReference } from "../../../../shared/letter/reference.ts";
import { findTimeline } from "../../../../shared/timeline/find-timeline.ts";
import { processDvlaFile } from "../../../../worker/tasks/letters/process-dvla-file.ts";
import { type LetterFacts, type StoredLetter, storeLetters } from "../../../support/letters.ts";
import { notificationRow } from "../../../support/notifications.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { arrive } from "./arrive.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate letters, notifications, notification_history, dvla_files, daily_sorted_letters, alerts`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const name = "NOTIFY-20261120160000-RSP.TXT";
const at = new Date("2026-11-20T16:05:00Z");

function store(...facts: LetterFacts[]): Promise<StoredLetter[]> {
  const sent = facts.map((fact) => ({ status: "sending" as const, pdf: null, ...fact }));
  const { sql, cipher, deps, service } = world;
  return storeLetters({ sql, cipher, storage: deps.storage, service }, sent);
}

async function storeOne(fact: LetterFacts = {}): Promise<StoredLetter> {
  const [letter] = await store(fact);
  if (!letter) throw new Error("stored none");
  return letter;
}

const read = (fileId: string, only?: "statuses" | "counts") =>
  processDvlaFile({ fileId, only }, world.newDeps({ now: () => at }), never, { attempt: 1 });

async function respond(content: string, file = name): Promise<string> {
  const id = await arrive(world, file, content, at);
  await read(id);
  return id;
}

/** Makes it possible to read a file again, as the command does. */
async function readAgain(id: string, only?: "statuses" | "counts"): Promise<void> {
  await world.sql`update dvla_files set processed_at = null where id = ${id}`;
  await read(id, only);
}

async function outcomeOf(id: string) {
  const [row] =
    await world.sql`select processed_at as "processedAt", outcome from dvla_files where id = ${id}`;
  return row?.outcome;
}

const counted = () =>
  world.sql`
    select billing_day::text as day, file_name as file, sorted_count as sorted, unsorted_count as unsorted
    from daily_sorted_letters order by file_name`;

const alerts = () =>
  world.sql`select subject, severity, title, facts, times, resolved_at as "resolvedAt" from alerts order by subject`;

const statusOf = async ({ id }: StoredLetter) => (await notificationRow(world.sql, id)).status;

async function toHistory({ id }: StoredLetter): Promise<void> {
  await world.sql`
    with gone as (delete from notifications where id = ${id} returning *)
    insert into notification_history (id, service_id, template_id, template_version, key_type, notification_type,
      status, billable_units, created_at)
    select id, service_id, template_id, template_version, key_type, notification_type, status, billable_units,
      created_at from gone`;
}

describe("a response file", () => {
  test("ends its letters, live and history, without a word to their services", async () => {
    const [printed, failed, kept, other] = await store({ sheets: 1 }, { sheets: 3 }, { sheets: 2 }, {});
    if (!printed || !failed || !kept || !other) throw new Error("stored too few");
    await toHistory(kept);

    const id = await respond(
      [
        `${printed.reference}|Sent|1|Sorted|2026-11-20`,
        `${failed.reference}|Failed|3|Unsorted|2026-11-20`,
        `${kept.reference}|Sent|2|UNSORTED`,
      ].join("\n"),
    );

    expect(await statusOf(printed)).toBe("delivered");
    expect(await notificationRow(world.sql, failed.id)).toMatchObject({
      status: "temporary-failure",
      reason: "The printer answered: Failed",
      updatedAt: at,
    });
    expect(await statusOf(other)).toBe("sending");
    expect(await world.sql`select status, updated_at as at from notification_history`).toEqual([
      { status: "delivered", at },
    ] as never);
    const noted = await world.sql`
      select reference, despatched_on::text as "on", cost_threshold as threshold, settled_at is not null as settled
      from letters`;
    expect(new Map(noted.map(({ reference, ...rest }) => [reference, rest]))).toEqual(
      new Map([
        [printed.reference, { on: "2026-11-20", threshold: "sorted", settled: true }],
        [failed.reference, { on: null, threshold: null, settled: true }],
        [kept.reference, { on: null, threshold: "unsorted", settled: true }],
        [other.reference, { on: null, threshold: null, settled: false }],
      ]),
    );
    const events = (await findTimeline(world.sql, failed.id))?.events;
    expect(events?.at(-1)).toMatchObject({
      kind: "receipt",
      provider: "dvla",
      status: "temporary-failure",
      code: "Failed",
    });
    expect(await counted()).toEqual([{ day: "2026-11-20", file: name, sorted: 1, unsorted: 2 }] as never);
    expect(await world.sql`select from pgboss.job where name like 'service-callbacks%'`).toHaveLength(0);
    expect(await outcomeOf(id)).toMatchObject({
      statuses: { lines: 3, printed: 2, moved: 3, failed: { count: 1, first: [failed.reference] } },
      counts: { billingDay: "2026-11-20", sorted: 1, unsorted: 2 },
    });
  });

  test("moves letters that are `sending` and no others, and says which", async () => {
    const statuses = ["created", "cancelled", "returned-letter", "technical-failure", "delivered"] as const;
    const letters = await store(...statuses.map((status) => ({ status })));
    const nobodys = newLetterReference();

    const id = await respond(
      [...letters.map(({ reference }) => reference), nobodys]
        .map((each) => `${each}|Sent|1|Sorted`)
        .join("\n"),
    );

    expect(await Promise.all(letters.map(statusOf))).toEqual([...statuses]);
    const { statuses: outcome } = await outcomeOf(id);
    expect(outcome).toMatchObject({ lines: 6, moved: 0, unknown: { count: 1, first: [nobodys] } });
    expect(outcome.unexpected.count).toBe(3);
    expect(outcome.unexpected.first.map(({ status }: { status: string }) => status)).toEqual([
      "created",
      "cancelled",
      "technical-failure",
    ]);
    // What its letter is not is not noted of it either.
    expect(await world.sql`select from letters where cost_threshold is not null`).toHaveLength(2);
  });

  test("that says another thing of a failed letter later does not undo it", async () => {
    const letter = await storeOne();
    await respond(`${letter.reference}|Failed|1|Sorted`);

    const id = await respond(`${letter.reference}|Sent|1|Sorted`, "NOTIFY-20261121160000-RSP.TXT");

    expect(await statusOf(letter)).toBe("temporary-failure");
    expect((await outcomeOf(id)).statuses.unexpected.first).toEqual([
      { reference: letter.reference, status: "temporary-failure" },
    ]);
  });

  test("raises one alert after all of it, with the letters and lines to look at", async () => {
    const letters = await store(...Array.from({ length: 30 }, () => ({})));
    const failed = letters.slice(0, 25);
    const lines = [
      ...failed.map(({ reference }) => `${reference}|Failed|1|Sorted`),
      "",
      "nonsense",
      ...letters.slice(25).map(({ reference }) => `${reference}|Sent|1|Sorted`),
    ];

    await respond(lines.join("\r\n"));

    expect(await Promise.all(letters.slice(25).map(statusOf))).toEqual(Array(5).fill("delivered"));
    expect(await alerts()).toMatchObject([
      {
        subject: `dvla-file:${name}`,
        severity: "ticket",
        title: "The printer could not print letters",
        times: 1,
        facts: {
          file: name,
          failed: 25,
          failed_references: failed.slice(0, 20).map(({ reference }) => reference),
          bad_lines: 1,
          bad_line_numbers: ["27: 1 columns in place of 4"],
        },
      },
    ]);
    expect(await world.sql`select from pgboss.job where name = 'send-alerts'`).toHaveLength(1);
  });

  test("of nothing but good news raises none", async () => {
    const letter = await storeOne();
    await respond(`${letter.reference}|Sent|1|Sorted`);
    expect(await alerts()).toEqual([] as never);
  });

  test("whose sheets differ from ours changes none of ours, and says so", async () => {
    const letter = await storeOne({ sheets: 2 });

    const id = await respond(`${letter.reference}|Sent|3|Sorted`);

    expect((await notificationRow(world.sql, letter.id)).billableUnits).toBe(2);
    expect((await outcomeOf(id)).statuses.differences).toEqual({
      count: 1,
      first: [{ reference: letter.reference, ours: 2, theirs: 3 }],
    });
    expect(world.lines.findLast(({ level }) => level === "error")?.message).toContain("other sheets");
    expect(await alerts()).toEqual([] as never);
  });

  test("believes the first of two lines about one letter, and counts it once", async () => {
    const letter = await storeOne();

    const id = await respond(
      [`${letter.reference}|Sent|1|Sorted`, `${letter.reference.toLowerCase()}|Failed|1|Unsorted`].join("\n"),
    );

    expect(await statusOf(letter)).toBe("delivered");
    expect((await outcomeOf(id)).statuses.repeated).toEqual({ count: 1, first: [letter.reference] });
    expect(await counted()).toMatchObject([{ sorted: 1, unsorted: 0 }]);
  });

  test("without a billing day in its name moves letters, counts none and says so", async () => {
    const letter = await storeOne();

    await respond(`${letter.reference}|Sent|1|Sorted`, "NOTIFY-RSP.TXT");

    expect(await statusOf(letter)).toBe("delivered");
    expect(await counted()).toEqual([] as never);
    expect(await alerts()).toMatchObject([
      { facts: { not_counted: "the file's name tells no billing day" } },
    ]);
  });

  test("does not count letters of test keys", async () => {
    const [real, tried] = await store({}, { keyType: "test", sheets: 0 });

    await respond(`${real?.reference}|Sent|1|Unsorted\n${tried?.reference}|Sent|0|Sorted`);

    expect(await counted()).toMatchObject([{ sorted: 0, unsorted: 1 }]);
    expect(tried && (await statusOf(tried))).toBe("delivered");
  });

  test("is read once, by however many workers and jobs", async () => {
    const letters = await store(...Array.from({ length: 50 }, () => ({ sheets: 1 })));
    const lines = letters.map(({ reference }, at) => `${reference}|${at < 5 ? "Failed" : "Sent"}|1|Sorted`);
    const id = await arrive(world, name, lines.join("\n"), at);

    await Promise.all(Array.from({ length: 6 }, () => read(id)));
    await read(id);

    expect(await world.sql`select timeline from notifications where timeline like '%\n%'`).toHaveLength(0);
    expect(await counted()).toMatchObject([{ sorted: 50, unsorted: 0 }]);
    expect(await alerts()).toMatchObject([{ times: 1 }]);
  });

  test("whose content is gone tells somebody once it has been tried often enough", async () => {
    const id = await arrive(world, name, "x", at);
    await world.sql`delete from files`;
    const deps = world.newDeps({ now: () => at });

    for (const attempt of [1, 5, 6]) {
      await expect(processDvlaFile({ fileId: id }, deps, never, { attempt })).rejects.toThrow("not stored");
    }
    expect(await alerts()).toMatchObject([{ subject: `dvla-file-unread:${id}`, times: 1, severity: "page" }]);

    await arrive(world, name, "x", at);
    await read(id);
    expect(await alerts()).toMatchObject([{ resolvedAt: at }, { subject: `dvla-file:${name}` }]);
  });

  test("whose worker stopped in the middle is read to the end by another", async () => {
    const letters = await store(...Array.from({ length: 3500 }, () => ({})));
    const lines = letters.map(
      ({ reference }, n) => `${reference}|${n % 500 === 0 ? "Failed" : "Sent"}|1|Sorted`,
    );
    const id = await arrive(world, name, lines.join("\n"), at);
    const stopping = new AbortController();
    let asked = 0;
    const now = () => {
      if (++asked === 3) stopping.abort();
      return at;
    };
    await expect(
      processDvlaFile({ fileId: id }, world.newDeps({ now }), stopping.signal, { attempt: 1 }),
    ).rejects.toThrow();
    const [half] =
      await world.sql`select count(*)::int as ended from notifications where status <> 'sending'`;
    expect(half).toEqual({ ended: 2000 });

    await read(id);

    expect((await outcomeOf(id)).statuses).toMatchObject({
      ...{ printed: 3493, failed: { count: 7 }, moved: 1500, unexpected: { count: 0 } },
    });
    expect(await counted()).toMatchObject([{ sorted: 3500, unsorted: 0 }]);
    expect(await world.sql`select from notifications where timeline like '%\n%'`).toHaveLength(0);
    expect(await alerts()).toMatchObject([{ times: 1, facts: { failed: 7 } }]);
  });

  test("under a second name counts nothing twice", async () => {
    const letter = await storeOne();
    const line = `${letter.reference}|Sent|1|Sorted`;
    await respond(line);

    const id = await respond(line, "NOTIFY-20261121160000-RSP.TXT");

    expect(await outcomeOf(id)).toEqual({ copy_of: name });
    expect(await counted()).toEqual([{ day: "2026-11-20", file: name, sorted: 1, unsorted: 0 }] as never);
  });

  test("of the same name but other content replaces what was counted", async () => {
    const [first, second] = await store({}, {});
    await respond(`${first?.reference}|Sent|1|Sorted`);

    await respond(`${first?.reference}|Sent|1|Sorted\n${second?.reference}|Sent|1|Unsorted`);

    expect(await counted()).toEqual([{ day: "2026-11-20", file: name, sorted: 1, unsorted: 1 }] as never);
    expect(second && (await statusOf(second))).toBe("delivered");
  });

  test("read again moves and counts what was missing, all of it or a part", async () => {
    const letter = await storeOne();
    const id = await respond(`${letter.reference}|Sent|1|Sorted`);
    await world.sql`update notifications set status = 'sending'`;
    await world.sql`delete from daily_sorted_letters`;

    await readAgain(id, "counts");
    expect([await statusOf(letter), await counted()]).toMatchObject(["sending", [{ sorted: 1 }]]);

    await world.sql`delete from daily_sorted_letters`;
    await readAgain(id, "statuses");
    expect([await statusOf(letter), await counted()]).toMatchObject(["delivered", []]);

    await readAgain(id);
    expect(await counted()).toMatchObject([{ sorted: 1, unsorted: 0 }]);
    expect(await outcomeOf(id)).toMatchObject({ statuses: { moved: 0, unexpected: { count: 0 } } });
  });

  test("read again once its letters are in order closes its alert", async () => {
    const reference = newLetterReference();
    const id = await respond(`${reference}|Sent|1|Sorted`);
    expect(await alerts()).toMatchObject([{ facts: { unknown_references: 1 }, resolvedAt: null }]);
    const letter = await storeOne();
    await world.sql`update letters set reference = ${reference} where notification_id = ${letter.id}`;

    await readAgain(id);

    expect(await statusOf(letter)).toBe("delivered");
    expect(await alerts()).toMatchObject([{ resolvedAt: at }]);
  });

  test("of five thousand lines, one in a hundred bad, is counted to the line", async () => {
    const letters = await store(...Array.from({ length: 4950 }, () => ({})));
    const lines = letters.map(({ reference }, n) => {
      return `${reference}|${n % 50 === 0 ? "Failed" : "Sent"}|1|${n % 3 === 0 ? "Unsorted" : "Sorted"}`;
    });
    for (let n = 0; n < 50; n++)
      lines.splice(n * 100, 0, n % 2 === 0 ? "cut|off" : `${newLetterReference()}|Sent`);

    const id = await respond(lines.join("\r\n"));

    expect(await outcomeOf(id)).toMatchObject({
      statuses: {
        lines: 5000,
        printed: 4851,
        moved: 4950,
        failed: { count: 99 },
        bad: { count: 50 },
        unknown: { count: 0 },
        unexpected: { count: 0 },
        repeated: { count: 0 },
      },
      counts: { sorted: 3300, unsorted: 1650 },
    });
    const rows =
      await world.sql`select status, count(*)::int as letters from notifications group by 1 order by 1`;
    expect([...rows]).toEqual([
      { status: "delivered", letters: 4851 },
      { status: "temporary-failure", letters: 99 },
    ]);
  });
});
