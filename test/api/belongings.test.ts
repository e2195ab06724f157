import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { addGuest } from "../../shared/service/setup.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";
import { bearerOf } from "./bearer-of.ts";
import { badRequest, faults } from "./post.ts";

/* What a service has, and what another has, as the database tells it. */

let world: World;
let own: WorldService;
let other: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  own = world.service;
  other = await world.addService("Library");
});

afterAll(() => world[Symbol.asyncDispose]());

const personalisation = { name: "Ada", day: "Monday" };

async function ask(path: string, body?: object, key = own.keys.normal) {
  const response = await fetch(`${world.apiUrl}/v2/${path}`, {
    method: body ? "POST" : "GET",
    headers: await bearerOf(key),
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, body: await response.json() };
}

const sendSms = (more: object = {}, key = own.keys.normal) =>
  ask(
    "notifications/sms",
    { phone_number: "07700900123", template_id: own.templates.sms, personalisation, ...more },
    key,
  );
const sendEmail = (more: object = {}, key = own.keys.normal) =>
  ask(
    "notifications/email",
    { email_address: "ann@example.com", template_id: own.templates.email, personalisation, ...more },
    key,
  );

describe("another service's template", () => {
  test("is not found: 400 when sending, 404 when reading", async () => {
    const notFound = { status: 400, body: badRequest("Template not found") };

    expect(await sendSms({ template_id: other.templates.sms })).toEqual(notFound);
    expect(await sendEmail({ template_id: other.templates.email })).toEqual(notFound);
    // Nor is its type given away.
    expect(await sendSms({ template_id: other.templates.email })).toEqual(notFound);
    expect(await ask(`template/${other.templates.sms}`)).toEqual({
      status: 404,
      body: faults(404, "NoResultFound", "No result found"),
    });
  });
});

describe("a sender", () => {
  const addSender = async (facts: { serviceId: string; archived: boolean }) => {
    const [row] = await world.sql<{ id: string }[]>`
      insert into service_sms_senders (service_id, sms_sender, is_default, archived)
      values (${facts.serviceId}, 'Other', false, ${facts.archived}) returning id`;
    return row?.id ?? "";
  };
  const addReplyTo = async (facts: { serviceId: string; archived: boolean }) => {
    const [row] = await world.sql<{ id: string }[]>`
      insert into service_email_reply_to (service_id, email_address, is_default, archived)
      values (${facts.serviceId}, 'other@example.com', false, ${facts.archived}) returning id`;
    return row?.id ?? "";
  };

  test.each([
    ["archived", () => ({ serviceId: own.id, archived: true })],
    ["another service's", () => ({ serviceId: other.id, archived: false })],
  ])("that is %s does not exist", async (_what, facts) => {
    const [smsId, emailId] = [await addSender(facts()), await addReplyTo(facts())];

    expect((await sendSms({ sms_sender_id: smsId.toUpperCase() })).body).toEqual(
      badRequest(`sms_sender_id ${smsId} does not exist in database for service id ${own.id}`),
    );
    expect((await sendEmail({ email_reply_to_id: emailId })).body).toEqual(
      badRequest(`email_reply_to_id ${emailId} does not exist in database for service id ${own.id}`),
    );
    // A sender is no reply-to address.
    expect((await sendEmail({ email_reply_to_id: smsId })).status).toBe(400);
  });

  test("of one's own is taken, and the default one where none is named", async () => {
    const club = await world.addService("Club");
    const facts = { serviceId: club.id, archived: false };
    const [smsId, emailId] = [await addSender(facts), await addReplyTo(facts)];
    const mine = { template_id: club.templates.sms };
    const named = await sendSms({ ...mine, sms_sender_id: smsId }, club.keys.normal);
    const unnamed = await sendSms(mine, club.keys.normal);
    const email = await sendEmail(
      { template_id: club.templates.email, email_reply_to_id: emailId },
      club.keys.normal,
    );

    expect([named.body.content.from_number, unnamed.body.content.from_number]).toEqual(["Other", "TownHall"]);
    const [row] = await world.sql`select reply_to_text from notifications where id = ${email.body.id}`;
    expect(row).toEqual({ reply_to_text: "other@example.com" });
  });
});

describe("a team key reaches", () => {
  let theatre: WorldService;

  beforeAll(async () => {
    theatre = await world.addService("Theatre");
    const join = async (serviceId: string, email: string, mobile: string | null) => {
      await world.sql`
        with member as (
          insert into users (name, email_address, mobile_number) values ('Member', ${email}, ${mobile}) returning id)
        insert into user_to_service (user_id, service_id) select id, ${serviceId} from member`;
    };
    await join(theatre.id, "Member@Theatre.Example", "+44 7400 900111");
    await join(theatre.id, "silent@theatre.example", null);
    await join(other.id, "librarian@library.example", "07400900333");
    await addGuest(world.sql, theatre.id, "07400 900222");
    await addGuest(world.sql, theatre.id, "Guest@Example.com");
    await addGuest(world.sql, other.id, "07400900444");
  });

  const text = (to: string) =>
    sendSms({ template_id: theatre.templates.sms, phone_number: to }, theatre.keys.team);
  const email = (to: string) =>
    sendEmail({ template_id: theatre.templates.email, email_address: to }, theatre.keys.team);

  test.each(["07400900111", "+447400900111", "07400900222"])("the text of its own %s", async (to) => {
    expect((await text(to)).status).toBe(201);
  });

  test.each([
    "member@theatre.example",
    "MEMBER@theatre.example",
    "silent@theatre.example",
    "guest@EXAMPLE.com",
  ])("the address of its own %s", async (to) => {
    expect((await email(to)).status).toBe(201);
  });

  test("no one of another service, and no stranger", async () => {
    const refused = {
      status: 400,
      body: badRequest("Can’t send to this recipient using a team-only API key"),
    };

    for (const to of ["07400900333", "07400900444", "07400900555"]) expect(await text(to)).toEqual(refused);
    for (const to of ["librarian@library.example", "x@y.uk"]) expect(await email(to)).toEqual(refused);
  });
});

test("what goes to a smoke test's recipient is not found again", async () => {
  const sent = await sendSms({ phone_number: "07700900000" });

  expect(sent).toMatchObject({ status: 201, body: { content: { body: "Hello Ada, come on Monday" } } });
  expect((await ask(`notifications/${sent.body.id}`)).status).toBe(404);
});
