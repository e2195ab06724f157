import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { printDateOf } from "../../../shared/letter/print-day.ts";
import type { NotificationFacts } from "../../support/notifications.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;

beforeAll(async () => {
  operators = await openOperators();
});

beforeEach(async () => {
  const { sql } = operators.world;
  await sql`
    truncate notifications, letters, jobs, service_counters, letter_batch_members, letter_batches, print_runs cascade`;
});

afterAll(() => operators.world[Symbol.asyncDispose]());

/** Stores a batch whose rows became these, and answers its id and theirs in the order of its rows. */
async function batchOf(facts: readonly NotificationFacts[], over: Record<string, unknown> = {}) {
  const { world } = operators;
  const id = crypto.randomUUID();
  const row = {
    id,
    service_id: world.service.id,
    original_file_name: "people.csv",
    template_id: world.service.templates[facts[0]?.channel ?? "sms"],
    template_version: 1,
    notification_count: facts.length,
    job_status: "finished all notifications created",
    counted_on: new Date().toISOString().slice(0, 10),
    created_at: new Date(),
    ...over,
  };
  await world.sql`insert into jobs ${world.sql(row)}`;
  const made: string[] = [];
  for (const [n, one] of facts.entries()) {
    const notificationId = await world.notification({ sentAt: null, sentBy: null, ...one });
    await world.sql`update notifications set job_id = ${id}, job_row_number = ${n} where id = ${notificationId}`;
    made.push(notificationId);
  }
  return { id, made };
}

const ask = async (method: string, id: string, rest: string, serviceId = operators.world.service.id) =>
  await operators.ask(method, `/service/${serviceId}/job/${id}/${rest}`);

const idsOf = (body: { notifications: { id: string }[] }) => body.notifications.map(({ id }) => id);

describe("GET /service/{id}/job/{id}/notifications", () => {
  test("lists what became of the rows, in their order, page by page", async () => {
    const { id, made } = await batchOf([
      {},
      { status: "delivered" },
      {},
      { status: "permanent-failure" },
      {},
    ]);
    await batchOf([{}]);
    const path = `/service/${operators.world.service.id}/job/${id}/notifications`;

    const all = (await ask("GET", id, "notifications")).body;
    const second = (await ask("GET", id, "notifications?page=2&page_size=2")).body;
    const failed = (await ask("GET", id, "notifications?status=failed&status=delivered")).body;

    expect({ ...all, notifications: idsOf(all) }).toEqual({
      notifications: made,
      page_size: 50,
      total: 5,
      links: {},
    });
    expect(all.notifications[1]).toMatchObject({
      job: { id, original_file_name: "people.csv" },
      job_row_number: 1,
      personalisation: { name: "Ada", day: "Monday" },
      template: { content: "Hello ((name)), come on ((day))" },
    });
    expect({ ...second, notifications: idsOf(second) }).toEqual({
      notifications: made.slice(2, 4),
      page_size: 2,
      total: 5,
      links: {
        prev: `${path}?page=1&page_size=2`,
        next: `${path}?page=3&page_size=2`,
        last: `${path}?page=3&page_size=2`,
      },
    });
    expect(failed).toMatchObject({ total: 2, links: {} });
    expect(idsOf(failed)).toEqual(made.filter((_, n) => n === 1 || n === 3));
    expect(await ask("GET", id, "notifications?page=9")).toMatchObject(refused(404, "No result found"));
  });

  test("lists them as rows for a spreadsheet", async () => {
    const { id } = await batchOf([{ status: "permanent-failure", clientReference: "r" }]);

    const { body } = await ask("GET", id, "notifications?format_for_csv=True");

    expect(body.notifications).toMatchObject([
      {
        row_number: 1,
        recipient: "07700 900123",
        client_reference: "r",
        job_name: "people.csv",
        status: "Phone number doesn’t exist",
      },
    ]);
    const plain = await ask("GET", id, "notifications?format_for_csv=False");
    expect(plain.body.notifications[0].status).toBe("permanent-failure");
  });

  test("is empty for a batch without rows yet, and knows nothing of other services", async () => {
    const empty = await batchOf([]);
    const other = await operators.world.addService("Other");

    expect((await ask("GET", empty.id, "notifications")).body).toMatchObject({ notifications: [], total: 0 });
    const none = refused(404, "No result found");
    expect(await ask("GET", empty.id, "notifications", other.id)).toMatchObject(none);
    expect(await ask("GET", unknownId, "notifications")).toMatchObject(none);
    expect(await ask("GET", "x", "notifications")).toMatchObject(none);
  });
});

describe("POST /service/{id}/job/{id}/cancel-letter-job", () => {
  const tooLate = "It’s too late to cancel sending, these letters have already been sent.";
  const unfinished = "We are still processing these letters, please try again in 5 minutes.";
  const letter = (facts: NotificationFacts = {}): NotificationFacts => ({ channel: "letter", ...facts });

  async function statusesOf(batchId: string): Promise<string[]> {
    const rows = await operators.world.sql<{ status: string }[]>`
      select status from notifications where job_id = ${batchId} order by job_row_number`;
    return rows.map(({ status }) => status);
  }

  async function lettersCounted(): Promise<number> {
    const [row] = await operators.world.sql<{ letter: number }[]>`
      select letter::integer as letter from service_counters where service_id = ${operators.world.service.id}`;
    return row?.letter ?? 0;
  }

  test("keeps all its letters from being printed and gives them back to the day", async () => {
    const { sql, service } = operators.world;
    await sql`
      insert into service_counters (service_id, tokens, filled_at, utc_date, letter)
      values (${service.id}, array[1, 1, 1], array[now(), now(), now()], (now() at time zone 'UTC')::date, 10)`;
    const { id } = await batchOf([letter(), letter({ status: "validation-failed" }), letter(), letter()]);
    const other = await batchOf([letter()]);

    expect(await ask("POST", id, "cancel-letter-job")).toMatchObject({ status: 200, body: 3 });

    expect(await statusesOf(id)).toEqual(["cancelled", "validation-failed", "cancelled", "cancelled"]);
    expect(await statusesOf(other.id)).toEqual(["created"]);
    expect(await lettersCounted()).toBe(7);
    const settled = await sql`select from letters where settled_at is not null`;
    expect(settled).toHaveLength(3);
    const shown = await operators.ask("GET", `/service/${service.id}/job/${id}`);
    expect(shown.body.data.job_status).toBe("cancelled");
    // Asked again it gives nothing back twice.
    expect((await ask("POST", id, "cancel-letter-job")).status).toBe(400);
    expect(await lettersCounted()).toBe(7);
  });

  test("cancels none where one was sent, or is in a zip of a print run", async () => {
    const { sql, service } = operators.world;
    const sent = await batchOf([letter(), letter({ status: "sending" })]);
    const zipped = await batchOf([letter(), letter()]);
    const [runId, zipId] = [crypto.randomUUID(), crypto.randomUUID()];
    await sql`
      insert into print_runs (id, print_date, deadline, kind, created_at)
      values (${runId}, now()::date, now(), 'manual', now())`;
    await sql`
      insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, created_at)
      values (${zipId}, ${runId}, 'a.ZIP', 1, 'second', ${service.id}, 1, 1, now())`;
    await sql`
      insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
      values (${zipId}, 0, ${zipped.made[0] ?? ""}, 'a.PDF', 1, '')`;

    for (const { id } of [sent, zipped]) {
      expect(await ask("POST", id, "cancel-letter-job")).toMatchObject(refused(400, tooLate));
    }
    expect(await statusesOf(sent.id)).toEqual(["created", "sending"]);
    expect(await statusesOf(zipped.id)).toEqual(["created", "created"]);
  });

  test("cancels none once their print run has begun", async () => {
    // Longer ago than any weekend with bank holidays is long.
    const createdAt = new Date(Date.now() - 7 * 24 * 3_600_000);
    expect(printDateOf(createdAt) < printDateOf(new Date())).toBe(true);
    const { id } = await batchOf([letter({ createdAt }), letter()]);

    expect(await ask("POST", id, "cancel-letter-job")).toMatchObject(refused(400, tooLate));
    expect(await statusesOf(id)).toEqual(["created", "created"]);
  });

  test("waits until every row has become a letter", async () => {
    const running = await batchOf([letter()], { job_status: "finished" });
    const short = await batchOf([letter()], { notification_count: 2 });

    for (const { id } of [running, short]) {
      expect(await ask("POST", id, "cancel-letter-job")).toMatchObject(refused(400, unfinished));
      expect(await statusesOf(id)).toEqual(["created"]);
    }
  });

  test("is for letters of the service alone", async () => {
    const texts = await batchOf([{}]);
    const letters = await batchOf([letter()]);
    const other = await operators.world.addService("Another");

    expect(await ask("POST", texts.id, "cancel-letter-job")).toMatchObject(
      refused(400, "Only letter jobs can be cancelled through this endpoint. This is not a letter job."),
    );
    expect(await ask("POST", letters.id, "cancel-letter-job", other.id)).toMatchObject(
      refused(404, "No result found"),
    );
    expect(await ask("POST", unknownId, "cancel-letter-job")).toMatchObject(refused(404, "No result found"));
    expect(await statusesOf(letters.id)).toEqual(["created"]);
  });
});
