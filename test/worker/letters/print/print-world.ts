import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findBatch, type LetterBatch, listBatches } from "../../../../shared/letter/batch.ts";
import { letterKey } from "../../../../shared/letter/files.ts";
import { startPrintRun } from "../../../../shared/letter/print-run.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { collateLetters } from "../../../../worker/tasks/letters/collate-letters.ts";
import { uploadLetterBatch } from "../../../../worker/tasks/letters/upload-letter-batch.ts";
import { type LetterFacts, type StoredLetter, storeLetters } from "../../../support/letters.ts";
import { type NotificationRow, notificationRow } from "../../../support/notifications.ts";
import type { World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

export interface PlannedBatch {
  id: string;
  name: string;
  letters: StoredLetter[];
}

/** What tests of uploads ask of a world that has a printer. */
export function printing(world: World) {
  const place = { ...world, storage: world.deps.storage };
  return {
    /** Letters in one planned batch, in this order. */
    async planBatch(facts: readonly LetterFacts[]): Promise<PlannedBatch> {
      const from = Date.now() - 3_600_000;
      const made = facts.map((fact, n) => ({ createdAt: new Date(from + n), ...fact }));
      const letters = await storeLetters(place, made);
      const runId = crypto.randomUUID();
      // What was made a moment ago too.
      const deadline = new Date(Date.now() + 60_000);
      const run = { id: runId, printDate: "2026-11-20", deadline, reason: "test", at: deadline };
      await startPrintRun(world.sql, { ...run, kind: "manual" });
      await collateLetters({ runId }, world.deps, never, { id: "id", attempt: 1 });
      const [batch, ...others] = await listBatches(world.sql, runId);
      if (!batch || others.length > 0) throw new Error(`Expected one batch, not ${others.length + 1}`);
      return { id: batch.id, name: batch.name, letters };
    },
    /** One attempt at sending it. Answers what it failed of, or null. */
    async upload(
      { id }: { id: string },
      { attempt = 1, ...over }: Partial<WorkerDeps> & { attempt?: number } = {},
    ): Promise<string | null> {
      return await uploadLetterBatch({ batchId: id }, world.newDeps(over), never, { id: "id", attempt }).then(
        () => null,
        (error: Error) => error.message,
      );
    },
    async batch({ id }: { id: string }): Promise<LetterBatch> {
      const batch = await findBatch(world.sql, id);
      if (!batch) throw new Error(`Cannot find batch ${id}`);
      return batch;
    },
    /** The references in each zip that was printed. */
    async printed(): Promise<string[][]> {
      await world.dvla.settled();
      const zips = world.dvla.zips();
      return zips.map(({ letters }) => letters.map(({ reference }) => reference));
    },
    /** What lies in the folder for zips. */
    async uploads(): Promise<string[]> {
      return await readdir(join(world.dvla.home, "notify"));
    },
    async rows({ letters }: PlannedBatch): Promise<NotificationRow[]> {
      return await Promise.all(letters.map(({ id }) => notificationRow(world.sql, id)));
    },
    async statuses({ letters }: PlannedBatch): Promise<string[]> {
      const rows = await Promise.all(letters.map(({ id }) => notificationRow(world.sql, id)));
      return rows.map(({ status }) => status);
    },
    /** Then nobody can send them again. */
    async removePdfs(letters: readonly StoredLetter[]): Promise<void> {
      await world.deps.storage.delete(letters.map(({ id }) => letterKey(id, "letter")));
    },
    async openAlerts(): Promise<string[]> {
      const rows = await world.sql<{ subject: string }[]>`
        select subject from alerts where resolved_at is null order by subject`;
      return rows.map(({ subject }) => subject);
    },
  };
}
