import { afterAll, beforeAll, expect, test } from "bun:test";
import { batchKey } from "../../../shared/batch/files.ts";
import { documentKey } from "../../../shared/document/store.ts";
import { dvlaFileKey } from "../../../shared/letter/dvla-files.ts";
import { letterKey } from "../../../shared/letter/files.ts";
import { deleteOrphanedFiles } from "../../../worker/tasks/retention/delete-orphaned-files.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const hoursOn = (hours: number) => world.newDeps({ now: () => new Date(Date.now() + hours * 3_600_000) });

const keysLeft = async () =>
  (await world.sql<{ key: string }[]>`select key from files`).map(({ key }) => key).toSorted();

/** Rows of each kind that has a file; one batch is only uploaded yet. Their ids. */
async function storeRows() {
  const { sql, service } = world;
  const [documentId, jobId, uploadId] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const batch = { service_id: service.id, template_id: service.templates.sms, template_version: 1 };
  const file = { original_file_name: "a.csv", notification_count: 1, created_at: new Date() };
  await sql`
    insert into documents (id, service_id, mime_type, size, key_hash, expires_at)
    values (${documentId}, ${service.id}, 'text/csv', 1, ''::bytea, now())`;
  await sql`insert into jobs ${sql({ id: jobId, ...batch, ...file })}`;
  await sql`insert into job_uploads ${sql({ id: uploadId, ...batch, ...file, valid: true, faults: sql.json({}) })}`;
  const letterUploadId = crypto.randomUUID();
  await sql`
    insert into letter_uploads (id, service_id, file_name, created_at)
    values (${letterUploadId}, ${service.id}, 'a.pdf', now())`;
  return {
    letterUploadId,
    letterId: await world.notification({ channel: "letter" }),
    documentId,
    jobId,
    uploadId,
  };
}

test("deletes files that no row names once they are a day old, and no others", async () => {
  const { storage } = world.deps;
  const { letterUploadId, letterId, documentId, jobId, uploadId } = await storeRows();
  const nobody = crypto.randomUUID();
  const named = [
    letterKey(letterId, "original"),
    letterKey(letterId, "letter"),
    letterKey(letterUploadId, "original"),
    documentKey(documentId),
    batchKey(world.service.id, jobId),
    batchKey(world.service.id, uploadId),
  ];
  const orphans = [
    letterKey(nobody, "original"),
    letterKey(nobody, "letter"),
    documentKey(nobody),
    batchKey(world.service.id, nobody),
    // Named by rows of another kind.
    letterKey(jobId, "letter"),
    documentKey(letterId),
    batchKey(world.service.id, documentId),
  ];
  // Not for this to judge.
  const others = [dvlaFileKey(nobody), "letters/readme", "notes.csv", `logos/${nobody}`];
  await storage.put([...named, ...orphans, ...others].map((key) => ({ key, content: new Uint8Array(1) })));

  expect(await deleteOrphanedFiles(hoursOn(23), never)).toBe("Deleted 0 files that no row names");
  expect(await deleteOrphanedFiles(hoursOn(25), never)).toBe("Deleted 7 files that no row names");

  expect(await keysLeft()).toEqual([...named, ...others].toSorted());
  expect(await deleteOrphanedFiles(hoursOn(25), never)).toBe("Deleted 0 files that no row names");
});
