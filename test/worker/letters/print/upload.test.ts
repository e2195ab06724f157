import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cancelLetter } from "../../../../shared/letter/cancel-queries.ts";
import { sealLetter } from "../../../../shared/letter/files.ts";
import { holdLetters } from "../../../../shared/letter/hold.ts";
import { readSteps } from "../../../../shared/notification/timeline.ts";
import type { Fault } from "../../../sandbox/faults.ts";
import { storeLetters } from "../../../support/letters.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { printing } from "./print-world.ts";

let world: World;
let print: ReturnType<typeof printing>;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {}, env: { DVLA_SFTP_TIMEOUT_MS: "1500" } });
  print = printing(world);
});

beforeEach(async () => {
  await world.sql`
    truncate letters, notifications, letter_batch_members, letter_batches, print_runs, letter_holds, alerts cascade`;
  await world.sql`update services set active = true`;
  world.sandbox.clearFaults();
});

afterAll(() => world[Symbol.asyncDispose]());

const three = [{ bytes: 70_000 }, { bytes: 1 }, { bytes: 30_000 }];
const fault = (effects: Omit<Fault, "provider">) => world.sandbox.setFault({ provider: "dvla", ...effects });
/** Of the zips of one batch. */
const zipsOf = async ({ name }: { name: string }) => {
  await world.dvla.settled();
  return world.dvla.zips().filter((zip) => zip.name === name);
};
const references = (letters: readonly { reference: string }[]) => letters.map(({ reference }) => reference);

describe("a batch that is sent", () => {
  test("is one zip with its letters' PDFs, and moves them to sending", async () => {
    const batch = await print.planBatch(three);
    const at = new Date("2026-11-20T17:51:00Z");

    const failure = await print.upload(batch, { now: () => at });

    const [zip, ...others] = await zipsOf(batch);
    expect(failure).toBeNull();
    expect(others).toEqual([]);
    expect(references(zip?.letters ?? [])).toEqual(references(batch.letters));
    for (const { reference, pdf } of batch.letters) {
      expect(Buffer.compare(await world.dvla.pdf(reference), pdf)).toBe(0);
    }
    for (const row of await print.rows(batch)) {
      expect(row).toMatchObject({ status: "sending", sentBy: "dvla", sentAt: at, updatedAt: at });
    }
    const [row] = await world.sql`select timeline from notifications limit 1`;
    expect(readSteps(row?.timeline)).toMatchObject([
      { kind: "attempt", outcome: "accepted", provider: "dvla", at },
    ]);
    expect(await print.batch(batch)).toMatchObject({
      ...{ state: "uploaded", uploadedAt: at, claimedUntil: null, fault: null, zipBytes: zip?.bytes ?? 0 },
    });
  });

  test("leaves nothing else in the printer's folder", async () => {
    const before = await print.uploads();
    const batch = await print.planBatch(three);

    await print.upload(batch);

    expect((await print.uploads()).filter((name) => !before.includes(name))).toEqual([batch.name]);
  });

  test("is not sent again by a second job", async () => {
    const batch = await print.planBatch(three);
    await print.upload(batch);
    const connections = world.dvla.connections();

    const failure = await print.upload(batch);

    expect(failure).toBeNull();
    expect(world.dvla.connections()).toBe(connections);
    expect(await zipsOf(batch)).toHaveLength(1);
  });

  test("is many letters in several groups", async () => {
    const batch = await print.planBatch(Array.from({ length: 2100 }, () => ({ bytes: 40 })));

    await print.upload(batch);

    const [zip] = await zipsOf(batch);
    expect(references(zip?.letters ?? [])).toEqual(references(batch.letters));
    expect(new Set(await print.statuses(batch))).toEqual(new Set(["sending"]));
  });

  test("has the same bytes whoever sends it", async () => {
    const batch = await print.planBatch(three);
    fault({ refuse_rename: true, count: 1 });
    await print.upload(batch);
    const first = (await print.batch(batch)).zipBytes;
    await world.sql`update letter_batches set state = 'uploading', zip_bytes = null`;

    await print.upload(batch);

    expect((await print.batch(batch)).zipBytes).toBe(first);
    expect(await zipsOf(batch)).toHaveLength(1);
  });
});

describe("a batch that could not be sent", () => {
  const faults: [string, Omit<Fault, "provider">, string | RegExp][] = [
    ["nobody answers", { reset: true }, /./],
    ["the server is silent", { hang: true }, /./],
    ["the login is refused", { refuse_login: true }, /./],
    ["the host key is another", { wrong_host_key: true }, /./],
    ["the line ends midway", { disconnect_after_bytes: 50_000 }, /./],
    ["the server falls silent midway", { hang_after_bytes: 50_000 }, /./],
    ["the printer's disk is full", { disk_full_after_bytes: 50_000 }, /No space left/],
    ["less is there than was sent", { size_off_by: -1 }, /of its \d+ bytes are there/],
  ];
  test.each(faults)(
    "is as it was where %s, and is sent once by the next attempt",
    async (_what, effects, words) => {
      const batch = await print.planBatch(three);
      fault({ ...effects, count: 1 });

      const failure = await print.upload(batch);
      const between = { batch: await print.batch(batch), statuses: await print.statuses(batch) };
      const again = await print.upload(batch);

      expect(failure).toMatch(words);
      expect(between.batch).toMatchObject({ state: "uploading", claimedUntil: null, fault: failure });
      expect(between.statuses).toEqual(["created", "created", "created"]);
      expect(again).toBeNull();
      expect(await zipsOf(batch)).toHaveLength(1);
      expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
      expect((await print.uploads()).filter((name) => name.endsWith(".part"))).toEqual([]);
    },
  );

  test("opens an alert with its last attempt, which the one that succeeds closes", async () => {
    const batch = await print.planBatch(three);
    fault({ reset: true, count: 2 });

    await print.upload(batch, { attempt: 5 });
    const fifth = await print.openAlerts();
    await print.upload(batch, { attempt: 6 });
    const sixth = await print.openAlerts();
    await print.upload(batch);

    expect(fifth).toEqual([]);
    expect(sixth).toEqual([`letter-batch:${batch.id}`]);
    expect(await print.openAlerts()).toEqual([]);
  });

  test("waits for a printer where none is configured", async () => {
    const batch = await print.planBatch(three);

    expect(await print.upload(batch, { openSftp: null })).toBe(
      "Cannot send letters: no printer is configured",
    );
    expect(await print.batch(batch)).toMatchObject({ state: "planned" });
  });
});

describe("a zip that was there whole when its attempt ended", () => {
  test("gets its name by the next attempt and is not sent again, where the rename was refused", async () => {
    const batch = await print.planBatch(three);
    fault({ refuse_rename: true, count: 1 });

    const failure = await print.upload(batch);
    const between = await print.batch(batch);
    await print.removePdfs(batch.letters);
    const again = await print.upload(batch);

    expect(failure).toMatch(/rename/);
    expect(between).toMatchObject({ state: "placing", claimedUntil: null });
    expect(again).toBeNull();
    expect(await zipsOf(batch)).toHaveLength(1);
    expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
  });

  test("is found under its name, where the answer to the rename was lost", async () => {
    const batch = await print.planBatch(three);
    fault({ disconnect_after_rename: true, count: 1 });

    const failure = await print.upload(batch);
    await print.removePdfs(batch.letters);
    const again = await print.upload(batch);

    expect([typeof failure, again]).toEqual(["string", null]);
    expect(await zipsOf(batch)).toHaveLength(1);
    expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
  });

  test("has been taken, where neither name is there", async () => {
    await using picking = await openWorld({ worker: false, dvla: { picksUp: true } });
    const there = printing(picking);
    const batch = await there.planBatch(three);
    picking.sandbox.setFault({ provider: "dvla", disconnect_after_rename: true, count: 1 });

    const failure = await there.upload(batch);
    await until(async () => (await there.uploads()).length === 0, "the printer took the zip");
    await there.removePdfs(batch.letters);
    const again = await there.upload(batch);

    expect([typeof failure, again]).toEqual(["string", null]);
    expect(await there.printed()).toEqual([references(batch.letters)]);
    expect(await there.statuses(batch)).toEqual(["sending", "sending", "sending"]);
  });

  test("is sent anew where the printer's server lost some of it", async () => {
    const batch = await print.planBatch(three);
    fault({ refuse_rename: true, count: 1 });
    await print.upload(batch);
    const [part = ""] = (await print.uploads()).filter((name) => name.endsWith(".part"));
    await truncate(join(world.dvla.home, "notify", part), 1000);

    const again = await print.upload(batch);

    expect(again).toBeNull();
    expect(references((await zipsOf(batch))[0]?.letters ?? [])).toEqual(references(batch.letters));
    expect((await print.uploads()).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("goes under its name at once, where renames were turned off meanwhile", async () => {
    const batch = await print.planBatch(three);
    fault({ refuse_rename: true });
    await print.upload(batch);

    const again = await print.upload(batch, { letters: withoutRenames() });

    expect(again).toBeNull();
    expect(await zipsOf(batch)).toHaveLength(1);
    expect((await print.uploads()).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("moves the rest of its letters, where that was cut short", async () => {
    const batch = await print.planBatch(Array.from({ length: 1500 }, () => ({ bytes: 40 })));
    const last = batch.letters.at(-1)?.id ?? "";
    await world.sql.unsafe(`
      create function fail_last() returns trigger language plpgsql as $$ begin
        if new.id = '${last}' then raise 'gone'; end if; return new; end $$;
      create trigger late before update on notifications for each row execute function fail_last()`);

    const failure = await print.upload(batch);
    const between = (await print.statuses(batch)).filter((status) => status === "sending").length;
    await world.sql`drop function fail_last cascade`;
    await print.removePdfs(batch.letters);
    const again = await print.upload(batch);

    expect([failure, again]).toEqual(["gone", null]);
    expect(between).toBe(1000);
    expect(new Set(await print.statuses(batch))).toEqual(new Set(["sending"]));
    expect(await zipsOf(batch)).toHaveLength(1);
    const rows = await world.sql<{ timeline: string }[]>`select timeline from notifications`;
    for (const { timeline } of rows) expect(readSteps(timeline)).toHaveLength(1);
  });

  test("tells of letters that ended after it was made", async () => {
    const batch = await print.planBatch(three);
    fault({ refuse_rename: true, count: 1 });
    await print.upload(batch);
    await world.sql`update notifications set status = 'cancelled' where id = ${batch.letters[1]?.id ?? ""}`;
    await world.sql`update notifications set status = 'delivered' where id = ${batch.letters[2]?.id ?? ""}`;

    await print.upload(batch);

    expect(await print.statuses(batch)).toEqual(["sending", "cancelled", "delivered"]);
    expect(await print.openAlerts()).toEqual([`letters-sent-unexpectedly:${batch.id}`]);
  });
});

function withoutRenames() {
  const { letters } = world.deps;
  return { ...letters, sftp: letters.sftp && { ...letters.sftp, renames: false } };
}

describe("where the printer allows no renames", () => {
  test("a batch goes straight under its name", async () => {
    const batch = await print.planBatch(three);

    const failure = await print.upload(batch, { letters: withoutRenames() });

    expect(failure).toBeNull();
    expect(references((await zipsOf(batch))[0]?.letters ?? [])).toEqual(references(batch.letters));
    expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
  });

  test("a piece of it is written over by the next attempt", async () => {
    const batch = await print.planBatch(three);
    fault({ disconnect_after_bytes: 50_000, count: 1 });

    await print.upload(batch, { letters: withoutRenames() });
    const again = await print.upload(batch, { letters: withoutRenames() });

    expect(again).toBeNull();
    expect(await zipsOf(batch)).toHaveLength(1);
  });

  test("a whole one is not sent again though nobody noted that it was whole", async () => {
    const batch = await print.planBatch(three);
    await print.upload(batch, { letters: withoutRenames() });
    await world.sql`update letter_batches set state = 'uploading', zip_bytes = null, uploaded_at = null`;
    await world.sql`update notifications set status = 'created', sent_at = null, sent_by = null`;
    await print.removePdfs(batch.letters);

    const again = await print.upload(batch, { letters: withoutRenames() });

    expect(again).toBeNull();
    expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
    expect(await zipsOf(batch)).toHaveLength(1);
  });
});

describe("two workers with one batch", () => {
  test("send it once; the other comes back later", async () => {
    const batch = await print.planBatch(three);
    fault({ delay_ms: 60, count: 1 });

    const sending = print.upload(batch);
    await until(async () => (await print.batch(batch)).claimedUntil !== null, "it is being sent");
    const failures = [await print.upload(batch), await sending];

    expect(failures).toEqual(["Another worker has this batch, or died over it", null]);
    expect(await zipsOf(batch)).toHaveLength(1);
  });

  test("send it once though both begin at the same moment", async () => {
    const batch = await print.planBatch(three);

    const failures = await Promise.all([1, 2, 3, 4].map(() => print.upload(batch)));

    // Who comes last may find it sent.
    const busy = "Another worker has this batch, or died over it";
    expect(failures).toContain(null);
    expect(failures.filter((failure) => failure !== null && failure !== busy)).toEqual([]);
    expect(await zipsOf(batch)).toHaveLength(1);
  });

  test("leave it to the one who has the claim by now", async () => {
    const batch = await print.planBatch(three);
    fault({ delay_ms: 60, count: 1 });

    const sending = print.upload(batch);
    await until(async () => (await print.batch(batch)).claimedUntil !== null, "it is being sent");
    await world.sql`update letter_batches set claimed_until = now() + interval '1 hour'`;
    const failure = await sending;

    expect(failure).toBe("Cannot go on: another worker has this batch");
    expect(await zipsOf(batch)).toEqual([]);
    expect(await print.batch(batch)).toMatchObject({ state: "uploading", fault: null });
    expect(await print.statuses(batch)).toEqual(["created", "created", "created"]);
  });

  test("give it no name where the one that sends it was thought dead", async () => {
    const batch = await print.planBatch(three);
    fault({ delay_ms: 60, count: 1 });

    const sending = print.upload(batch);
    await until(async () => (await print.batch(batch)).claimedUntil !== null, "it is being sent");
    await world.sql`update letter_batches set claimed_until = now() - interval '1s'`;
    const failures = [await print.upload(batch), await sending];

    expect(failures[0]).toBeNull();
    expect(failures[1]).toMatch(/another worker/i);
    expect(await zipsOf(batch)).toHaveLength(1);
    expect(await print.statuses(batch)).toEqual(["sending", "sending", "sending"]);
    expect(await print.batch(batch)).toMatchObject({ state: "uploaded" });
  });
});

describe("a letter", () => {
  test("whose PDF is missing, changed or unreadable is left out with an alert, and the others go", async () => {
    const batch = await print.planBatch([...three, {}, {}]);
    const [missing, , changed, unreadable] = batch.letters;
    const { storage } = world.deps;
    await print.removePdfs(missing ? [missing] : []);
    await storage.put([await sealLetter(world.cipher, changed?.id ?? "", "letter", new Uint8Array(9))]);
    await storage.put([
      {
        key: `letters/${unreadable?.id}/letter.pdf`,
        content: new TextEncoder().encode("test\0nonsense, and long"),
      },
    ]);

    const failure = await print.upload(batch);

    const [, second, , , fifth] = batch.letters;
    expect(failure).toBeNull();
    expect(references((await zipsOf(batch))[0]?.letters ?? [])).toEqual([
      second?.reference ?? "",
      fifth?.reference ?? "",
    ]);
    expect(await print.statuses(batch)).toEqual(["created", "sending", "created", "created", "sending"]);
    expect(await print.openAlerts()).toEqual([`letters-dropped:${batch.id}`]);
    const dropped = await world.sql`
      select dropped from letter_batch_members where not live order by position`;
    expect(dropped.map((row) => row.dropped)).toEqual([
      "Its PDF is missing",
      "Its PDF is not the one that was planned",
      "Its PDF cannot be decrypted",
    ]);
    expect(await print.batch(batch)).toMatchObject({ letters: 5, dropped: 3, state: "uploaded" });
  });

  test("that was cancelled meanwhile is left out without ado", async () => {
    const batch = await print.planBatch(three);
    await world.sql`update notifications set status = 'cancelled' where id = ${batch.letters[0]?.id ?? ""}`;

    await print.upload(batch);

    expect((await zipsOf(batch))[0]?.letters).toHaveLength(2);
    expect(await print.openAlerts()).toEqual([]);
  });

  test("that is the last of its batch takes it along: nothing empty is sent", async () => {
    const batch = await print.planBatch([{}, {}]);
    await print.removePdfs(batch.letters);
    const before = await print.uploads();

    const failure = await print.upload(batch);

    expect(failure).toBeNull();
    expect(await zipsOf(batch)).toEqual([]);
    expect(await print.uploads()).toEqual(before);
    expect(await print.batch(batch)).toMatchObject({ state: "abandoned", dropped: 2 });
    expect(await print.openAlerts()).toEqual([`letters-dropped:${batch.id}`]);
  });

  test("is cancelled or printed, never both, while cancelling and a run race", async () => {
    const at = new Date();
    const serviceId = world.service.id;
    const letters = await storeLetters(
      { ...world, storage: world.deps.storage },
      Array.from({ length: 400 }, () => ({ bytes: 40, createdAt: at })),
    );
    const cancelling = letters.map(({ id }) => cancelLetter(world.sql, { serviceId, id, at }));

    const [batch] = await Promise.all([print.planBatch([{}]), ...cancelling.slice(0, 200)]);
    const [failure, ...rest] = await Promise.all([print.upload(batch), ...cancelling.slice(200)]);

    const cancelled = (await Promise.all(cancelling)).filter(({ outcome }) => outcome === "cancelled").length;
    const statuses = await print.statuses({ ...batch, letters });
    const sent = new Set(references((await zipsOf(batch))[0]?.letters ?? []));
    const right = letters.filter(
      ({ reference }, n) => statuses[n] === (sent.has(reference) ? "sending" : "cancelled"),
    );
    expect([failure, rest.length]).toEqual([null, 200]);
    expect(right).toHaveLength(400);
    expect(cancelled).toBe(400 - [...letters].filter(({ reference }) => sent.has(reference)).length);
  });
});

describe("a batch of a service", () => {
  test("that is held after it was planned is taken apart", async () => {
    const batch = await print.planBatch(three);
    await holdLetters(world.sql, { serviceId: world.service.id, reason: "wrong logo", at: new Date() });

    const failure = await print.upload(batch);

    expect(failure).toBeNull();
    expect(await zipsOf(batch)).toEqual([]);
    expect(await print.batch(batch)).toMatchObject({ state: "abandoned" });
    expect(await world.sql`select from letter_batch_members where live`).toHaveLength(0);
  });

  test("that is suspended after it was planned is not sent", async () => {
    const batch = await print.planBatch(three);
    await world.sql`update services set active = false`;

    await print.upload(batch);

    expect(await print.batch(batch)).toMatchObject({
      state: "abandoned",
      fault: "The service is held or suspended",
    });
    expect(await zipsOf(batch)).toEqual([]);
  });
});

test("somebody else's file under a batch's name is not taken for it", async () => {
  const batch = await print.planBatch(three);
  await writeFile(join(world.dvla.home, "notify", batch.name), "something else");

  const failure = await print.upload(batch);

  expect(failure).toBeNull();
  expect(references((await zipsOf(batch))[0]?.letters ?? [])).toEqual(references(batch.letters));
});
