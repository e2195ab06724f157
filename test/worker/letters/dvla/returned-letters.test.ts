import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../../shared/callback/job.ts";
import { setCallback } from "../../../../shared/callback/queries.ts";
import { newLetterReference } from "../../../../shared/letter/reference.ts";
import type { Status } from "../../../../shared/notification/notification.ts";
import { findTimeline } from "../../../../shared/timeline/find-timeline.ts";
import { returnedLetters } from "../../../../worker/tasks/letters/returned-letters.ts";
import {
  type NotificationFacts,
  notificationRow,
  storeNotification,
} from "../../../support/notifications.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

let world: World;
let quiet: string;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  quiet = (await world.addService("Library")).id;
  const url = "https://town-hall.example/returned";
  const callback = {
    serviceId: world.service.id,
    type: "returned_letter",
    url,
    bearerToken: "0123456789",
  } as const;
  await setCallback(world.sql, world.cipher, callback);
});

beforeEach(async () => {
  await world.sql`truncate letters, notifications, notification_history, returned_letters`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function store(facts: NotificationFacts = {}): Promise<{ id: string; reference: string }> {
  const { sql, cipher, service } = world;
  const letter = {
    channel: "letter",
    status: "delivered",
    clientReference: "council-tax-1",
    ...facts,
  } as const;
  const id = await storeNotification({ sql, cipher, service }, letter);
  const [row] = await sql<
    { reference: string }[]
  >`select reference from letters where notification_id = ${id}`;
  return { id, reference: row?.reference ?? "" };
}

const note = (references: string[], reportedAt = "2026-11-20") =>
  returnedLetters({ references, reportedAt }, world.newDeps(), never);
const noted = () =>
  world.sql`
    select notification_id as id, service_id as service, reported_at::text as "on" from returned_letters order by 1`;

async function told(): Promise<unknown[]> {
  const jobs = await world.sql<{ data: { type: string; subjectId: string; body: string } }[]>`
    select data from pgboss.job where name = 'service-callbacks'`;
  return await Promise.all(
    jobs.map(async ({ data }) =>
      JSON.parse(await world.cipher.decrypt(data.body, callbackBodyOf(data.subjectId))),
    ),
  );
}

describe("returned letters", () => {
  test("are noted and their service is told", async () => {
    const createdAt = new Date("2026-11-10T09:00:00Z");
    const { id, reference } = await store({ createdAt });

    await note([reference]);

    expect((await notificationRow(world.sql, id)).status).toBe("returned-letter");
    expect(await noted()).toEqual([{ id, service: world.service.id, on: "2026-11-20" }] as never);
    expect(await told()).toEqual([
      {
        notification_id: id,
        reference: "council-tax-1",
        date_sent: "2026-11-10T09:00:00.000000Z",
        sent_by: "API",
        template_name: "Letter",
        template_id: world.service.templates.letter,
        template_version: 1,
        spreadsheet_file_name: null,
        spreadsheet_row_number: null,
        upload_letter_file_name: null,
      },
    ]);
    expect((await findTimeline(world.sql, id))?.events.at(-1)).toMatchObject({
      status: "returned-letter",
      provider: "dvla",
    });
  });

  test("in history are noted and told of too", async () => {
    const { id, reference } = await store();
    await world.sql`
      with gone as (delete from notifications where id = ${id} returning *)
      insert into notification_history (id, service_id, template_id, template_version, key_type, notification_type,
        status, client_reference, created_at)
      select id, service_id, template_id, template_version, key_type, notification_type, status, client_reference,
        created_at from gone`;

    await note([reference]);

    expect(await world.sql`select status from notification_history`).toEqual([
      { status: "returned-letter" },
    ] as never);
    expect(await told()).toMatchObject([{ notification_id: id, reference: "council-tax-1" }]);
  });

  test("reported again, by however many workers, keep their first date and are told of once", async () => {
    const letters = await Promise.all(Array.from({ length: 40 }, () => store()));
    const references = letters.map(({ reference }) => reference);

    await Promise.all([note(references), note(references.toReversed()), note(references)]);
    await note(references, "2026-12-01");

    expect(await told()).toHaveLength(40);
    expect(new Set((await noted()).map(({ on }) => on))).toEqual(new Set(["2026-11-20"]));
    expect(await world.sql`select from notifications where timeline like '%\n%'`).toHaveLength(0);
  });

  test("of a service that did not ask are not told of", async () => {
    const { id, reference } = await store({ serviceId: quiet });
    await note([reference]);
    expect((await notificationRow(world.sql, id)).status).toBe("returned-letter");
    expect(await told()).toEqual([]);
  });

  test("are those that have gone out, whatever the printer said of them; of others the log is warned", async () => {
    const out: Status[] = ["sending", "delivered", "temporary-failure", "permanent-failure"];
    const never: Status[] = [
      "created",
      "cancelled",
      "technical-failure",
      "validation-failed",
      "pending-virus-check",
    ];
    const letters = await Promise.all([...out, ...never].map((status) => store({ status })));

    await note([...letters.map(({ reference }) => reference), newLetterReference()]);

    const after = await Promise.all(
      letters.map(async ({ id }) => (await notificationRow(world.sql, id)).status),
    );
    expect(after).toEqual([...out.map(() => "returned-letter" as const), ...never]);
    expect(await noted()).toHaveLength(out.length);
    expect(world.lines.filter(({ level }) => level === "warn").map(({ facts }) => facts.letters)).toEqual([
      1, 5,
    ]);
  });
});
