import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sealLetter } from "../../../shared/letter/files.ts";
import { postgresStorage } from "../../../shared/storage/postgres.ts";
import {
  jobsAbout,
  type NotificationFacts,
  notificationRow,
  storeNotification,
} from "../../support/notifications.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

let cli: Cli;
let service: { id: string; templates: Record<"sms" | "email" | "letter", string> };
let folder: string;

beforeAll(async () => {
  cli = await openCli();
  folder = await mkdtemp(join(tmpdir(), "pillarbox-letters-"));
  const id = await cli.service();
  const template = await cli.template(id);
  service = { id, templates: { sms: template, email: template, letter: template } };
});

afterEach(async () => {
  await cli.sql`truncate letter_batch_members, letter_batches, print_runs, letters, notifications, files cascade`;
  await cli.sql`delete from pgboss.job`;
});

afterAll(async () => {
  await cli[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** With a PDF, as far as its row says. */
async function letter(facts: NotificationFacts = {}): Promise<string> {
  const id = await storeNotification({ ...cli, service }, { channel: "letter", billableUnits: 1, ...facts });
  await cli.sql`
    update letters set pages = 2, bytes = 10, sha256 = '\\x00', made_at = now(), settled_at = now()
    where notification_id = ${id}`;
  return id;
}

const jobsOf = async (id: string) => (await jobsAbout(cli.sql, "create-letter-pdf", id)).length;

describe("letter render", () => {
  test.each(["created", "technical-failure", "validation-failed"] as const)(
    "forgets what was made of a letter that is %s and queues its rendering",
    async (status) => {
      const id = await letter({ status, sentAt: null, sentBy: null });

      expect(await cli.run("letter", "render", id)).toEqual({
        code: 0,
        out: `Queued ${id} in create-letter-pdf`,
        err: "",
      });

      expect(await notificationRow(cli.sql, id)).toMatchObject({ status: "created", billableUnits: 0 });
      const rows = await cli.sql`
        select pages, bytes, sha256, made_at, settled_at from letters where notification_id = ${id}`;
      expect([...rows]).toEqual([
        { pages: null, bytes: null, sha256: null, made_at: null, settled_at: null },
      ]);
      expect(await jobsOf(id)).toBe(1);
      expect((await cli.run("letter", "render", id)).err).toBe(`Cannot render ${id}: it has a job`);
      expect(await jobsOf(id)).toBe(1);
    },
  );

  test.each<[string, NotificationFacts, string]>([
    ["sent", { status: "sending" }, "it is sending"],
    ["cancelled", { status: "cancelled" }, "it is cancelled"],
    ["failed after it was sent", { status: "technical-failure" }, "it is technical-failure"],
    ["precompiled", { precompiled: true }, "its service made it"],
    ["no letter", { channel: "sms" }, "there is no such letter"],
  ])("refuses one that is %s", async (_, facts, reason) => {
    const id = await letter(facts);

    expect(await cli.run("letter", "render", id)).toEqual({
      code: 1,
      out: "",
      err: `Cannot render ${id}: ${reason}`,
    });

    expect(await jobsOf(id)).toBe(0);
  });

  test("refuses one that a print run has, until its batch is given up", async () => {
    const id = await letter();
    const [run, batch] = [crypto.randomUUID(), crypto.randomUUID()];
    await cli.sql`
      insert into print_runs (id, print_date, deadline, kind, created_at)
      values (${run}, '2026-11-20', now(), 'manual', now())`;
    await cli.sql`
      insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, created_at)
      values (${batch}, ${run}, 'NOTIFY.1.ZIP', 1, 'second', ${service.id}, 1, 10, now())`;
    await cli.sql`
      insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
      values (${batch}, 1, ${id}, 'NOTIFY.PDF', 10, '\\x00')`;

    expect((await cli.run("letter", "render", id)).err).toBe(
      `Cannot render ${id}: it is in the batch NOTIFY.1.ZIP`,
    );

    await cli.sql`update letter_batch_members set live = false`;
    expect((await cli.run("letter", "render", id)).code).toBe(0);
  });

  test("says so where there is no such letter", async () => {
    expect((await cli.run("letter", "render", unknownId)).err).toBe(
      `Cannot render ${unknownId}: there is no such letter`,
    );
  });
});

describe("letter pdf", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  async function store(id: string, which: "original" | "letter", text: string): Promise<void> {
    const storage = postgresStorage(cli.sql, { timeoutMs: 10_000 });
    await storage.put([await sealLetter(cli.cipher, id, which, bytes(text))]);
  }

  test("writes what is printed, or what the service sent, for its owner alone", async () => {
    const id = await letter();
    await store(id, "letter", "%PDF printed");
    await store(id, "original", "%PDF sent");
    const [printed, original] = [join(folder, "printed.pdf"), join(folder, "original.pdf")];

    expect((await cli.run("letter", "pdf", id, "--out", printed)).out).toBe(`Wrote 12 bytes to ${printed}`);
    expect((await cli.run("letter", "pdf", id, "--out", original, "--original")).code).toBe(0);

    expect(await readFile(printed, "utf8")).toBe("%PDF printed");
    expect(await readFile(original, "utf8")).toBe("%PDF sent");
    expect((await stat(printed)).mode & 0o777).toBe(0o600);
  });

  test("writes over no file, and none where there is no PDF", async () => {
    const id = await letter();
    const out = join(folder, "taken.pdf");

    expect(await cli.run("letter", "pdf", id, "--out", out)).toMatchObject({
      code: 1,
      err: `Cannot write the PDF of ${id}: there is none`,
    });

    await store(id, "letter", "first");
    expect((await cli.run("letter", "pdf", id, "--out", out)).code).toBe(0);
    expect(await cli.run("letter", "pdf", id, "--out", out)).toMatchObject({ code: 1 });
    expect(await readFile(out, "utf8")).toBe("first");
  });
});
