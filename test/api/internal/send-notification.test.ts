import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { forget } from "../../support/history.ts";
import type { WorldService } from "../../support/world.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

const trialMode =
  "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode";

let operators: Operators;
let service: WorldService;
let member: string;
let stranger: string;

beforeAll(async () => {
  operators = await openOperators();
  const people = await operators.world.sql<{ id: string }[]>`
    insert into users (name, email_address, mobile_number) values ('Ada', 'ada@hall.example', '07900900321'),
      ('Eve', 'eve@elsewhere.example', null) returning id`;
  [member = "", stranger = ""] = people.map(({ id }) => id);
  service = await newService("Hall", "restricted = false");
});

afterAll(() => operators.world[Symbol.asyncDispose]());

/** A service that Ada is of. The API has not read it before these are assigned. */
async function newService(name: string, assignments: string): Promise<WorldService> {
  const { world } = operators;
  const made = await world.addService(name);
  await world.sql.unsafe(`update services set ${assignments} where id = '${made.id}'`);
  await world.sql`insert into user_to_service (user_id, service_id) values (${member}, ${made.id})`;
  return made;
}

const person = { name: "Ada", day: "Monday" };
const address = { address_line_1: "Ada Archer", address_line_2: "1 Mill Lane", postcode: "ls1 4ap" };
const letter = { to: "Ada Archer", personalisation: { ...person, ...address } };

async function send(channel: "sms" | "email" | "letter", body: object = {}, from = service) {
  return await operators.ask("POST", `/service/${from.id}/send-notification`, {
    template_id: from.templates[channel],
    to: "07900 900123",
    personalisation: person,
    created_by: member,
    ...body,
  });
}

async function jobOf(id: string): Promise<string | undefined> {
  const [job] = await operators.world.sql<{ name: string }[]>`
    select name from pgboss.job where data->>'notificationId' = ${id}`;
  return job?.name;
}

describe("POST /service/{id}/send-notification", () => {
  test("sends a text by nobody's key, and says who sent it wherever it is shown", async () => {
    const { status, body } = await send("sms");

    expect({ status, body }).toEqual({ status: 201, body: { id: expect.any(String) } });
    expect(await jobOf(body.id)).toBe("deliver-sms");
    const shown = await operators.ask("GET", `/service/${service.id}/notifications/${body.id}`);
    expect(shown.body).toMatchObject({
      to: "07900 900123",
      normalised_to: "447900900123",
      status: "created",
      key_type: "normal",
      api_key: null,
      job: null,
      reply_to_text: "TownHall",
      personalisation: person,
      created_by: { id: member, name: "Ada", email_address: "ada@hall.example" },
    });
    const client = operators.world.client(service.keys.normal);
    expect((await client.getNotificationById(body.id)).data).toMatchObject({
      created_by_name: "Ada",
      body: "Hello Ada, come on Monday",
    });
    const listed = (await client.getNotifications("sms")).data.notifications;
    expect(listed).toMatchObject([{ id: body.id, created_by_name: "Ada" }]);
    const byKey = await client.sendSms(service.templates.sms, "07900900123", { personalisation: person });
    expect((await client.getNotificationById(byKey.data.id)).data.created_by_name).toBeNull();
  });

  test("sends an email and a letter", async () => {
    const email = await send("email", { to: "Ada@Example.com" });
    const posted = await send("letter", letter);

    expect([email.status, posted.status]).toEqual([201, 201]);
    const rows = await operators.world.sql`
      select n.recipient, n.normalised_to, n.reply_to_text, n.created_by_id, l.postage
      from notifications n left join letters l on l.notification_id = n.id
      where n.id in (${email.body.id}, ${posted.body.id}) order by n.notification_type`;
    expect([...rows]).toEqual([
      {
        recipient: "Ada@Example.com",
        normalised_to: "ada@example.com",
        reply_to_text: "answers@town-hall.example",
        created_by_id: member,
        postage: null,
      },
      {
        recipient: "Ada Archer\n1 Mill Lane\nLS1 4AP",
        normalised_to: "adaarcher1milllanels14ap",
        reply_to_text: null,
        created_by_id: member,
        postage: "second",
      },
    ]);
    expect([await jobOf(email.body.id), await jobOf(posted.body.id)]).toEqual([
      "deliver-email",
      "create-letter-pdf",
    ]);
  });

  test("who sent it is known as long as the message is", async () => {
    const { sql } = operators.world;
    const { body } = await send("sms");
    const listed = async (query: string) =>
      (await operators.ask("GET", `/service/${service.id}/notifications?${query}`)).text.includes(body.id);

    expect([await listed("include_one_off=True"), await listed("include_one_off=False")]).toEqual([
      true,
      false,
    ]);
    await forget(sql, body.id);

    expect(await listed("include_one_off=True")).toBe(false);
    const [kept] = await sql`select created_by_id from notification_history where id = ${body.id}`;
    expect(kept).toEqual({ created_by_id: member });
  });

  test("comes from the sender that is asked for", async () => {
    const { sql } = operators.world;
    const from = await newService("Library", "restricted = false");
    const [sender] = await sql<{ id: string }[]>`
      insert into service_sms_senders (service_id, sms_sender, is_default)
      values (${from.id}, 'Library', false) returning id`;

    const { body } = await send("sms", { sender_id: sender?.id }, from);

    const [row] = await sql`select reply_to_text from notifications where id = ${body.id}`;
    expect(row).toEqual({ reply_to_text: "Library" });
    expect(await send("sms", { sender_id: sender?.id })).toMatchObject(refused(400, "SMS sender not found"));
  });

  test("of many at once no more are stored than the day has left", async () => {
    const few = await newService("Few", "restricted = false, sms_message_limit = 2");

    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => send("sms", {}, few)));

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 429, 429, 429]);
    const over = refused(429, "Exceeded send limits (sms: 2) for today");
    // Said before what else is wrong.
    expect(await send("sms", { to: "x" }, few)).toMatchObject(over);
    expect((await send("email", { to: "a@example.com" }, few)).status).toBe(201);
    const stored = await operators.world.sql`
      select from notifications where service_id = ${few.id} and notification_type = 'sms'`;
    expect(stored).toHaveLength(2);
  });

  test("texts abroad count by themselves", async () => {
    const far = await newService("Far", "restricted = false, international_sms_message_limit = 1");
    const abroad = { to: "+33 6 12 34 56 78" };
    await operators.world.sql`
      insert into service_permissions (service_id, permission) values (${far.id}, 'international_sms')
      on conflict do nothing`;

    expect((await send("sms", abroad, far)).status).toBe(201);
    expect(await send("sms", abroad, far)).toMatchObject(
      refused(429, "Exceeded send limits (international_sms: 1) for today"),
    );
    expect((await send("sms", {}, far)).status).toBe(201);
  });

  test("in trial mode goes to the team alone, not even to guests", async () => {
    const trial = await newService("Trial", "restricted = true");
    await operators.world.sql`
      insert into service_guest_list (service_id, recipient_type, recipient)
      values (${trial.id}, 'mobile', '07900900999')`;

    expect((await send("sms", { to: "+44 7900 900321" }, trial)).status).toBe(201);
    expect((await send("email", { to: "ADA@hall.example" }, trial)).status).toBe(201);
    expect(await send("sms", { to: "07900900999" }, trial)).toMatchObject(refused(400, trialMode));
    expect(await send("letter", letter, trial)).toMatchObject(refused(400, trialMode));
  });

  test.each<[string, "sms" | "email" | "letter", () => object, number, unknown]>([
    ["no recipient", "sms", () => ({ to: undefined }), 400, { to: ["Missing data for required field."] }],
    ["an odd recipient", "sms", () => ({ to: "a\0" }), 400, { to: ["Not a valid string."] }],
    [
      "odd values",
      "sms",
      () => ({ personalisation: [] }),
      400,
      {
        personalisation: ["Not a valid mapping type."],
      },
    ],
    ["no number", "sms", () => ({ to: "0790" }), 400, "Not enough digits"],
    ["no address", "email", () => ({ to: "ada" }), 400, "Not a valid email address"],
    ["no value", "sms", () => ({ personalisation: {} }), 400, "Missing personalisation: name, day"],
    [
      "half an address",
      "letter",
      () => ({ personalisation: person }),
      400,
      "Address must be at least 3 lines",
    ],
    [
      "an unstorable address",
      "letter",
      () => ({
        personalisation: { ...letter.personalisation, address_line_2: "1 Mill\0Lane" },
      }),
      400,
      { personalisation: ["Not a valid string."] },
    ],
    [
      "a stranger",
      "sms",
      () => ({ created_by: stranger }),
      400,
      'Can’t create notification - Eve is not part of the "Hall" service',
    ],
    ["nobody", "sms", () => ({ created_by: unknownId }), 404, "No result found"],
    ["an unknown template", "sms", () => ({ template_id: unknownId }), 404, "No result found"],
    [
      "another's template",
      "sms",
      () => ({ template_id: operators.world.service.templates.sms }),
      404,
      "No result found",
    ],
    [
      "an unknown reply-to",
      "email",
      () => ({ to: "a@example.com", sender_id: unknownId }),
      400,
      "Reply to email address not found",
    ],
  ])("refuses %s and stores nothing", async (_, channel, body, status, message) => {
    const { sql } = operators.world;
    const before = await sql`select from notifications`;

    expect(await send(channel, body())).toMatchObject(refused(status, message));
    expect(await sql`select from notifications`).toHaveLength(before.length);
  });

  test("refuses a template that is deleted, or too long when filled in", async () => {
    const other = await newService("Deleted", "restricted = false");
    await operators.world.sql`
      update templates set archived = true where id = ${other.templates.sms}`;
    const long = { personalisation: { name: "x".repeat(918), day: "Monday" } };

    expect(await send("sms", {}, other)).toMatchObject(refused(400, "Template has been deleted"));
    expect((await send("sms", long)).body.message).toStartWith("Your message is too long.");
  });

  test("refuses a channel that the service may not use", async () => {
    const other = await newService("Quiet", "restricted = false");
    await operators.world.sql`
      delete from service_permissions where service_id = ${other.id} and permission = 'sms'`;

    expect(await send("sms", {}, other)).toMatchObject(
      refused(400, "Service is not allowed to send text messages"),
    );
  });
});
