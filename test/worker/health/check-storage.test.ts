import { expect, test } from "bun:test";
import { listOpenAlerts } from "../../../shared/alert/queries.ts";
import { letterKey } from "../../../shared/letter/files.ts";
import { checkStorage } from "../../../worker/tasks/health/check-storage.ts";
import { storeLetters } from "../../support/letters.ts";
import { openWorld } from "../../support/world.ts";

test("check-storage tells of PDFs without letters and letters without PDFs, once both are a day old", async () => {
  await using world = await openWorld({ worker: false });
  const { sql, cipher, service } = world;
  const { storage } = world.deps;
  const deps = world.newDeps({ now: () => new Date(Date.now() + 25 * 3_600_000) });
  const open = async () => (await listOpenAlerts(sql)).map(({ subject }) => subject);
  expect(await checkStorage(deps)).toBe("No files are kept in Postgres");

  const letters = await storeLetters({ sql, cipher, storage, service }, [
    {},
    { status: "sending" },
    { status: "cancelled", pdf: null },
    {},
  ]);
  const [kept, pdfless, , rowless] = letters.map(({ id }) => id);
  expect(await checkStorage(deps)).toBe("0 PDFs without a letter, 0 letters without a PDF");
  expect(await open()).toEqual([]);

  await storage.delete([letterKey(pdfless ?? "", "letter")]);
  await sql`delete from notifications where id = ${rowless ?? ""}`;
  expect(await checkStorage(world.deps)).toBe("0 PDFs without a letter, 1 letters without a PDF");
  expect(await checkStorage(deps)).toBe("1 PDFs without a letter, 1 letters without a PDF");
  expect(await open()).toEqual(["storage-differs"]);

  await sql`delete from letters where notification_id <> ${kept ?? ""}`;
  await storage.delete([letterKey(rowless ?? "", "letter")]);
  await checkStorage(deps);
  expect(await open()).toEqual([]);
});
