import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { sealLetter } from "../../../../shared/letter/files.ts";
import { type Picture, pictureKey } from "../../../../shared/letter/picture.ts";
import { letterPicture, type PictureDeps, previewPicture } from "../../../../shared/letter/pictures.ts";
import { createSigner } from "../../../../shared/signing.ts";
import { StorageUnavailable } from "../../../../shared/storage/storage.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { drawLetterPages } from "../../../../worker/tasks/letters/draw-letter-pages.ts";
import { forgetPictures } from "../../../../worker/tasks/letters/forget-pictures.ts";
import type { NotificationFacts } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { letterPdf } from "../precompiled/letter-pdf.ts";

let world: World;
let deps: WorkerDeps;
/** What API and worker take it to be. */
let at: Date;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  deps = world.newDeps({ now: () => at });
});

afterEach(async () => {
  for (const table of ["pgboss.job", "letter_pictures", "files"])
    await world.sql`delete from ${world.sql(table)}`;
});

afterAll(async () => {
  await deps.drawer.close();
  await world[Symbol.asyncDispose]();
});

const start = new Date("2026-07-05T12:00:00Z");
const minutesLater = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

/** What the API asks with; nobody waits. */
function desk(over: Partial<PictureDeps> = {}): PictureDeps {
  const { sql, cipher, storage } = deps;
  const signer = () => createSigner(world.config.encryptionKeys);
  return { sql, cipher, storage, signer, now: () => at, timeoutMs: 10_000, patienceMs: 0, ...over };
}

async function letter(facts: NotificationFacts = {}, pdf?: Uint8Array<ArrayBuffer>): Promise<string> {
  const failed = { channel: "letter", precompiled: true, status: "validation-failed" } as const;
  const id = await world.notification({ ...failed, ...facts });
  const file = pdf ?? (await letterPdf());
  await deps.storage.put([await sealLetter(world.cipher, id, "original", file)]);
  return id;
}

const ask = (notificationId: string, page = 1, over?: Partial<PictureDeps>): Promise<Picture> =>
  letterPicture(desk(over), { serviceId: world.service.id, notificationId, page, withFaults: true }, never);

/** The ids of the pictures that jobs wait to draw. */
async function waiting(): Promise<string[]> {
  const rows = await world.sql<{ id: string }[]>`
    select data->>'picturesId' as id from pgboss.job where name = 'draw-letter-pages' and state = 'created'
    order by created_on`;
  return rows.map(({ id }) => id);
}

/** Works all that wait. */
async function work(over: Partial<WorkerDeps> = {}): Promise<void> {
  for (const picturesId of await waiting())
    await drawLetterPages({ picturesId }, { ...deps, ...over }, never);
  await world.sql`delete from pgboss.job`;
}

const pagesOf = (picture: Picture) => ("png" in picture ? picture.pages : picture.fault);

describe("a picture of a letter's page", () => {
  test("is asked for once, however many ask, and answered when a worker has drawn it", async () => {
    at = start;
    const id = await letter();
    const asked = [ask(id), ask(id), ask(id)];

    expect(await Promise.all(asked)).toEqual(Array(3).fill({ fault: "no-answer" }));
    expect(await waiting()).toHaveLength(1);
    const patient = ask(id, 1, { patienceMs: 60_000 });
    await work();

    expect(pagesOf(await patient)).toBe(1);
    expect(pagesOf(await ask(id))).toBe(1);
    expect(pagesOf(await ask(id, 2))).toBe("no-page");
    expect(await waiting()).toEqual([]);
  });

  test("is of ten pages at once, those beyond by another job", async () => {
    at = start;
    const id = await letter({}, await letterPdf({ pages: 12 }));
    await Promise.all([ask(id, 1), ask(id, 10), ask(id, 12)]);

    expect(await waiting()).toHaveLength(2);
    await work();

    expect(await Promise.all([1, 10, 11, 12, 13].map(async (page) => pagesOf(await ask(id, page))))).toEqual([
      ...[12, 12, 12, 12],
      "no-page",
    ]);
  });

  test("is given up by whoever stops waiting", async () => {
    at = start;
    const id = await letter();
    const gone = new AbortController();
    const asked = { serviceId: world.service.id, notificationId: id, page: 1, withFaults: false };

    const going = letterPicture(desk({ patienceMs: 60_000 }), asked, gone.signal);
    await until(async () => (await waiting()).length === 1, "it is asked for");
    gone.abort();

    expect(await going).toEqual({ fault: "no-answer" });
  });

  test("is drawn again where its file is gone, and where the letter has another PDF", async () => {
    at = start;
    const id = await letter({}, await letterPdf({ pages: 2 }));
    await ask(id);
    await work();
    await world.sql`delete from files where key like 'pictures/%'`;

    expect(pagesOf(await ask(id))).toBe("no-answer");
    expect(await waiting()).toHaveLength(1);
    await work();
    expect(pagesOf(await ask(id))).toBe(2);

    await deps.storage.put([await sealLetter(world.cipher, id, "letter", await letterPdf({ pages: 3 }))]);
    await world.sql`update letters set made_at = ${at} where notification_id = ${id}`;
    expect(pagesOf(await ask(id))).toBe("no-answer");
    await work();
    expect(pagesOf(await ask(id))).toBe(3);
  });

  test("that could not be drawn is tried again a minute later, not before", async () => {
    at = start;
    const id = await letter();
    const busy = {
      draw: async () => ({ outcome: "undrawable", fault: "unreadable", reason: "slow" }) as const,
    };
    await ask(id);
    await work({ drawer: { ...deps.drawer, ...busy } });

    expect(pagesOf(await ask(id))).toBe("unreadable");
    expect(await waiting()).toEqual([]);
    at = minutesLater(1);
    expect(pagesOf(await ask(id))).toBe("no-answer");
    await work();

    expect(pagesOf(await ask(id))).toBe(1);
  });

  test("is not drawn of a PDF that is gone, and waits where files cannot be reached", async () => {
    at = start;
    const [gone, unreachable] = [await letter(), await letter()];
    await world.sql`delete from files where key like ${`letters/${gone}/%`}`;
    await ask(gone);
    await work();
    expect(pagesOf(await ask(gone))).toBe("no-pdf");

    await ask(unreachable);
    const storage = { ...deps.storage, get: () => Promise.reject(new StorageUnavailable("S3 is away")) };
    const [picturesId = ""] = await waiting();
    await expect(drawLetterPages({ picturesId }, { ...deps, storage }, never)).rejects.toThrow("S3 is away");
    await work();
    expect(pagesOf(await ask(unreachable))).toBe(1);
  });

  test("changes nothing when its job is worked twice, or after it was forgotten", async () => {
    at = start;
    const id = await letter();
    await ask(id);
    const [picturesId = ""] = await waiting();
    await work();
    const before = await ask(id);

    await drawLetterPages({ picturesId }, deps, never);
    await drawLetterPages({ picturesId: crypto.randomUUID() }, deps, never);

    expect(await ask(id)).toEqual(before);
    expect(await world.sql`select from files where key like 'pictures/%'`).toHaveLength(1);
  });
});

test("a preview's picture is shared by those who ask for the same, and by no other service", async () => {
  at = start;
  const other = await world.addService("Other");
  const preview = {
    english: { subject: "A", content: "Dear ((name))" },
    welsh: { subject: "B", content: "Annwyl ((name))" },
    contactBlock: "Town Hall",
    personalisation: { name: "Only-of-this-letter" },
  };
  const asks = () =>
    Promise.all(
      [world.service.id, world.service.id, other.id].map((serviceId) =>
        previewPicture(desk(), { serviceId, preview, page: 1 }, never),
      ),
    );
  await asks();

  expect(await waiting()).toHaveLength(2);
  const [row] = await world.sql`select string_agg(p::text, '') as all from letter_pictures p`;
  expect(row?.all).not.toContain("Only-of-this-letter");
  await work();

  // One side in each language.
  expect((await asks()).map(pagesOf)).toEqual([2, 2, 2]);
});

test("delete-old-letter-pictures forgets what was asked for over an hour ago, with its files", async () => {
  at = start;
  const [old, young] = [await letter(), await letter()];
  await ask(old);
  at = minutesLater(30);
  await ask(young);
  await work();
  const keys = async () =>
    (await world.sql<{ key: string }[]>`select key from files where key like 'pictures/%'`).map(
      ({ key }) => key,
    );
  expect(await keys()).toHaveLength(2);

  at = minutesLater(61);
  expect(await forgetPictures(deps, never)).toBe("Forgot 1 sets of pictures");

  const [left] = await world.sql<{ id: string }[]>`select id from letter_pictures`;
  expect(await keys()).toEqual([pictureKey(left?.id ?? "", 1)]);
  expect([pagesOf(await ask(young)), pagesOf(await ask(old))]).toEqual([1, "no-answer"]);
});
