import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { platformIds, platformTemplates } from "../../../shared/platform/platform.ts";
import { listMissing, setUpPlatform } from "../../../shared/platform/set-up.ts";
import { createService } from "../../../shared/service/setup.ts";
import { addPerson } from "../../support/broadcasts.ts";
import { until } from "../../support/until.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;
let serviceId: string;

const setup = {
  name: "Messages",
  ownerAddress: "platform@hall.example",
  smsSender: "Messages",
  at: new Date("2026-08-05T12:00:00Z"),
};

beforeAll(async () => {
  operators = await openOperators();
  serviceId = operators.world.service.id;
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const verify = (email: unknown, of = serviceId) =>
  operators.ask("POST", `/service/${of}/email-reply-to/verify`, { email });

async function trialService(name: string): Promise<string> {
  return await createService(operators.world.sql, {
    name,
    restricted: true,
    smsSender: "Hall",
    replyTo: null,
  });
}

const goLive = (id: string) => operators.ask("POST", `/service/${id}`, { restricted: false });

async function platformEmails(): Promise<string[]> {
  const rows = await operators.world.sql<{ to: string }[]>`
    select recipient as to from notifications where service_id = ${platformIds.service} order by recipient`;
  return rows.map(({ to }) => to);
}

describe("where the platform's own service was not set up", () => {
  test("no address is checked, and it is said what to run", async () => {
    expect(await verify("new@hall.example")).toMatchObject(
      refused(400, expect.stringContaining("bun run cli platform setup")),
    );
  });

  test("a service goes live without anybody being told, which the log says", async () => {
    const id = await trialService("Quiet hall");
    await addPerson(operators.world.sql, { serviceId: id });

    expect((await goLive(id)).body.data).toMatchObject({ restricted: false });

    expect(operators.world.lines).toContainEqual(
      expect.objectContaining({
        facts: expect.objectContaining({ serviceId: id }),
        message: 'Nobody was told that a service is live: run "bun run cli platform setup"',
      }),
    );
  });
});

describe("with it", () => {
  beforeAll(() => setUpPlatform(operators.world.sql, setup));

  test("setting it up again changes nothing, words that somebody changed neither", async () => {
    const { sql } = operators.world;
    await sql`
      update templates set content = 'Ours', version = version + 1 where id = ${platformTemplates.serviceLive.id}`;
    const state = async () => [
      await sql`select * from services where id = ${platformIds.service}`,
      await sql`select * from templates where service_id = ${platformIds.service} order by id`,
      await sql`select * from users where id = ${platformIds.owner}`,
    ];
    const before = JSON.stringify(await state());

    await setUpPlatform(sql, { ...setup, name: "Another" });

    expect(JSON.stringify(await state())).toBe(before);
    expect(await listMissing(sql)).toEqual([]);
    await sql`
      update templates set content = ${platformTemplates.serviceLive.content}, version = version + 1
      where id = ${platformTemplates.serviceLive.id}`;
  });

  test("it is none of the services that the public is told of", async () => {
    const count = async () => {
      const response = await fetch(`${operators.world.apiUrl}/_status/live-service-and-organisation-counts`);
      return (await response.json()).services;
    };
    const [row] = await operators.world.sql<{ count: number }[]>`
      select count(*)::int as count from services where active and not restricted and id <> ${platformIds.service}`;
    expect(await count()).toBe(Number(row?.count));
  });

  test("an address is checked by an email to it, which whoever asks can follow", async () => {
    const { world } = operators;
    const worker = await world.startWorker();

    const { status, body } = await verify("New@Hall.example");

    expect({ status, body }).toEqual({ status: 201, body: { data: { id: expect.any(String) } } });
    const email = await until(
      () => world.sandbox.messages().find(({ to }) => to === "New@Hall.example"),
      "the email comes",
    );
    expect(email.subject).toBe("Answers to Town Hall will come to this address");
    expect(email.body).toContain(
      "Town Hall wants people’s answers to its emails to come to New@Hall.example.",
    );
    const path = `/service/${platformIds.service}/notifications/${body.data.id}`;
    const shown = await operators.ask("GET", path);
    expect(shown.body).toMatchObject({
      to: "New@Hall.example",
      notification_type: "email",
      created_by: null,
    });
    await worker.stop(5000);
  });

  test("an address that cannot be one, or is one already, is not checked", async () => {
    const before = await platformEmails();
    const taken = "Answers@Town-Hall.example";

    expect(await verify("nobody")).toMatchObject(refused(400, { email: ["Not a valid email address"] }));
    expect(await verify(undefined)).toMatchObject(
      refused(400, { email: ["Missing data for required field."] }),
    );
    expect(await verify(taken)).toMatchObject(
      refused(409, `‘${taken}’ is already a reply-to email address for this service.`),
    );
    expect(await verify("a@hall.example", unknownId)).toMatchObject(refused(404, "No result found"));
    expect(await platformEmails()).toEqual(before);
  });

  test("the active people of a service are told when it goes live, once", async () => {
    const { sql } = operators.world;
    const id = await trialService("Loud hall");
    await sql`
      with people as (
        insert into users (name, email_address, state) values ('Ada', 'ada@loud.example', 'active'),
          ('Ben', 'ben@loud.example', 'active'), ('Cy', 'cy@loud.example', 'inactive') returning id)
      insert into user_to_service (user_id, service_id) select id, ${id} from people`;
    const before = await platformEmails();

    await goLive(id);
    await goLive(id);
    await operators.ask("POST", `/service/${id}`, { prefix_sms: true });

    expect((await platformEmails()).filter((to) => !before.includes(to))).toEqual([
      "ada@loud.example",
      "ben@loud.example",
    ]);
    const client = operators.world.client((await keyOf(platformIds.service)).whole);
    const { notifications } = (await client.getNotifications("email")).data;
    const { subject, body } =
      notifications.find(({ email_address }) => email_address === "ada@loud.example") ?? {};
    expect(subject).toBe("Loud hall is live");
    expect(body).toMatch(
      /^Hello Ada\n[\s\S]*\* 250,000 emails\n\* 250,000 text messages\n\* 20,000 letters$/,
    );
  });

  test("what its day's limit does not let out keeps no service from going live", async () => {
    const { sql } = operators.world;
    const id = await trialService("Late hall");
    await addPerson(sql, { serviceId: id });
    await sql`update services set email_message_limit = 0 where id = ${platformIds.service}`;
    const before = await platformEmails();

    expect((await goLive(id)).body.data).toMatchObject({ restricted: false });
    expect(await verify("late@hall.example")).toMatchObject(
      refused(429, "The platform’s own service has reached its limit for today"),
    );

    expect(await platformEmails()).toEqual(before);
  });
});

async function keyOf(id: string): Promise<{ whole: string }> {
  const { body } = await operators.ask("POST", `/service/${id}/api-key`, {
    name: "reader",
    key_type: "normal",
    created_by: platformIds.owner,
  });
  return { whole: `reader-${id}-${body.data}` };
}
