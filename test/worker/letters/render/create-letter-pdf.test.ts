import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readLetter } from "../../../../shared/letter/files.ts";
import { StorageUnavailable } from "../../../../shared/storage/storage.ts";
import { createTemplate } from "../../../../shared/template/queries.ts";
import { findTimeline } from "../../../../shared/timeline/find-timeline.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { openPdfium, type Pdfium } from "../../../../worker/letters/pdfium/pdfium.ts";
import { createLetterPdf } from "../../../../worker/tasks/letters/create-letter-pdf.ts";
import { replayCreated } from "../../../../worker/tasks/replay-created.ts";
import { jobsAbout, type NotificationFacts, notificationRow } from "../../../support/notifications.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { textsOf } from "./letters.ts";

let world: World;
let pdfium: Pdfium;

beforeAll(async () => {
  [world, pdfium] = await Promise.all([openWorld({ worker: false }), openPdfium()]);
});

beforeEach(async () => {
  await world.sql`truncate notifications, letters, files`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function letter(facts: NotificationFacts & { content?: string } = {}): Promise<string> {
  const { content, ...rest } = facts;
  if (content === undefined) return await world.notification({ channel: "letter", ...rest });
  const { service, sql } = world;
  const templateId = await createTemplate(sql, {
    serviceId: service.id,
    name: crypto.randomUUID(),
    type: "letter",
    subject: "Subject",
    content,
  });
  return await world.notification({ channel: "letter", templateId, ...rest });
}

async function make(notificationId: string, over: Partial<WorkerDeps> = {}): Promise<void> {
  await createLetterPdf({ notificationId }, { ...world.deps, ...over }, never);
}

async function letterRow(id: string) {
  const [row] = await world.sql<
    {
      pages: number | null;
      bytes: number | null;
      sha256: string | null;
      refusal: string | null;
      made: boolean;
    }[]
  >`
    select pages, bytes, encode(sha256, 'hex') as sha256, refusal, made_at is not null as made
    from letters where notification_id = ${id}`;
  if (!row) throw new Error(`Cannot find the letter ${id}`);
  return row;
}

const stored = (id: string) => readLetter(world.deps, id, "letter");
const fakes = (fakeResponses: boolean) => ({ letters: { ...world.deps.letters, fakeResponses } });
const manyPages = (count: number) => Array.from({ length: count }, (_, at) => `${at}`).join("\n\n---\n\n");

describe("create-letter-pdf", () => {
  test("stores the PDF, says what it is, and leaves the letter to be printed", async () => {
    const id = await letter({
      replyToText: "Town Hall\n((day))",
      createdAt: new Date("2026-01-06T10:00:00Z"),
    });

    await make(id);

    const pdf = (await stored(id)) ?? new Uint8Array();
    expect(textsOf(pdfium, pdf)).toEqual([
      "NOTIFY",
      ...["ADA ARCHER", "1 MILL LANE", "LEEDS", "LS1 4AP"],
      ...["Town Hall", "Monday", "6 January 2026", "Your visit on Monday", "Dear Ada", "Come on Monday."],
      "Page 1 of 1",
    ]);
    expect(await letterRow(id)).toEqual({
      pages: 1,
      bytes: pdf.length,
      sha256: createHash("sha256").update(pdf).digest("hex"),
      refusal: null,
      made: true,
    });
    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "created",
      billableUnits: 1,
      sentAt: null,
      updatedAt: null,
    });
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toEqual([]);
  });

  test.each([
    [2, 1],
    [3, 2],
    [10, 5],
  ])("counts sheets printed on both sides: %d pages are %d", async (pages, sheets) => {
    const id = await letter({ content: manyPages(pages) });

    await make(id);

    expect(await letterRow(id)).toMatchObject({ pages, refusal: null });
    expect((await notificationRow(world.sql, id)).billableUnits).toBe(sheets);
  });

  test("refuses more than ten pages and keeps the PDF", async () => {
    const id = await letter({ content: manyPages(11) });

    await make(id);

    expect(await letterRow(id)).toMatchObject({ pages: 11, refusal: "letter-too-long", made: true });
    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "validation-failed",
      reason: "It has 11 pages: 10 can be printed",
      billableUnits: 0,
    });
    using file = pdfium.open((await stored(id)) ?? new Uint8Array());
    expect(file?.pageCount).toBe(11);
    const timeline = await findTimeline(world.sql, id);
    expect(timeline?.events.at(-1)).toMatchObject({ kind: "end", status: "validation-failed" });
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toEqual([]);
  });

  test("refuses what is too long to be read, though little of it would be seen", async () => {
    const id = await letter({ content: "[a]: b\n".repeat(40_000) });

    await make(id);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "validation-failed",
      reason: "It says more than 10 pages can hold",
    });
    expect(await letterRow(id)).toMatchObject({ refusal: "letter-too-long", pages: 1 });
  });

  test("refuses characters it cannot print, and names them", async () => {
    const id = await letter({ personalisation: { name: "小林 😀 ש ع ✓", day: "Monday" } });

    await make(id);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "validation-failed",
      reason: "Cannot print U+5C0F, U+6797, U+1F600, U+05E9, U+0639 and 1 more",
      billableUnits: 0,
    });
    expect(await letterRow(id)).toMatchObject({
      refusal: "unprintable-characters",
      pages: null,
      made: false,
    });
    expect(await stored(id)).toBeNull();
    await make(id);
    expect((await notificationRow(world.sql, id)).status).toBe("validation-failed");
  });

  test("refuses a QR code that nobody could read", async () => {
    const id = await letter({ content: `qr: ${"x".repeat(3000)}` });

    await make(id);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "validation-failed",
      reason: "A QR code would hold 3000 bytes: 504 can be printed",
    });
    expect(await letterRow(id)).toMatchObject({ refusal: "qr-code-too-long", made: false });
  });

  test("prints the Welsh half of a template that has one", async () => {
    const id = await letter({ content: "English" });
    await world.sql`
      update templates_history set letter_languages = 'welsh_then_english', letter_welsh_subject = 'Pwnc ((day))',
        letter_welsh_content = 'Helo ((name))'
      where id = (select template_id from notifications where id = ${id})`;

    await make(id);

    const pdf = (await stored(id)) ?? new Uint8Array();
    expect(textsOf(pdfium, pdf, 0)).toContain("Helo Ada");
    expect(textsOf(pdfium, pdf, 0)).toContain("Pwnc Monday");
    expect(textsOf(pdfium, pdf, 1)).toContain("English");
    expect(await letterRow(id)).toMatchObject({ pages: 2 });
  });

  test("ends a test key's letter as delivered, without a charge", async () => {
    const id = await letter({ keyType: "test" });

    await make(id, fakes(false));

    const row = await notificationRow(world.sql, id);
    expect(row).toMatchObject({ status: "delivered", billableUnits: 0, sentBy: "dvla" });
    expect(row.sentAt).toEqual(row.updatedAt);
    expect(await letterRow(id)).toMatchObject({ pages: 1, made: true });
    expect(await stored(id)).not.toBeNull();
    expect(await jobsAbout(world.sql, "fake-letter-response", id)).toEqual([]);
  });

  test("has a test key's letter answered by nobody's printer, where that is wanted", async () => {
    const id = await letter({ keyType: "test" });

    await make(id, fakes(true));
    await make(id, fakes(true));

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "sending",
      billableUnits: 0,
      sentBy: "dvla",
    });
    const jobs = await jobsAbout(world.sql, "fake-letter-response", id);
    expect(jobs).toMatchObject([{ groupId: world.service.id }]);
  });

  test("makes one letter of two jobs at once, and nothing of a third", async () => {
    const id = await letter({ keyType: "test" });

    await Promise.all([make(id, fakes(true)), make(id, fakes(true))]);
    const made = await letterRow(id);
    await make(id, fakes(true));

    expect(await jobsAbout(world.sql, "fake-letter-response", id)).toHaveLength(1);
    expect(await letterRow(id)).toEqual(made);
    const timeline = await findTimeline(world.sql, id);
    expect(timeline?.events.filter(({ kind }) => kind === "attempt")).toHaveLength(1);
  });

  test("can go on where it died before the letter knew of its PDF", async () => {
    const id = await letter();
    const { storage } = world.deps;
    const dying = {
      ...storage,
      async put(...files: Parameters<typeof storage.put>) {
        await storage.put(...files);
        throw new StorageUnavailable("died");
      },
    };

    await expect(make(id, { storage: dying })).rejects.toThrow("died");
    await make(id);

    const pdf = (await stored(id)) ?? new Uint8Array();
    const sha256 = createHash("sha256").update(pdf).digest("hex");
    expect(await letterRow(id)).toMatchObject({ sha256, made: true });
  });

  test("leaves a letter alone that was cancelled, even while it was being made", async () => {
    const [before, during] = [await letter({ status: "cancelled" }), await letter()];
    const { storage } = world.deps;
    const slow = {
      ...storage,
      async put(...files: Parameters<typeof storage.put>) {
        await world.sql`update notifications set status = 'cancelled' where id = ${during}`;
        await storage.put(...files);
      },
    };

    await make(before);
    await make(during, { storage: slow });

    expect(await stored(before)).toBeNull();
    for (const id of [before, during]) {
      expect(await notificationRow(world.sql, id)).toMatchObject({ status: "cancelled", billableUnits: 0 });
      expect(await letterRow(id)).toMatchObject({ pages: null, made: false });
    }
  });

  test("has nothing to do with precompiled letters, nor with what is none", async () => {
    const [precompiled, email] = [
      await letter({ precompiled: true }),
      await world.notification({ channel: "email" }),
    ];

    for (const id of [precompiled, email, crypto.randomUUID()]) await make(id);

    expect(await stored(precompiled)).toBeNull();
    expect((await notificationRow(world.sql, precompiled)).billableUnits).toBe(0);
  });
});

describe("replay-created-notifications", () => {
  const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
  const jobsOf = async (id: string) => (await jobsAbout(world.sql, "create-letter-pdf", id)).length;

  test("queues the rendering of letters that have neither a PDF nor a job", async () => {
    const stuck = await letter({ createdAt: hours(2) });
    const test = await letter({ createdAt: hours(6 * 24), keyType: "test" });
    const others = [
      await letter({ createdAt: hours(0.5) }),
      await letter({ createdAt: hours(8 * 24) }),
      await letter({ createdAt: hours(2), precompiled: true }),
      await letter({ createdAt: hours(2), status: "cancelled" }),
      await letter({ createdAt: hours(2), billableUnits: 1 }),
    ];

    await replayCreated(world.deps, never);
    await replayCreated(world.deps, never);

    expect(await Promise.all([stuck, test].map(jobsOf))).toEqual([1, 1]);
    expect(await Promise.all(others.map(jobsOf))).toEqual(others.map(() => 0));
    expect(await jobsAbout(world.sql, "create-letter-pdf", stuck)).toMatchObject([
      { groupId: world.service.id },
    ]);
  });
});
