import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { addInboundNumber } from "../../../shared/inbound/setup.ts";
import { createService } from "../../../shared/service/setup.ts";
import { storeReceivedText } from "../../support/received-texts.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

const dayMs = 24 * 60 * 60 * 1000;
let operators: Operators;
let serviceId: string;
let made = 0;

beforeAll(async () => {
  operators = await openOperators();
});

beforeEach(async () => {
  serviceId = await newService();
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const newService = () =>
  createService(operators.world.sql, {
    name: `Hall ${++made}`,
    restricted: true,
    smsSender: "Hall",
    replyTo: null,
  });

async function newNumber(): Promise<{ id: string; number: string }> {
  const number = `07700${900_600 + ++made}`;
  await addInboundNumber(operators.world.sql, number, "mmg");
  const { data } = (await operators.ask("GET", "/inbound-number")).body;
  return data.find((one: { number: string }) => one.number === number);
}

describe("/inbound-number", () => {
  const path = (rest = "") => `/inbound-number/service/${serviceId}${rest}`;

  test("gives a service a number, which becomes its only sender", async () => {
    const { id, number } = await newNumber();
    expect((await operators.ask("GET", path())).body).toEqual({ data: {} });

    const given = await operators.ask("POST", path(), { inbound_number_id: id });

    expect(given).toMatchObject({
      status: 201,
      body: { sms_sender: number, is_default: true, inbound_number_id: id, service_id: serviceId },
    });
    const { data } = (await operators.ask("GET", path())).body;
    expect(data).toMatchObject({ id, number, active: true, service: { id: serviceId } });
    expect((await operators.ask("GET", "/inbound-number/available")).text).not.toContain(number);
    const { data: service } = (await operators.ask("GET", `/service/${serviceId}`)).body;
    expect(service.permissions).not.toContain("inbound_sms");
    expect(await operators.ask("POST", path(), { inbound_number_id: id })).toMatchObject(
      refused(400, `Service ${serviceId} has an inbound number already`),
    );
    const other = `/inbound-number/service/${await newService()}`;
    expect(await operators.ask("POST", other, { inbound_number_id: id })).toMatchObject(
      refused(400, `Inbound number: ${id} is not available`),
    );
  });

  test("adds a default beside several senders", async () => {
    await operators.world.sql`
      insert into service_sms_senders (service_id, sms_sender, is_default) values (${serviceId}, 'Other', false)`;
    const { number } = await newNumber();

    await operators.ask("POST", path(), {});

    const { body } = await operators.ask("GET", `/service/${serviceId}/sms-sender`);
    expect(body).toMatchObject([
      { sms_sender: number, is_default: true },
      { sms_sender: "Hall", is_default: false },
      { sms_sender: "Other", is_default: false },
    ]);
    await operators.world.sql`update inbound_numbers set active = false where service_id is null`;
    expect(await operators.ask("POST", `/inbound-number/service/${await newService()}`, {})).toMatchObject(
      refused(400, "There are no available inbound numbers"),
    );
  });

  test("of many services that ask at once, each gets another", async () => {
    const services = await Promise.all([newService(), newService(), newService(), newService()]);
    await newNumber();
    await newNumber();

    const answers = await Promise.all(
      services.map((id) => operators.ask("POST", `/inbound-number/service/${id}`, {})),
    );

    const given = answers.filter(({ status }) => status === 201).map(({ body }) => body.sms_sender);
    expect([given.length, new Set(given).size]).toEqual([2, 2]);
  });

  test("is switched off, and removed with permission and sender", async () => {
    const { id, number } = await newNumber();
    await operators.ask("POST", path(), { inbound_number_id: id });
    await operators.ask("POST", `/service/${serviceId}`, { permissions: ["sms", "inbound_sms"] });

    expect((await operators.ask("POST", path("/off"))).status).toBe(204);
    expect((await operators.ask("GET", path())).body.data).toMatchObject({ number, active: false });
    expect(
      await operators.ask("POST", `/service/${serviceId}/inbound-sms/remove`, { archive: true }),
    ).toMatchObject({ status: 200, body: {} });

    expect((await operators.ask("GET", path())).body).toEqual({ data: {} });
    const { data } = (await operators.ask("GET", `/service/${serviceId}`)).body;
    expect(data.permissions).toEqual(["sms"]);
    const { body } = await operators.ask("GET", `/service/${serviceId}/sms-sender`);
    expect(body).toMatchObject([{ sms_sender: "Pillarbox", inbound_number_id: null, is_default: true }]);
    expect((await operators.ask("POST", path("/off"))).status).toBe(404);
  });
});

describe("S/inbound-sms", () => {
  const path = (rest = "") => `/service/${serviceId}/inbound-sms${rest}`;

  async function receive(
    userNumber: string,
    content: string,
    daysAgo = 0,
    owner = serviceId,
  ): Promise<string> {
    const id = crypto.randomUUID();
    const { sql, cipher } = operators.world;
    await storeReceivedText(sql, cipher, {
      id,
      serviceId: owner,
      notifyNumber: "07700900500",
      userNumber,
      content,
      provider: "mmg",
      providerDate: null,
      providerReference: null,
      createdAt: new Date(Date.now() - daysAgo * dayMs),
    });
    return id;
  }

  test("answers what came within the days that a service keeps texts", async () => {
    await receive("447400900111", "one");
    await receive("447400900111", "two", 6);
    await receive("447400900222", "three", 20);
    await receive("447400900111", "four", 0, await newService());
    const contents = async (body: object) =>
      (await operators.ask("POST", path(), body)).body.data.map((text: { content: string }) => text.content);

    expect(await contents({})).toEqual(["one", "two"]);
    await operators.ask("POST", `/service/${serviceId}/data-retention`, {
      notification_type: "sms",
      days_of_retention: 30,
    });
    expect(await contents({})).toEqual(["one", "two", "three"]);
    expect(await contents({ phone_number: "07400 900 222" })).toEqual(["three"]);
    expect(await contents({ phone_number: "somebody" })).toEqual([]);
  });

  test("answers the newest of each sender by pages", async () => {
    for (let sender = 0; sender < 51; sender++) await receive(`4474009${10_000 + sender}`, `of ${sender}`, 1);
    await receive("447400910000", "newest");

    const first = (await operators.ask("GET", path("/most-recent"))).body;
    const second = (await operators.ask("GET", path("/most-recent?page=2"))).body;

    expect([first.data.length, first.has_next, second.data.length, second.has_next]).toEqual([
      50,
      true,
      1,
      false,
    ]);
    expect(first.data[0].content).toBe("newest");
    const numbers = [...first.data, ...second.data].map((text: { user_number: string }) => text.user_number);
    expect(new Set(numbers).size).toBe(51);
  });

  test("sums up, and says when one last came though it is gone", async () => {
    const id = await receive("447400900111", "one", 2);
    await receive("447400900111", "two", 12);

    expect((await operators.ask("GET", path("/summary"))).body).toEqual({
      count: 1,
      most_recent: expect.stringMatching(/Z$/),
    });
    const { body: text } = await operators.ask("GET", path(`/${id}`));
    expect(text).toMatchObject({ id, service_id: serviceId, user_number: "447400900111", content: "one" });
    const { sql } = operators.world;
    await sql`delete from inbound_sms where service_id = ${serviceId}`;
    expect((await operators.ask("GET", path("/most-recent-usage"))).body).toEqual({ most_recent_date: null });
    await sql`
      insert into inbound_sms_history (id, service_id, notify_number, provider, created_at)
      values (${id}, ${serviceId}, '07700900500', 'mmg', '2026-01-02T03:04:05Z')`;
    expect((await operators.ask("GET", path("/most-recent-usage"))).body).toEqual({
      most_recent_date: "2026-01-02T03:04:05.000000Z",
    });
  });

  test("shows no service another's", async () => {
    const id = await receive("447400900111", "secret");

    expect((await operators.ask("GET", `/service/${await newService()}/inbound-sms/${id}`)).status).toBe(404);
    expect((await operators.ask("GET", `/service/${unknownId}/inbound-sms/summary`)).status).toBe(404);
  });

  test.each(["0", "x", "-1", "99999999999999999999"])("knows no page %p", async (page) => {
    expect((await operators.ask("GET", path(`/most-recent?page=${page}`))).status).toBe(400);
  });
});
