import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { BatchState } from "../../shared/letter/batch.ts";
import { holdLetters } from "../../shared/letter/hold.ts";
import { startPrintRun } from "../../shared/letter/print-run.ts";
import { checkAccessibility } from "../support/browser.ts";
import { notificationRow } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { letterPdf } from "../worker/letters/precompiled/letter-pdf.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole({ env: { LETTER_PICTURE_PATIENCE_MS: "30000" } });
});

afterAll(() => console[Symbol.asyncDispose]());

const path = (rest = "") => console.path(`/letters${rest}`);
const desk = (rest = "") => `/console/letters${rest}`;

async function letter(status: "created" | "sending" | "validation-failed", refusal: string | null = null) {
  const id = await console.world.notification({ channel: "letter", status });
  await console.world.sql`
    update letters set pages = 2, bytes = 1000, sha256 = '\\x00', refusal = ${refusal},
      refused_pages = ${refusal === null ? null : [2]} where notification_id = ${id}`;
  await console.world.sql`update notifications set billable_units = 1 where id = ${id}`;
  return id;
}

async function run(kind: "scheduled" | "manual" = "manual") {
  const id = crypto.randomUUID();
  const deadline = new Date("2026-07-01T16:30:00Z");
  await startPrintRun(console.world.sql, {
    ...{ id, kind, deadline, printDate: "2026-07-01", reason: "A test", at: deadline },
  });
  return id;
}

let batches = 0;

async function batch(runId: string, state: BatchState, members: readonly string[]) {
  const id = crypto.randomUUID();
  const name = `NOTIFY.2026-07-01.2.${String(++batches).padStart(3, "0")}.ZIP`;
  const { sql } = console.world;
  await sql`update print_runs set status = 'planned', planned_at = now() where id = ${runId}`;
  await sql`
    insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, state, created_at)
    values (${id}, ${runId}, ${name}, ${batches}, 'second', ${console.service.id}, ${members.length}, 5000000,
      ${state}, now())`;
  for (const [position, member] of members.entries()) {
    await sql`
      insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
      values (${id}, ${position}, ${member}, ${`NOTIFY.${position}.PDF`}, 1000, '\\x00')`;
  }
  return { id, name };
}

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, subject, outcome, before, after from audit order by at desc, id limit 1`;
  return entry;
}

const jobsOf = async (name: string) =>
  (await console.world.sql`select data from pgboss.job where name = ${name}`).map(({ data }) => data);

describe("a service's letters", () => {
  test("are listed by where they are, each leading to what became of it", async () => {
    const waiting = await letter("created");
    const sending = await letter("sending");
    const failed = await letter("validation-failed", "letter-not-a4-portrait-oriented");

    const pages = await Promise.all(
      ["", "?state=printer", "?state=failed"].map((query) => console.get("viewer", path(query))),
    );

    const links = [
      console.path(`/notifications/${waiting}`),
      console.path(`/notifications/${sending}`),
      path(`/${failed}`),
    ];
    const seen = pages.map(({ text }) => links.map((link) => text.includes(`href="${link}"`)));
    expect(seen).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    expect(pages[2]?.text).toContain("Some pages are not A4, upright");
    expect(pages[0]?.text).toContain("Waiting to be printed (1)");
    expect(pages[0]?.text).toContain("Ada Archer");
    expect((await console.get("stranger", path())).status).toBe(404);
  });

  test("that failed say why, and show the pages that it is about", async () => {
    const id = await letter("validation-failed", "content-outside-printable-area");
    const { text } = await console.get("viewer", path(`/${id}`));

    expect(text).toContain("Something stands outside the part of the page that can be printed on");
    expect(text).toContain("On page 2.");
    const pages = [...text.matchAll(/pages\/(\d)\.png\?seen=/g)].map(([, page]) => page);
    expect(pages).toEqual(["2", "1"]);
    expect(await lastEntry()).toMatchObject({ action: "notification.open", subject: `notification ${id}` });
    const elsewhere = `/console/services/${console.other.id}/letters/${id}`;
    expect((await console.get("stranger", elsewhere)).status).toBe(404);
  });

  test("that came back are listed by day", async () => {
    const id = await letter("sending");
    await console.world.sql`
      insert into returned_letters (notification_id, service_id, reported_at)
      values (${id}, ${console.service.id}, '2026-07-05')`;

    const days = await console.get("viewer", path("/returned"));
    const day = await console.get("viewer", path("/returned/2026-07-05"));

    expect(days.text).toContain(path("/returned/2026-07-05"));
    expect(day.text).toContain(console.path(`/notifications/${id}`));
    for (const date of ["2026-07-06", "2026-02-31", "nonsense"]) {
      expect((await console.get("viewer", path(`/returned/${date}`))).status).toBe(404);
    }
  });

  test("are held and released by operators, with why told to the service", async () => {
    const hold = desk(`/holds/${console.service.id}`);

    const without = await console.post("operator", hold, { reason: "" });
    const byManager = await console.post("manager", hold, { reason: "Mine" });
    const { location } = await console.post("operator", hold, { reason: "The address is wrong" });
    const shown = await console.get("viewer", path());
    const held = await lastEntry();
    await console.post("operator", `${hold}/release`);
    const after = await console.get("viewer", path());

    expect([without.status, byManager.status, location]).toEqual([400, 404, hold]);
    expect(without.text).toContain("Enter why");
    expect(shown.text).toContain("The address is wrong");
    expect(shown.text).not.toContain(hold);
    expect(held).toMatchObject({ action: "letters.hold", outcome: "done", after: { takenApart: 0 } });
    expect(after.text).not.toContain("The address is wrong");
    expect(await lastEntry()).toMatchObject({ action: "letters.release", outcome: "done" });
  });
});

describe("printing", () => {
  test("is seen at a glance: runs, batches under way, holds, how long it takes", async () => {
    const { sql } = console.world;
    const runId = await run();
    const { id, name } = await batch(runId, "uploading", [await letter("created")]);
    await holdLetters(sql, { serviceId: console.other.id, reason: "Paper jam", at: new Date() });

    const { text } = await console.get("operator", desk());
    await sql`delete from letter_holds`;

    for (const part of [
      desk(`/runs/${runId}`),
      desk(`/batches/${id}`),
      name,
      "Paper jam",
      "Rest of the world",
    ]) {
      expect(text).toContain(part);
    }
    expect((await console.get("manager", desk())).status).toBe(404);
  });

  test("shows a run's batches and a batch's letters, with pages and sizes", async () => {
    const runId = await run();
    const letters = [await letter("sending"), await letter("sending")];
    const { id, name } = await batch(runId, "acknowledged", letters);

    const ofRun = await console.get("operator", desk(`/runs/${runId}`));
    const ofBatch = await console.get("operator", desk(`/batches/${id}`));

    expect(ofRun.text).toContain(name);
    expect(ofRun.text).not.toContain("Give it up");
    expect(ofBatch.text).toContain("4.8 MB");
    expect(ofBatch.text).toMatch(/<dt>Pages<\/dt><dd><span class="number">4</);
    expect(ofBatch.text).toMatch(/<dt>Sheets<\/dt><dd><span class="number">2</);
    for (const one of letters) expect(ofBatch.text).toContain(console.path(`/notifications/${one}`));
  });

  test("is begun by hand once that is ticked, with what waits counted before", async () => {
    await letter("created");

    const asked = await console.get("operator", desk("/run"));
    const unsure = await console.post("operator", desk("/run"), { letters: "all", reason: "" });
    const { location } = await console.post("operator", desk("/run"), {
      ...{ letters: "all", reason: "Left over", confirm: "yes" },
    });

    expect(asked.text).toMatch(/All that wait now: \d+ letters?, \d+ sheets?, of 1 service/);
    expect([unsure.status, location]).toEqual([
      400,
      expect.stringMatching(/^\/console\/letters\/runs\/[0-9a-f-]{36}$/),
    ]);
    const runId = location?.split("/").at(-1);
    expect(await jobsOf("collate-letters")).toContainEqual({ runId });
    expect(await lastEntry()).toMatchObject({ action: "print-run.start", outcome: "done" });
    expect((await console.get("operator", location ?? "")).text).toContain("Left over");
  });

  test("is tried again: what is not sent is queued", async () => {
    const runId = await run();
    const unsent = await batch(runId, "planned", [await letter("created")]);
    const sent = await batch(runId, "uploaded", [await letter("sending")]);

    const asked = await console.get("operator", desk(`/runs/${runId}/retry`));
    const { location } = await console.post("operator", desk(`/runs/${runId}/retry`));
    await console.post("operator", desk(`/batches/${sent.id}/retry`));

    expect(asked.text).toContain("Nothing is sent twice by it");
    expect(location).toBe(desk(`/runs/${runId}`));
    const queued = (await jobsOf("upload-letter-batch")).map(({ batchId }) => batchId);
    expect(queued).toContain(unsent.id);
    expect(queued).not.toContain(sent.id);
    expect(await lastEntry()).toMatchObject({ action: "print-run.retry", after: { queued: 0 } });
  });

  test("is given up, but what the printer has only where its words are typed", async () => {
    const runId = await run();
    const one = await letter("sending");
    const { id } = await batch(runId, "uploaded", [one]);
    const giveUp = desk(`/batches/${id}/abandon`);
    const state = async () =>
      (await console.world.sql`select state from letter_batches where id = ${id}`)[0]?.state;

    const wrong = await console.post("operator", giveUp, { reason: "Lost", force: "yes" });
    await console.post("operator", giveUp, { reason: "Lost", force: "" });
    const kept = [await state(), await lastEntry()];
    await console.post("operator", giveUp, { reason: "Lost", force: "print twice" });

    expect(wrong.status).toBe(400);
    expect(kept).toMatchObject(["uploaded", { outcome: "refused", after: { kept: 1, force: false } }]);
    expect(await state()).toBe("abandoned");
    expect((await notificationRow(console.world.sql, one)).status).toBe("created");
    expect(await lastEntry()).toMatchObject({
      action: "print-run.abandon",
      outcome: "done",
      before: { state: "uploaded" },
      after: { batches: 1, letters: 1, kept: 0, force: true },
    });
  });
});

describe("files from the printer", () => {
  async function file(kind: "response" | "other", outcome: object | null) {
    const id = crypto.randomUUID();
    await console.world.sql`
      insert into dvla_files (id, name, kind, size, sha256, found_at, processed_at, outcome)
      values (${id}, ${`NOTIFY-${id}-RSP.TXT`}, ${kind}, 2048, '\\x00', now(), ${outcome ? new Date() : null},
        ${outcome && JSON.stringify(outcome)}::text::jsonb)`;
    return id;
  }

  const few = (...first: unknown[]) => ({ count: first.length, first });

  test("are listed with their lines, and those that could not be read", async () => {
    const id = await file("response", {
      statuses: {
        lines: 1200,
        printed: 1198,
        bad: few({ line: 7, faults: ["<b>cost</b>"] }),
        unknown: few("AAAA"),
      },
      counts: { billingDay: "2026-07-01", sorted: 1000, unsorted: 200 },
    });

    const list = await console.get("operator", desk("/files?kind=response"));
    const { text } = await console.get("operator", desk(`/files/${id}`));

    expect(list.text).toContain("1 bad line");
    expect(list.text).toContain("1,200");
    for (const part of ["Bad lines", "&lt;b&gt;cost", "AAAA", "2026-07-01"]) expect(text).toContain(part);
  });

  test("are read again, one part alone where it is asked for", async () => {
    const id = await file("response", { statuses: { lines: 1 } });
    const other = await file("other", {});

    const { location } = await console.post("operator", desk(`/files/${id}/replay`), { part: "counts" });
    const refused = await console.post("operator", desk(`/files/${other}/replay`), { part: "all" });

    expect([location, refused.status]).toEqual([desk(`/files/${id}`), 409]);
    expect(await jobsOf("process-dvla-file")).toContainEqual({ fileId: id, only: "counts" });
    expect(await lastEntry()).toMatchObject({ action: "printer-file.replay", after: { part: "counts" } });
    expect((await console.get("operator", desk(`/files/${id}`))).text).toContain("waiting");
  });
});

/* Every page is looked at in light and in dark by accessibility.test.ts; here, each once, as it is with most on it. */
test.each([
  { colours: "light", screen: "desk", half: 0 },
  { colours: "dark", screen: "telephone", half: 1 },
] as const)("their pages can be read by everybody, in %p", async ({ half, ...options }) => {
  const runId = await run();
  const { id } = await batch(runId, "uploading", [await letter("created")]);
  await using visitor = await console.visit("operator", options);
  const paths = [
    ...["", "/run", `/runs/${runId}`, `/batches/${id}`, `/batches/${id}/abandon`, "/files"].map(desk),
    ...[path(), path("?state=failed")],
  ];
  for (const at of paths.filter((_, index) => index % 2 === half)) {
    await visitor.page.goto(at);
    expect({ at, faults: await checkAccessibility(visitor.page) }).toEqual({ at, faults: [] });
  }
});

test("a letter that failed is shown with what is wrong drawn over it", async () => {
  const { world } = console;
  await world.sql`truncate pgboss.job`;
  await world.startWorker();
  const draw = ({ box }: { box(place: object): void }) => box({ left: 2, right: 40, top: 150, bottom: 170 });
  const { data } = await world.client().sendPrecompiledLetter("mine", Buffer.from(await letterPdf({ draw })));
  await until(
    async () => (await notificationRow(world.sql, data.id)).status === "validation-failed",
    "the letter is checked",
  );

  await using visitor = await console.visit("manager");
  await visitor.page.goto(path(`/${data.id}`));
  const picture = visitor.page.getByAltText("Page 1, with what is wrong in red");
  await picture.evaluate((image: HTMLImageElement) => image.decode());

  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(992);
  expect(await checkAccessibility(visitor.page)).toEqual([]);
});
