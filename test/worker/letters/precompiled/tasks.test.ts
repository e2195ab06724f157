import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { letterAddressOf } from "../../../../shared/letter/address.ts";
import { letterKey, readLetter, sealLetter } from "../../../../shared/letter/files.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { openPreparer, type Preparer } from "../../../../worker/letters/precompiled/preparer.ts";
import type { Scan } from "../../../../worker/letters/scanner/scanner.ts";
import { deliveryExhausted } from "../../../../worker/tasks/delivery-exhausted.ts";
import { sanitiseLetter } from "../../../../worker/tasks/letters/sanitise-letter.ts";
import { scanLetter } from "../../../../worker/tasks/letters/scan-letter.ts";
import { maintain } from "../../../../worker/tasks/maintain.ts";
import { jobsAbout, type NotificationFacts, notificationRow } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { runInWorld } from "../../../support/world-cli.ts";
import { never } from "../../providers/provider-server.ts";
import { letterPdf } from "./letter-pdf.ts";

let world: World;
let preparer: Preparer;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  preparer = openPreparer();
});

afterEach(async () => {
  await world.sql`delete from pgboss.job`;
  await world.sql`delete from alerts`;
  await world.sql`delete from notifications`;
  await world.sql`delete from letters`;
  await world.sql`delete from files`;
});

afterAll(async () => {
  await preparer.close();
  await world[Symbol.asyncDispose]();
});

const minute = 60_000;
const day = 24 * 60 * minute;
const ago = (ms: number) => new Date(Date.now() - ms);

async function letter(facts: NotificationFacts = {}, pdf?: Uint8Array<ArrayBuffer> | null): Promise<string> {
  const id = await world.notification({
    ...{ channel: "letter", precompiled: true, status: "pending-virus-check", to: "Provided as PDF" },
    ...{ sentAt: null, sentBy: null, ...facts },
  });
  const original = pdf === undefined ? await letterPdf() : pdf;
  if (original) await world.deps.storage.put([await sealLetter(world.cipher, id, "original", original)]);
  return id;
}

const deps = (over: Partial<WorkerDeps> = {}) => world.newDeps({ preparer, ...over });
const scanning = (scan: Scan) => deps({ scanner: { scan: async () => scan } });

async function letterRow(id: string) {
  const [row] = await world.sql`
    select pages, bytes, encode(sha256, 'hex') as sha256, made_at is not null as made, refusal, refused_pages, address,
      postage from letters where notification_id = ${id}`;
  return row;
}

async function openAlerts(): Promise<string[]> {
  const rows = await world.sql<{ subject: string }[]>`
    select subject from alerts where resolved_at is null order by subject`;
  return rows.map(({ subject }) => subject);
}

const statusOf = async (id: string) => (await notificationRow(world.sql, id)).status;
const jobsOf = async (queue: "scan-letter" | "sanitise-letter", id: string) =>
  (await jobsAbout(world.sql, queue, id)).map(({ state, groupId }) => ({ state, groupId }));

const cli = (...argv: string[]) => runInWorld(world, ...argv);

describe("scan-letter", () => {
  test("passes a clean letter on, once however often it runs", async () => {
    const id = await letter();

    await scanLetter({ notificationId: id }, scanning({ outcome: "clean" }), never);
    await scanLetter({ notificationId: id }, scanning({ outcome: "clean" }), never);

    expect(await statusOf(id)).toBe("pending-virus-check");
    expect(await jobsOf("sanitise-letter", id)).toEqual([{ state: "created", groupId: world.service.id }]);
  });

  test("ends a letter with a virus, and has somebody look", async () => {
    const id = await letter();

    await scanLetter({ notificationId: id }, scanning({ outcome: "infected", name: "Tests.Own" }), never);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      ...{ status: "virus-scan-failed", billableUnits: 0, reason: "The scanner found Tests.Own" },
    });
    expect(await jobsOf("sanitise-letter", id)).toEqual([]);
    expect(await openAlerts()).toEqual(["letters-with-virus"]);
  });

  test("asks for another attempt where scanner or file cannot be reached", async () => {
    const [id, without] = [await letter(), await letter({}, null)];

    const failing = scanLetter({ notificationId: id }, scanning({ outcome: "error", reason: "gone" }), never);
    await expect(failing).rejects.toThrow(`Cannot scan ${id}: gone`);
    const missing = scanLetter({ notificationId: without }, scanning({ outcome: "clean" }), never);
    await expect(missing).rejects.toThrow("its file is missing");

    expect(await statusOf(id)).toBe("pending-virus-check");
  });

  test("ends a letter where there is no scanner any more", async () => {
    const id = await letter();

    await scanLetter({ notificationId: id }, deps({ scanner: null }), never);

    expect(await statusOf(id)).toBe("technical-failure");
    expect(await openAlerts()).toEqual(["letters-not-scanned"]);
  });

  test.each(["cancelled", "created", "technical-failure"] as const)(
    "leaves alone one that is %s",
    async (status) => {
      const id = await letter({ status });

      await scanLetter({ notificationId: id }, scanning({ outcome: "infected", name: "X" }), never);

      expect(await statusOf(id)).toBe(status);
    },
  );
});

describe("sanitise-letter", () => {
  test("makes what is printed, and notes who it goes to", async () => {
    const id = await letter(
      {},
      await letterPdf({ pages: 3, address: ["Ms A Sample", "1 High St", "ls14ap"] }),
    );

    await sanitiseLetter({ notificationId: id }, deps(), never);

    const pdf = await readLetter(world.deps, id, "letter");
    if (!pdf) throw new Error("There is no PDF");
    const row = await letterRow(id);
    expect(row).toMatchObject({
      ...{
        pages: 3,
        bytes: pdf.byteLength,
        made: true,
        refusal: null,
        refused_pages: null,
        postage: "second",
      },
      sha256: createHash("sha256").update(pdf).digest("hex"),
    });
    expect(await world.cipher.decrypt(row?.address, letterAddressOf(id))).toBe(
      "Ms A Sample\n1 High St\nLS1 4AP",
    );
    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "created",
      billableUnits: 2,
      sentAt: null,
    });
    const [to] =
      await world.sql`select recipient, normalised_to, international from notifications where id = ${id}`;
    expect(to).toEqual({
      ...{ recipient: "Ms A Sample\n1 High St\nLS1 4AP", normalised_to: "msasample1highstls14ap" },
      international: false,
    });
    expect(await world.deps.storage.get(letterKey(id, "original"))).not.toBeNull();
  });

  test("gives a letter abroad its zone's postage, where its service may send there", async () => {
    const pdf = await letterPdf({ address: ["Ms A Sample", "1 Rue X", "Paris", "France"] });
    const id = await letter({}, pdf);
    await sanitiseLetter({ notificationId: id }, deps(), never);

    expect(await letterRow(id)).toMatchObject({ postage: "europe" });
    await world.sql`delete from service_permissions where permission = 'international_letters'`;
    const refused = await letter({}, pdf);
    await sanitiseLetter({ notificationId: refused }, deps(), never);

    expect(await letterRow(refused)).toMatchObject({
      ...{ refusal: "cant-send-international-letters", refused_pages: [1], pages: 1, made: false },
    });
  });

  test("delivers a test key's letter at once: it is never printed", async () => {
    const id = await letter({ keyType: "test" });

    await sanitiseLetter({ notificationId: id }, deps(), never);

    expect(await statusOf(id)).toBe("delivered");
    expect(await readLetter(world.deps, id, "letter")).not.toBeNull();
  });

  test("refuses what cannot be printed, with its reason and pages", async () => {
    const draw = ({ box }: { box(place: object): void }, page: number) => {
      if (page === 1) box({ left: 1, right: 5, top: 100, bottom: 110 });
    };
    const id = await letter({}, await letterPdf({ pages: 2, draw: draw as never }));

    await sanitiseLetter({ notificationId: id }, deps(), never);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "validation-failed",
      billableUnits: 0,
    });
    expect(await letterRow(id)).toMatchObject({
      ...{
        refusal: "content-outside-printable-area",
        refused_pages: [2],
        pages: 2,
        made: false,
        bytes: null,
      },
    });
    expect(await readLetter(world.deps, id, "letter")).toBeNull();
  });

  test("does nothing to a letter that was cancelled while it was read", async () => {
    const id = await letter();
    const slow: Preparer = {
      ...preparer,
      async prepare(...given) {
        await world.sql`update notifications set status = 'cancelled' where id = ${id}`;
        return await preparer.prepare(...given);
      },
    };

    await sanitiseLetter({ notificationId: id }, deps({ preparer: slow }), never);

    expect(await statusOf(id)).toBe("cancelled");
    expect(await letterRow(id)).toMatchObject({ made: false, pages: null });
  });

  test("asks for another attempt where its file is missing", async () => {
    const id = await letter({}, null);

    await expect(sanitiseLetter({ notificationId: id }, deps(), never)).rejects.toThrow(
      "its file is missing",
    );
  });
});

describe("a letter whose attempts are used up", () => {
  test.each([
    ["pending-virus-check", "letters-not-checked"],
    ["created", "letters-not-made"],
  ] as const)("while %s fails, and somebody looks", async (status, alert) => {
    const id = await letter({ status });

    await deliveryExhausted({ notificationId: id }, deps());

    expect(await statusOf(id)).toBe("technical-failure");
    expect(await openAlerts()).toEqual([alert]);
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toEqual([]);
  });

  test("stays where its last attempt made it after all, or it has ended", async () => {
    const made = await letter({ status: "created", billableUnits: 1 });
    await world.sql`update letters set made_at = now(), pages = 1 where notification_id = ${made}`;
    const ended = await letter({ status: "cancelled" });

    await deliveryExhausted({ notificationId: made }, deps());
    await deliveryExhausted({ notificationId: ended }, deps());

    expect([await statusOf(made), await statusOf(ended)]).toEqual(["created", "cancelled"]);
    expect(await openAlerts()).toEqual([]);
  });

  test("is scanned again when somebody says so, alone or with all like it", async () => {
    const ids = [await letter(), await letter(), await letter()];
    const refused = await letter({ status: "validation-failed" });
    for (const id of ids) await deliveryExhausted({ notificationId: id }, deps());
    const [first = "", ...others] = ids;

    expect((await cli("letter", "rescan", first)).out).toContain("Queued 1 scans");
    expect((await cli("letter", "rescan", "--errors", "--json")).out).toContain(
      JSON.stringify({ queued: others.sort() }),
    );
    expect((await cli("letter", "rescan", refused)).err).toContain(
      "no precompiled letter that failed before",
    );

    for (const id of ids) {
      expect(await statusOf(id)).toBe("pending-virus-check");
      expect(await jobsOf("scan-letter", id)).toEqual([{ state: "created", groupId: world.service.id }]);
    }
    expect(await statusOf(refused)).toBe("validation-failed");
  });
});

describe("check-if-letters-still-pending-virus-check", () => {
  const task = "check-if-letters-still-pending-virus-check";

  async function check(name = task): Promise<string> {
    const dueAt = new Date().toISOString();
    await world.sql`insert into task_runs (task, due_at) values (${name}, ${dueAt})`;
    await maintain({ task: name, dueAt }, deps(), never);
    const [row] = await world.sql`select detail from task_runs where task = ${name} and due_at = ${dueAt}`;
    return row?.detail;
  }

  test("scans again what has waited ten minutes without a job, once", async () => {
    const id = await letter({ createdAt: ago(11 * minute) });
    const young = await letter({ createdAt: ago(9 * minute) });
    const old = await letter({ createdAt: ago(121 * minute) });

    await check();
    expect(await check()).toBe("Queued 0 scans again; 0 letters have no file");

    expect(await jobsOf("scan-letter", id)).toHaveLength(1);
    expect(await jobsOf("scan-letter", young)).toEqual([]);
    expect(await jobsOf("scan-letter", old)).toEqual([]);
    expect(await openAlerts()).toEqual([]);
  });

  test("names letters without a file, and closes the alert once they are seen to", async () => {
    const id = await letter({ createdAt: ago(20 * minute) }, null);

    await check();
    expect(await openAlerts()).toEqual(["letters-pending-virus-check"]);
    const [alert] = await world.sql`select facts from alerts`;
    expect(alert?.facts).toMatchObject({ letters: 1, which: [expect.stringContaining(id)] });
    await world.sql`update notifications set status = 'cancelled' where id = ${id}`;
    await check();

    expect(await openAlerts()).toEqual([]);
  });

  test("looks three days back each night, and gives up what is older", async () => {
    const late = await letter({ createdAt: ago(2 * day) });
    const lost = await letter({ createdAt: ago(4 * day) });

    expect(await check(`${task}-nightly`)).toBe(
      "Queued 1 scans again; 0 letters have no file; 1 are given up",
    );

    expect(await jobsOf("scan-letter", late)).toHaveLength(1);
    expect(await jobsOf("scan-letter", lost)).toEqual([]);
    expect(await openAlerts()).toEqual(["letters-pending-virus-check:given-up"]);
  });
});

// Last: its worker takes all jobs.
test("a letter sent by the official client is scanned, checked and ready to print", async () => {
  await world.startWorker();
  const pdf = Buffer.from(await letterPdf({ pages: 2 }));

  const { data } = await world.client().sendPrecompiledLetter("mine", pdf, "first");
  const id = data.id;

  await until(async () => (await statusOf(id)) === "created", "the letter is checked");
  expect(await letterRow(id)).toMatchObject({ pages: 2, made: true, postage: "first" });
  expect(await notificationRow(world.sql, id)).toMatchObject({ billableUnits: 1 });
});
