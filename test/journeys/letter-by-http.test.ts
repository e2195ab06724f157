import { describe, expect, test } from "bun:test";
import { startPrintRun } from "../../shared/letter/print-run.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";
import { httpPrinter } from "../worker/letters/http/letter.ts";

const toward = (name: string) => ({
  address_line_1: name,
  address_line_2: "1 Mill Lane",
  address_line_3: "LS1 4AP",
  name,
  day: "Monday",
});

describe("letters by HTTP", () => {
  test("go from a request through a print run to the printer, and services read what became of them", async () => {
    await using world = await openWorld({ env: httpPrinter });
    const { client, sandbox, service, sql } = world;
    // The printer repeats itself.
    sandbox.setFault({ provider: "dvla-status", duplicate_receipts: 2 });
    const send = async (name: string) => {
      const { data } = await client().sendLetter(service.templates.letter, { personalisation: toward(name) });
      return String(data.id);
    };
    const statusOf = async (id: string) => (await client().getNotificationById(id)).data.status;
    const becomes = (id: string, status: string) =>
      until(async () => (await statusOf(id)) === status, `the letter is ${status}`);

    const [ada, rejected, test] = [await send("Ada Archer"), await send("Reject Jones"), await sendTest()];
    await until(
      async () => (await sql`select from notifications where billable_units > 0`).length === 2,
      "their PDFs are made",
    );
    expect([await statusOf(ada), await statusOf(rejected)]).toEqual(["accepted", "accepted"]);
    const at = new Date();
    const deadline = new Date(at.getTime() + 1000);
    const run = { printDate: "2026-11-21", deadline, kind: "manual", reason: "Tried out", at } as const;
    await startPrintRun(sql, { id: crypto.randomUUID(), ...run });

    await becomes(ada, "received");
    await becomes(rejected, "technical-failure");

    const letters = sandbox.messages("letter");
    expect(letters.map(({ to }) => to).toSorted()).toEqual([
      "Ada Archer, 1 Mill Lane, LS1 4AP",
      "Reject Jones, 1 Mill Lane, LS1 4AP",
    ]);
    expect(letters.map(({ body }) => body)).toContainEqual(expect.stringContaining("Dear Ada Archer"));
    expect(sandbox.dvlaHttp.jobs().map(({ id }) => id)).not.toContain(test);
    const told = await until(
      () => sandbox.alerts().find(({ text }) => text.includes("The printer rejected letters")),
      "somebody is told",
    );
    expect(told.text).toContain(rejected);

    async function sendTest(): Promise<string> {
      const personalisation = toward("Never Printed");
      const { data } = await client(service.keys.test).sendLetter(service.templates.letter, {
        personalisation,
      });
      return String(data.id);
    }
  });
});
