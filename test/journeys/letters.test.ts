import { describe, expect, test } from "bun:test";
import { startPrintRun } from "../../shared/letter/print-run.ts";
import { pollDvla } from "../../worker/tasks/letters/poll-dvla.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";
import { never } from "../worker/providers/provider-server.ts";

const toward = (name: string) => ({
  address_line_1: name,
  address_line_2: "1 Mill Lane",
  address_line_3: "LS1 4AP",
  name,
  day: "Monday",
});

describe("letters", () => {
  test("go from a request through print run, zip and the printer's files to the service that reads of them", async () => {
    await using world = await openWorld({ dvla: {} });
    const { client, dvla, service, sql } = world;
    const send = async (name: string) => {
      const { data } = await client().sendLetter(service.templates.letter, { personalisation: toward(name) });
      return String(data.id);
    };
    const read = async (id: string) => (await client().getNotificationById(id)).data;
    const referenceOf = async (id: string) => {
      const [row] = await sql`select reference from letters where notification_id = ${id}`;
      return String(row?.reference);
    };
    const ids = [await send("Ada Archer"), await send("Bob Jones"), await send("Cy Smith")] as const;
    await until(
      async () => (await sql`select from notifications where billable_units > 0`).length === 3,
      "their PDFs are made",
    );

    const at = new Date();
    const deadline = new Date(at.getTime() + 1000);
    const run = { printDate: "2026-11-21", deadline, kind: "manual", reason: "Tried out", at } as const;
    await startPrintRun(sql, { id: crypto.randomUUID(), ...run });
    await until(async () => (await read(ids[0])).sent_at !== null, "they are with the printer");

    await dvla.settled();
    const [zip, ...others] = dvla.zips();
    expect(others).toEqual([]);
    expect(zip?.name).toMatch(/^NOTIFY\.2026-11-21\.2\.001\.[\w-]{20}\.[0-9a-f-]{36}\.None\.ZIP$/);
    const references = await Promise.all(ids.map(referenceOf));
    expect(zip?.letters.map(({ reference }) => reference).toSorted()).toEqual(references.toSorted());
    expect(await read(ids[1])).toMatchObject({ status: "accepted", postage: "second", completed_at: null });

    await dvla.acknowledge();
    const failed = references[2] ?? "";
    await dvla.respond({ failed: [failed] });
    // Files are taken in once they have stopped growing.
    for (const seconds of [0, 60]) {
      const later = new Date(Date.now() + seconds * 1000);
      await pollDvla(world.newDeps({ now: () => later }), never);
    }

    await until(async () => (await read(ids[0])).status === "received", "the first is received");
    await until(async () => (await read(ids[2])).status === "temporary-failure", "the last is not");
    expect(await read(ids[1])).toMatchObject({
      status: "received",
      cost_details: { billable_sheets_of_paper: 1, postage: "second" },
      line_1: "Bob Jones",
    });
    await until(
      async () => (await sql`select from letter_batches where state = 'acknowledged'`).length === 1,
      "the batch is acknowledged",
    );
    const told = await until(
      () => world.sandbox.alerts().find(({ text }) => text.includes(failed)),
      "somebody is told of the one that failed",
    );
    expect(told.text).not.toContain("Cy Smith");
  });
});
