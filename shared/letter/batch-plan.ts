import type { Pool } from "../database.ts";
import { contentHash, letterFileName, zipName } from "./batch-name.ts";
import type { PrintableLetter } from "./print-run-selection.ts";

/** Of whoever plans: a number is given once, even where two workers believe that they have the run. */
const planLock = 7_261_401;

/**
 * Stores batches with their letters, in one transaction; their numbers go on from the print date's last. Answers their
 * names. Throws where the run is not being planned any more, and where another planner took one of the letters: planned
 * again, the run takes what is left.
 */
export async function storeBatches(
  sql: Pool,
  { runId, batches, at }: { runId: string; batches: readonly (readonly PrintableLetter[])[]; at: Date },
): Promise<void> {
  const drafts = await Promise.all(batches.map(draftOf));
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${planLock})`;
    const [run] = await tx<{ printDate: string; status: string }[]>`
      select print_date::text as "printDate", status from print_runs where id = ${runId} for update`;
    if (run?.status !== "planning") {
      throw new Error(`Cannot plan run ${runId}: it is ${run?.status ?? "not there"}`);
    }
    const numbers = await tx<{ postage: string; last: number }[]>`
      select b.postage, max(b.number) as last from letter_batches b join print_runs r on r.id = b.run_id
      where r.print_date = ${run.printDate} group by b.postage`;
    const last = new Map(numbers.map(({ postage, last: number }) => [postage, number]));
    const numbered = drafts.map((draft) => {
      const number = (last.get(draft.postage) ?? 0) + 1;
      last.set(draft.postage, number);
      return { ...draft, number, name: zipName({ ...draft, printDate: run.printDate, number }) };
    });
    const rows = numbered.map(({ id, name, number, postage, serviceId, members, bytes }) => ({
      ...{ id, name, number, postage, service_id: serviceId, letters: members.length, bytes },
    }));
    await tx`
      insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, created_at)
      select b.id, ${runId}, b.name, b.number, b.postage, b.service_id, b.letters, b.bytes, ${at}
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as b (id uuid, name text, number integer, postage text, service_id uuid, letters integer, bytes bigint)`;
    const members = drafts.flatMap(({ id, members: letters }) =>
      letters.map(({ letter, fileName }, position) => ({
        ...{ batch_id: id, position, id: letter.id, file_name: fileName },
        ...{ bytes: letter.bytes, sha256: letter.sha256 },
      })),
    );
    await tx`
      insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
      select m.batch_id, m.position, m.id, m.file_name, m.bytes, decode(m.sha256, 'hex')
      from json_to_recordset(${JSON.stringify(members)}::text::json)
        as m (batch_id uuid, position integer, id uuid, file_name text, bytes integer, sha256 text)`;
  });
}

/** What of a batch can be said before it has its number. */
async function draftOf(letters: readonly PrintableLetter[]) {
  const [first] = letters;
  if (!first) throw new Error("Cannot plan a batch: it has no letters");
  const members = letters.map((letter) => ({ letter, fileName: letterFileName(letter) }));
  return {
    id: crypto.randomUUID(),
    postage: first.postage,
    serviceId: first.serviceId,
    members,
    bytes: letters.reduce((sum, { bytes }) => sum + bytes, 0),
    hash: await contentHash(members.map(({ letter, fileName }) => ({ fileName, sha256: letter.sha256 }))),
  };
}
