import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as v from "valibot";
import { until } from "../../support/until.ts";
import { downloadOf, type FileWorld, openFileWorld, recipient } from "./file-world.ts";

// Of hooks, too, which may have to start Postgres.
setDefaultTimeout(60_000);

/** What the client throws. */
const Refused = v.object({ response: v.object({ status: v.number() }) });

const weekMs = 7 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

async function refusal(sent: Promise<unknown>): Promise<number> {
  const error = await sent.then(
    () => {
      throw new Error("It was sent");
    },
    (reason: unknown) => reason,
  );
  return v.parse(Refused, error).response.status;
}

async function lifeOf(files: FileWorld): Promise<number> {
  const { expires_at, created_at } = v.parse(
    v.object({ expires_at: v.date(), created_at: v.date() }),
    (await files.documents()).at(-1),
  );
  return expires_at.getTime() - created_at.getTime();
}

describe.each(["Postgres", "S3"] as const)("an email with a file, kept in %s", (kind) => {
  let files: FileWorld;

  beforeAll(async () => {
    files = await openFileWorld(kind);
  });

  afterAll(() => files[Symbol.asyncDispose]());

  test.each([
    [{}, 26],
    [{ retentionPeriod: "1 week" }, 1],
    [{ retentionPeriod: "78 weeks", filename: "a.csv" }, 78],
  ])("keeps the file as %j asks", async (options, weeks) => {
    await files.send(options);

    // Of the two, one was noted by the database's clock.
    expect(Math.abs((await lifeOf(files)) - weeks * weekMs)).toBeLessThan(60_000);
  });

  test("is shown and sent with its link", async () => {
    const url = await files.send({ confirmEmailBeforeDownload: false });
    const [row] = await files.world.sql<{ id: string }[]>`
      select id from notifications order by created_at desc limit 1`;
    const read = await files.world.client().getNotificationById(row?.id ?? "");
    await files.world.startWorker();

    const { sandbox } = files.world;
    const email = await until(
      () => sandbox.messages("email").find(({ body }) => body?.includes(url)),
      "it has arrived",
    );

    expect(read.data).toMatchObject({ body: `Hello Ada, your file: ${url}` });
    expect(email.to).toBe(recipient);
    expect(email.html).toContain(`href="${url}"`);
    expect((await fetch(downloadOf(url))).status).toBe(200);
  });

  test("over its service's rate limit leaves a file that goes in a day", async () => {
    const other = await files.world.addService("Limited");
    await files.world
      .sql`update services set contact_link = 'https://x.example', rate_limit = 0 where id = ${other.id}`;
    const client = files.world.client(other.keys.normal);
    const day = client.prepareUpload(Buffer.from("a"), {});
    const personalisation = { name: "Ada", day };

    const status = await refusal(client.sendEmail(other.templates.email, recipient, { personalisation }));

    expect(status).toBe(429);
    expect(Math.abs((await lifeOf(files)) - dayMs)).toBeLessThan(60_000);
  });
});

describe("an email with a file while the storage is away", () => {
  test("is refused with 503, is not sent, and leaves nothing for longer than a day", async () => {
    await using files = await openFileWorld("S3", { STORAGE_TIMEOUT_MS: "500" });
    await files.s3?.stop();

    const status = await refusal(files.send());

    expect(status).toBe(503);
    expect(await files.world.sql`select from notifications`).toHaveLength(0);
    expect(await files.world.sql`select from pgboss.job where name = 'deliver-email'`).toHaveLength(0);
    expect(Math.abs((await lifeOf(files)) - dayMs)).toBeLessThan(60_000);
    expect(files.world.lines).toContainEqual(
      expect.objectContaining({ level: "warn", message: "Database or storage unreachable" }),
    );
  });

  test("does not keep other emails from being sent", async () => {
    await using files = await openFileWorld("S3");
    await files.s3?.stop();
    const personalisation = { name: "Ada", day: "Monday" };

    const { status } = await files.world
      .client()
      .sendEmail(files.world.service.templates.email, recipient, { personalisation });

    expect(status).toBe(201);
  });

  test("shows a page that says so", async () => {
    await using files = await openFileWorld("S3");
    const url = await files.send({ confirmEmailBeforeDownload: false });
    await files.s3?.stop();

    const [page, file] = await Promise.all([fetch(url), fetch(downloadOf(url))]);

    expect([page.status, file.status]).toEqual([200, 503]);
    expect(await file.text()).toContain("Try again in a few minutes");
  });
});
