import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { batchKey, sealBatch } from "../../../shared/batch/files.ts";
import { letterKey, sealLetter } from "../../../shared/letter/files.ts";
import { createRetention } from "../../../shared/retention/queries.ts";
import { insertLetterUpload } from "../../../shared/upload/letter-uploads.ts";
import {
  removeBatchFiles,
  removeLetterBatchFiles,
} from "../../../worker/tasks/batches/remove-batch-files.ts";
import { openWorld, type World } from "../../support/world.ts";

const now = new Date("2026-08-20T04:00:00Z");
const { signal } = new AbortController();
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate jobs, job_uploads, files, service_data_retention cascade`;
});

afterAll(() => world[Symbol.asyncDispose]());

interface Facts {
  type?: "sms" | "email" | "letter";
  createdAt: string;
  scheduledFor?: string;
}

const deps = () => world.newDeps({ now: () => now });

async function putFile(id: string): Promise<void> {
  await world.deps.storage.put([await sealBatch(world.cipher, { serviceId: world.service.id, id }, "a,b")]);
}

async function batch({ type = "sms", createdAt, scheduledFor }: Facts): Promise<string> {
  const id = crypto.randomUUID();
  await putFile(id);
  await world.sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at,
      scheduled_for)
    values (${id}, ${world.service.id}, 'a.csv', ${world.service.templates[type]}, 1, 1, ${createdAt},
      ${scheduledFor ?? null})`;
  return id;
}

async function upload(createdAt: string): Promise<string> {
  const id = crypto.randomUUID();
  await putFile(id);
  await world.sql`
    insert into job_uploads (id, service_id, original_file_name, template_id, template_version, notification_count,
      valid, faults, created_at)
    values (${id}, ${world.service.id}, 'a.csv', ${world.service.templates.sms}, 1, 1, true, '[]', ${createdAt})`;
  return id;
}

async function hasFile(id: string): Promise<boolean> {
  return (await world.deps.storage.get(batchKey(world.service.id, id))) !== null;
}

const archived = async () =>
  (await world.sql`select id from jobs where archived order by id`).map(({ id }) => id as string);

describe("remove_sms_email_jobs", () => {
  test("removes files a week old by UTC days, and keeps the batches", async () => {
    const old = await batch({ createdAt: "2026-08-12T23:59:59Z" });
    const email = await batch({ type: "email", createdAt: "2026-08-01T00:00:00Z" });
    const recent = await batch({ createdAt: "2026-08-13T00:00:00Z" });
    const late = await batch({ createdAt: "2026-08-12T00:00:00Z", scheduledFor: "2026-08-14T00:00:00Z" });
    const letter = await batch({ type: "letter", createdAt: "2026-08-01T00:00:00Z" });

    expect(await removeBatchFiles(deps(), signal)).toBe("Removed the files of 2 batches, and 0 uploads");

    expect(await Promise.all([old, email, recent, late, letter].map(hasFile))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(await archived()).toEqual([old, email].sort());
    expect(await removeBatchFiles(deps(), signal)).toBe("Removed the files of 0 batches, and 0 uploads");
  });

  test("goes by what the service has chosen", async () => {
    const days = { serviceId: world.service.id, at: now };
    await createRetention(world.sql, { ...days, id: crypto.randomUUID(), type: "sms", days: 3 });
    await createRetention(world.sql, { ...days, id: crypto.randomUUID(), type: "email", days: 30 });
    const text = await batch({ createdAt: "2026-08-16T12:00:00Z" });
    const email = await batch({ type: "email", createdAt: "2026-08-01T00:00:00Z" });

    await removeBatchFiles(deps(), signal);

    expect(await Promise.all([text, email].map(hasFile))).toEqual([false, true]);
  });

  test("removes uploads that nothing came of, and never the file of a batch", async () => {
    const [old, recent, used] = [
      await upload("2026-08-11T00:00:00Z"),
      await upload("2026-08-13T00:00:00Z"),
      await upload("2026-08-11T00:00:00Z"),
    ];
    await world.sql`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at)
      values (${used}, ${world.service.id}, 'a.csv', ${world.service.templates.sms}, 1, 1, '2026-08-15T00:00:00Z')`;

    expect(await removeBatchFiles(deps(), signal)).toBe("Removed the files of 0 batches, and 1 uploads");

    expect(await Promise.all([old, recent, used].map(hasFile))).toEqual([false, true, true]);
    expect([...(await world.sql`select id from job_uploads`)]).toEqual([{ id: recent }]);
  });

  test("removes more than a page", async () => {
    await world.sql`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at)
      select gen_random_uuid(), ${world.service.id}, 'a.csv', ${world.service.templates.sms}, 1, 1, '2026-08-01'
      from generate_series(1, 230)`;

    expect(await removeBatchFiles(deps(), signal)).toStartWith("Removed the files of 230 batches");
  });
});

test("remove_letter_jobs removes letters' files alone", async () => {
  const text = await batch({ createdAt: "2026-08-01T00:00:00Z" });
  const letter = await batch({ type: "letter", createdAt: "2026-08-01T00:00:00Z" });

  expect(await removeLetterBatchFiles(deps(), signal)).toBe("Removed the files of 1 batches, and 0 uploads");

  expect(await Promise.all([text, letter].map(hasFile))).toEqual([true, false]);
});

test("remove_letter_jobs removes letters that were uploaded three days ago and never sent", async () => {
  const { sql, cipher, deps: parts, service } = world;
  const store = async (createdAt: string) => {
    const id = crypto.randomUUID();
    await parts.storage.put([await sealLetter(cipher, id, "original", new Uint8Array(3))]);
    await insertLetterUpload(sql, {
      id,
      serviceId: service.id,
      fileName: "a.pdf",
      createdAt: new Date(createdAt),
    });
    return id;
  };
  const old = await store("2026-08-17T03:59:59Z");
  const recent = await store("2026-08-17T04:00:01Z");

  expect(await removeLetterBatchFiles(deps(), signal)).toBe("Removed the files of 0 batches, and 1 uploads");

  expect((await sql`select id from letter_uploads`).map(({ id }) => id)).toEqual([recent]);
  expect(await parts.storage.get(letterKey(old, "original"))).toBeNull();
  expect(await parts.storage.get(letterKey(recent, "original"))).not.toBeNull();
});
