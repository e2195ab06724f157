import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { protectSenders, unprotectSender } from "../../../shared/service/protected-senders.ts";
import { createService } from "../../../shared/service/setup.ts";
import { giveNumber } from "../../support/inbound.ts";
import { invalid, type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;
let serviceId: string;
let made = 0;

beforeAll(async () => {
  operators = await openOperators();
});

beforeEach(async () => {
  const name = `Hall ${++made}`;
  serviceId = await createService(operators.world.sql, {
    name,
    restricted: true,
    smsSender: "Hall",
    replyTo: null,
  });
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const path = (rest: string) => `/service/${serviceId}/${rest}`;
const post = (rest: string, body?: unknown) => operators.ask("POST", path(rest), body);
const list = async (kind: string) => (await operators.ask("GET", path(kind))).body;

describe("sms-sender", () => {
  const sender = (name: string, isDefault: boolean) => ({ sms_sender: name, is_default: isDefault });

  test("a new default takes the old one's place, and comes first", async () => {
    const added = await post("sms-sender", sender("City Hall", true));

    expect(added).toMatchObject({
      status: 201,
      body: {
        sms_sender: "City Hall",
        service_id: serviceId,
        is_default: true,
        archived: false,
        inbound_number_id: null,
        updated_at: null,
      },
    });
    expect(await list("sms-sender")).toMatchObject([
      sender("City Hall", true),
      { ...sender("Hall", false), updated_at: expect.any(String) },
    ]);
    expect((await operators.ask("GET", path(`sms-sender/${added.body.id}`))).body).toEqual(added.body);
  });

  test("a protected name is nobody's to choose, however it is written, and stays with who has it", async () => {
    const { sql } = operators.world;
    const { body: old } = await post("sms-sender", sender("N Bank", false));
    await protectSenders(sql, ["N-Bank"]);
    const fault = (name: string) =>
      refused(400, {
        sms_sender: [
          `Text message sender ID cannot be ‘${name}’ - this is to protect recipients from phishing scams`,
        ],
      });

    expect(await post("sms-sender", sender("n.BANK", false))).toMatchObject(fault("n.BANK"));
    expect((await post("sms-sender", sender("N Banks", false))).status).toBe(201);
    expect((await post(`sms-sender/${old.id}`, sender("N Bank", true))).status).toBe(200);
    expect(await post(`sms-sender/${old.id}`, sender("NBANK", true))).toMatchObject(fault("NBANK"));
    await unprotectSender(sql, "n bank");
    expect((await post(`sms-sender/${old.id}`, sender("NBANK", true))).status).toBe(200);
  });

  test("there is always a default", async () => {
    const [only] = await list("sms-sender");
    const { body: other } = await post("sms-sender", sender("Other", false));
    const message = "You must have at least one SMS sender as the default";

    expect(await post(`sms-sender/${only.id}`, sender("Hall", false))).toMatchObject(refused(400, message));
    expect(await post(`sms-sender/${only.id}/archive`)).toMatchObject(
      refused(400, "You cannot delete a default sms sender"),
    );
    expect((await post(`sms-sender/${other.id}`, sender("Other", true))).status).toBe(200);
    expect((await post(`sms-sender/${only.id}/archive`)).body.data).toMatchObject({ archived: true });
    expect(await list("sms-sender")).toHaveLength(1);
    expect((await operators.ask("GET", path(`sms-sender/${only.id}`))).status).toBe(404);
  });

  test("of many defaults that are added at once, one is the default", async () => {
    await Promise.all(Array.from({ length: 6 }, (_, n) => post("sms-sender", sender(`Hall ${n}`, true))));

    const senders: { is_default: boolean }[] = await list("sms-sender");
    expect(senders.filter(({ is_default }) => is_default)).toHaveLength(1);
    expect(senders).toHaveLength(7);
  });

  test.each([
    ["ab", "Text message sender ID must be at least 3 characters long"],
    ["0044 7700", "Text message sender ID cannot start with 00"],
    ["Verify", expect.stringContaining("cannot be Alert, Info or Verify")],
    ["0123456789", "A numeric sender id should be a valid mobile number or short code"],
  ])("refuses %p", async (name, message) => {
    expect(await post("sms-sender", sender(name, false))).toMatchObject(
      refused(400, { sms_sender: [message] }),
    );
  });

  test("a number that receives is neither changed nor deleted", async () => {
    const number = await giveNumber(operators.world, serviceId);
    const [sender] = await list("sms-sender");

    expect(sender).toMatchObject({ sms_sender: number, inbound_number_id: expect.any(String) });
    expect(await post(`sms-sender/${sender.id}`, { sms_sender: "Other", is_default: true })).toMatchObject(
      refused(400, `You can not change the inbound number for service ${serviceId}`),
    );
    expect(await post(`sms-sender/${sender.id}/archive`)).toMatchObject(
      refused(400, "You cannot delete an inbound number"),
    );
  });
});

describe("email-reply-to", () => {
  const answers = (address: string, isDefault: boolean) => ({
    email_address: address,
    is_default: isDefault,
  });

  test("needs a default once there is one", async () => {
    const message = "You must have at least one reply to email address as the default.";
    expect(await list("email-reply-to")).toEqual([]);
    expect(await post("email-reply-to", answers("a@hall.example", false))).toMatchObject(
      refused(400, message),
    );

    const first = await post("email-reply-to", answers("a@hall.example", true));
    expect(first).toMatchObject({ status: 201, body: { data: answers("a@hall.example", true) } });
    const { id } = first.body.data;
    expect(await post(`email-reply-to/${id}`, answers("a@hall.example", false))).toMatchObject(
      refused(400, message),
    );
    expect(await post(`email-reply-to/${id}/archive`)).toMatchObject(
      refused(400, "You cannot delete a default email reply to address"),
    );
  });

  test("no address twice", async () => {
    await post("email-reply-to", answers("a@hall.example", true));

    expect(await post("email-reply-to", answers("A@hall.example", false))).toMatchObject(
      refused(409, "‘A@hall.example’ is already a reply-to email address for this service."),
    );
    const { body } = await post("email-reply-to", answers("b@hall.example", false));
    expect((await post(`email-reply-to/${body.data.id}`, answers("a@hall.example", false))).status).toBe(409);
    expect((await post(`email-reply-to/${body.data.id}`, answers("b@hall.example", true))).status).toBe(200);
  });

  test("must be an address", async () => {
    expect(await post("email-reply-to", answers("nobody", true))).toMatchObject(
      refused(400, { email_address: ["Not a valid email address"] }),
    );
    expect(await post("email-reply-to", { email_address: 1, is_default: "yes" })).toMatchObject(
      invalid("email_address 1 is not of type string", "is_default yes is not of type boolean"),
    );
  });
});

describe("letter-contact", () => {
  const contact = (block: string, isDefault: boolean) => ({ contact_block: block, is_default: isDefault });

  test("needs no default", async () => {
    const { status, body } = await post("letter-contact", contact("Hall\nLS1 4AP", true));
    const { id } = body.data;

    expect(status).toBe(201);
    expect((await post(`letter-contact/${id}`, contact("Hall\nLS1 4AP", false))).body.data).toMatchObject({
      is_default: false,
    });
    expect(await list("letter-contact")).toHaveLength(1);
  });

  test("leaves its templates when it goes, which is a version of them", async () => {
    const { sql } = operators.world;
    const { body } = await post("letter-contact", contact("Hall", true));
    const [template] = await sql<{ id: string }[]>`
      insert into templates (service_id, name, template_type, content, subject, letter_languages, postage,
        service_letter_contact_id)
      values (${serviceId}, 'L', 'letter', 'Hi', 'Hi', 'english', 'second', ${body.data.id}) returning id`;

    expect((await post(`letter-contact/${body.data.id}/archive`)).status).toBe(200);

    const versions = await sql`
      select version, service_letter_contact_id is null as "isNobody" from templates_history
      where id = ${template?.id ?? ""} order by version`;
    expect([...versions]).toEqual([
      { version: 1, isNobody: false },
      { version: 2, isNobody: true },
    ]);
  });

  test("has ten lines at most", async () => {
    expect((await post("letter-contact", contact("Hall\n".repeat(10), false))).status).toBe(201);
    expect(await post("letter-contact", contact("Hall\n".repeat(11), false))).toMatchObject(
      refused(400, { contact_block: ["must not have more than 10 lines"] }),
    );
  });
});

describe("guest-list", () => {
  const guests = { email_addresses: ["Ann@hall.example"], phone_numbers: ["07400 900111", "+33612345678"] };
  const put = (body: unknown) => operators.ask("PUT", path("guest-list"), body);

  test("is what was put last, as it was typed", async () => {
    expect(await put(guests)).toMatchObject({ status: 204, body: null });
    expect(await list("guest-list")).toEqual(guests);

    await put({ email_addresses: [], phone_numbers: ["07400900222"] });

    expect(await list("guest-list")).toEqual({ email_addresses: [], phone_numbers: ["07400900222"] });
  });

  test.each([
    [{ ...guests, phone_numbers: ["020 7946 0018"] }, "020 7946 0018"],
    [{ ...guests, email_addresses: ["nobody"] }, "nobody"],
    [{ ...guests, phone_numbers: ["ann@hall.example"] }, "ann@hall.example"],
  ])("refuses %j, and stays as it was", async (body, recipient) => {
    await put(guests);

    expect(await put(body)).toMatchObject(
      refused(400, `Invalid guest list: "${recipient}" is not a valid email address or phone number`),
    );
    expect(await list("guest-list")).toEqual(guests);
  });

  test("has room for five of each, and both are to be given", async () => {
    const addresses = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}@hall.example`);

    expect((await put({ ...guests, email_addresses: addresses })).status).toBe(400);
    expect(await put({ phone_numbers: [] })).toMatchObject(invalid("email_addresses is a required property"));
  });
});

test("no service has another's", async () => {
  const [sender] = await list("sms-sender");
  const other = `/service/${operators.world.service.id}/sms-sender/${sender.id}`;
  const none = refused(404, "No result found");

  expect(await operators.ask("GET", other)).toMatchObject(none);
  expect(await operators.ask("POST", other, { sms_sender: "Mine", is_default: true })).toMatchObject(none);
  expect(await operators.ask("POST", `${other}/archive`)).toMatchObject(none);
  expect(await list("sms-sender")).toEqual([sender]);
  expect(await operators.ask("GET", `/service/${unknownId}/guest-list`)).toMatchObject(none);
});
