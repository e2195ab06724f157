import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import { processBatch } from "../../../worker/tasks/batches/process-batch.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";
import { peopleCsv, rowsOfBatch, statusOf, storeBatch } from "./batch-world.ts";
import { jobsOf, workRows } from "./work.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, letters, job_row_groups, jobs, service_counters`;
  await world.sql`delete from pgboss.job`;
  await world.sql`update services set active = true, restricted = false, sms_message_limit = 250000`;
});

afterAll(() => world[Symbol.asyncDispose]());

const process = (batchId: string, deps = world.deps) => processBatch({ batchId }, deps, never);

async function workWhole(batchId: string): Promise<void> {
  await process(batchId);
  await workRows(world, batchId);
}

async function countersOf(serviceId = world.service.id) {
  const [row] = await world.sql`
    select sms::integer, email::integer, letter::integer, international_sms::integer as abroad
    from service_counters where service_id = ${serviceId}`;
  return row ?? null;
}

describe("a batch of texts", () => {
  test("becomes a notification a row, each with its delivery, and is done", async () => {
    const csv = "Phone Number,NAME,day,reference\r\n07900 900123,Ada,Monday,ref-1\r\n07900900124,Bo,Friday,";
    const id = await storeBatch(world, { csv, rows: 2 });

    await workWhole(id);

    expect(await statusOf(world, id)).toBe("finished all notifications created");
    const rows = await world.sql`select * from notifications where job_id = ${id} order by job_row_number`;
    expect(rows).toMatchObject([
      {
        job_row_number: 0,
        service_id: world.service.id,
        template_id: world.service.templates.sms,
        template_version: 1,
        api_key_id: null,
        key_type: "normal",
        notification_type: "sms",
        status: "created",
        recipient: "07900 900123",
        normalised_to: "447900900123",
        client_reference: "ref-1",
        reply_to_text: "TownHall",
        international: false,
        phone_prefix: "44",
      },
      { job_row_number: 1, client_reference: null, normalised_to: "447900900124" },
    ]);
    const [first] = rows;
    expect(
      JSON.parse(await world.cipher.decrypt(first?.personalisation, personalisationOf(first?.id))),
    ).toEqual({
      phonenumber: "07900 900123",
      name: "Ada",
      day: "Monday",
    });
    expect((await jobsOf(world, "deliver-sms")).map(({ data }) => data.notificationId).sort()).toEqual(
      rows.map(({ id: one }) => one).sort(),
    );
    expect(await countersOf()).toMatchObject({ sms: 2, abroad: 0 });
  });

  test("goes through the worker to the provider", async () => {
    await using whole = await openWorld();
    const id = await storeBatch(whole, { csv: peopleCsv(7), rows: 7 }, { queued: true });

    const texts = () => whole.sandbox.messages().filter(({ channel }) => channel === "sms");
    await until(() => texts().length === 7, "all are sent");

    expect(await statusOf(whole, id)).toBe("finished all notifications created");
    expect(new Set(texts().map(({ to }) => to)).size).toBe(7);
  });

  test("stores a bad number as failed, and sends it not", async () => {
    const csv = "phone number,name,day\n12,Ada,Monday\n07900900124,Bo,Friday\n+33612345678,Cy,Friday";
    const id = await storeBatch(world, { csv, rows: 3 });

    await workWhole(id);

    const rows = await world.sql`
      select status, normalised_to, phone_prefix, rate_multiplier::integer as rate, billable_units as units
      from notifications where job_id = ${id} order by job_row_number`;
    expect([...rows]).toEqual([
      { status: "validation-failed", normalised_to: "12", phone_prefix: "+44", rate: 0, units: 0 },
      { status: "created", normalised_to: "447900900124", phone_prefix: "44", rate: 1, units: 0 },
      { status: "created", normalised_to: "33612345678", phone_prefix: "33", rate: 2, units: 0 },
    ]);
    expect(await jobsOf(world, "deliver-sms")).toHaveLength(2);
    expect(await countersOf()).toMatchObject({ sms: 3, abroad: 1 });
    expect(await statusOf(world, id)).toBe("finished all notifications created");
  });

  test("skips whom a service in trial mode may not send to, and does not count them", async () => {
    await world.sql`update services set restricted = true`;
    await world.sql`
      insert into service_guest_list (service_id, recipient_type, recipient)
      values (${world.service.id}, 'mobile', '07900900124')`;
    const csv = "phone number,name,day\n07900900123,Ada,Monday\n07900900124,Bo,Friday";
    const id = await storeBatch(world, { csv, rows: 2 });

    await workWhole(id);

    expect(await rowsOfBatch(world, id)).toMatchObject([{ number: 1 }]);
    expect(await statusOf(world, id)).toBe("finished all notifications created");
    expect(await countersOf()).toMatchObject({ sms: 1 });
    await world.sql`truncate service_guest_list`;
  });

  test("of a test key goes to nobody and counts for nothing", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(3), rows: 3, keyType: "test" });

    await workWhole(id);

    expect(await jobsOf(world, "deliver-research")).toHaveLength(3);
    expect(await jobsOf(world, "deliver-sms")).toEqual([]);
    expect((await countersOf())?.sms ?? 0).toBe(0);
  });
});

test("a batch of emails takes addresses as they stand", async () => {
  const csv = "email address,name,day\nAda@Example.com,Ada,Monday\nnowhere,Bo,Friday";
  const id = await storeBatch(world, { csv, rows: 2, channel: "email" });

  await workWhole(id);

  const rows = await world.sql`
    select status, recipient, normalised_to, reply_to_text from notifications where job_id = ${id} order by job_row_number`;
  expect([...rows]).toEqual([
    {
      status: "created",
      recipient: "Ada@Example.com",
      normalised_to: "ada@example.com",
      reply_to_text: "answers@town-hall.example",
    },
    {
      status: "created",
      recipient: "nowhere",
      normalised_to: "nowhere",
      reply_to_text: "answers@town-hall.example",
    },
  ]);
  expect(await jobsOf(world, "deliver-email")).toHaveLength(2);
  expect(await countersOf()).toMatchObject({ email: 2, sms: 0 });
});

test("a batch of letters makes letters, abroad by their zone", async () => {
  const csv = [
    "address line 1,address line 2,address line 3,postcode,name,day",
    "Ada,1 High Street,Leeds,ls14ap,Ada,Monday",
    "Bo,1 Rue X,Paris,France,Bo,Friday",
  ].join("\n");
  const id = await storeBatch(world, { csv, rows: 2, channel: "letter" });

  await workWhole(id);

  const rows = await world.sql`
    select n.recipient, n.normalised_to, n.international, l.postage, l.precompiled, length(l.reference) as reference
    from notifications n join letters l on l.notification_id = n.id where job_id = ${id} order by job_row_number`;
  expect([...rows]).toEqual([
    {
      recipient: "Ada\n1 High Street\nLeeds\nLS1 4AP",
      normalised_to: "ada1highstreetleedsls14ap",
      international: false,
      postage: "second",
      precompiled: false,
      reference: 16,
    },
    {
      recipient: "Bo\n1 Rue X\nParis\nFrance",
      normalised_to: "bo1ruexparisfrance",
      international: true,
      postage: "europe",
      precompiled: false,
      reference: 16,
    },
  ]);
  expect(await jobsOf(world, "create-letter-pdf")).toHaveLength(2);
});

describe("a batch that may not begin", () => {
  test("ends where the day's limit would be passed, with nothing stored or counted", async () => {
    await world.sql`update services set sms_message_limit = 5`;
    const first = await storeBatch(world, { csv: peopleCsv(3), rows: 3 });
    const second = await storeBatch(world, { csv: peopleCsv(3), rows: 3 });

    await process(first);
    await process(second);

    expect(await statusOf(world, first)).toBe("finished");
    expect(await statusOf(world, second)).toBe("sending limits exceeded");
    expect(await countersOf()).toMatchObject({ sms: 3 });
    expect(await jobsOf(world, "process-rows")).toHaveLength(1);
  });

  test("is cancelled where its service is inactive", async () => {
    await world.sql`update services set active = false where id = ${world.service.id}`;
    const id = await storeBatch(world, { csv: peopleCsv(1), rows: 1 });

    await process(id);

    expect(await statusOf(world, id)).toBe("cancelled");
    expect(await jobsOf(world, "process-rows")).toEqual([]);
  });

  test.each(["cancelled", "sending limits exceeded", "finished", "finished all notifications created"])(
    "stays %s",
    async (status) => {
      const id = await storeBatch(world, { csv: peopleCsv(1), rows: 1, status });

      await process(id);

      expect(await statusOf(world, id)).toBe(status);
      expect(await jobsOf(world, "process-rows")).toEqual([]);
    },
  );

  test("waits for its time", async () => {
    const scheduledFor = new Date("2026-11-21T10:00:00Z");
    const id = await storeBatch(world, { csv: peopleCsv(1), rows: 1, status: "scheduled", scheduledFor });
    const at = (time: string) => world.newDeps({ now: () => new Date(time) });

    await process(id, at("2026-11-21T09:59:50Z"));
    expect(await statusOf(world, id)).toBe("scheduled");
    await process(id, at("2026-11-21T10:00:00Z"));
    expect(await statusOf(world, id)).toBe("finished");
  });
});
