import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { giveNumber } from "../../support/inbound.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const mmgPath = "/notifications/sms/receive/mmg";
const firetextPath = "/notifications/sms/receive/firetext";

async function post(path: string, body: string, headers: Record<string, string> = {}, to = world) {
  const response = await to.api.app.request(path, { method: "POST", body, headers });
  return [response.status, response.headers.get("content-type"), await response.text()];
}

const mmgBody = (to: string, over: Record<string, unknown> = {}) =>
  JSON.stringify({ MSISDN: "447700900123", Number: to, Message: "Hello+%F0%9F%98%80", ...over });
const firetextBody = (destination: string, message = "Hello") =>
  new URLSearchParams({ source: "447700900123", destination, message }).toString();

const taken = [200, "application/json", '{"status":"ok"}'];
const received = [200, "text/plain; charset=UTF-8", "RECEIVED"];

interface Job {
  id: string;
  data: Record<string, unknown>;
  groupId: string;
}

const jobsOf = (serviceId: string) => world.sql<Job[]>`
  select id, data, group_id as "groupId" from pgboss.job where name = 'inbound-sms' and group_id = ${serviceId}`;

async function newService(): Promise<string> {
  const { id } = await world.addService(`Service ${crypto.randomUUID()}`);
  return id;
}

describe("a text to a service's number", () => {
  test.each([
    ["MMG", mmgPath, mmgBody],
    ["Firetext", firetextPath, firetextBody],
  ] as const)("of %s becomes a job, of which only the service can be read", async (name, path, bodyOf) => {
    const service = await newService();
    const provider = name === "MMG" ? "mmg" : "firetext";
    const number = await giveNumber(world, service, provider);

    expect(await post(path, bodyOf(number.replace(/^0/, "44")))).toEqual(taken);

    const [job, ...others] = await jobsOf(service);
    expect(others).toEqual([]);
    expect(job).toEqual({
      id: expect.any(String),
      data: { v: 1, subjectId: job?.id, serviceId: service, body: expect.stringMatching(/^test\.[\w+/=]+$/) },
      groupId: service,
    });
  });

  test("is taken from MMG once, though it is brought again, at once and later", async () => {
    const service = await newService();
    const number = await giveNumber(world, service);
    const body = mmgBody(number, { ID: "a", DateRecieved: "2026-07-05 17:01:07" });

    const answers = await Promise.all([1, 2, 3].map(() => post(mmgPath, body)));
    answers.push(await post(mmgPath, body));

    expect(answers).toEqual([taken, taken, taken, taken]);
    expect(await jobsOf(service)).toHaveLength(1);
  });

  test.each([
    ["another reference", { ID: "b" }],
    ["other words under the same reference", { Message: "Other" }],
    ["another sender under the same reference", { MSISDN: "447700900124" }],
    ["another time under the same reference", { DateRecieved: "2026-07-05 17:01:08" }],
  ])("is another with %s", async (_, change) => {
    const service = await newService();
    const number = await giveNumber(world, service);
    const facts = { ID: "a", DateRecieved: "2026-07-05 17:01:07" };

    await post(mmgPath, mmgBody(number, facts));
    await post(mmgPath, mmgBody(number, { ...facts, ...change }));

    expect(await jobsOf(service)).toHaveLength(2);
  });

  test("is another each time where nothing names it", async () => {
    const service = await newService();
    const number = await giveNumber(world, service, "firetext");

    await post(firetextPath, firetextBody(number));
    await post(firetextPath, firetextBody(number));

    expect(await jobsOf(service)).toHaveLength(2);
  });

  test("is taken by the other provider, with a word in the log", async () => {
    const service = await newService();
    const number = await giveNumber(world, service, "firetext");

    expect(await post(mmgPath, mmgBody(number))).toEqual(taken);

    expect(await jobsOf(service)).toHaveLength(1);
    expect(world.lines).toContainEqual({
      level: "warn",
      facts: { provider: "mmg", serviceId: service, expected: "firetext" },
      message: "Inbound text by another provider",
    });
  });

  test("needs only the permission to receive", async () => {
    const service = await newService();
    const number = await giveNumber(world, service);
    await world.sql`delete from service_permissions where service_id = ${service} and permission = 'sms'`;

    await post(mmgPath, mmgBody(number));

    expect(await jobsOf(service)).toHaveLength(1);
  });
});

describe("a text that no service may have", () => {
  test.each([
    ["a free number", async (number: string) => void (await free(number))],
    [
      "a number that is switched off",
      async (number: string) =>
        void (await world.sql`update inbound_numbers set active = false where number = ${number}`),
    ],
    [
      "a service without the permission",
      async (_: string, service: string) =>
        void (await world.sql`
          delete from service_permissions where service_id = ${service} and permission = 'inbound_sms'`),
    ],
  ])("is thrown away in the provider's own words: %s", async (_, change) => {
    const service = await newService();
    const number = await giveNumber(world, service);
    expect(await post(mmgPath, mmgBody(number))).toEqual(taken);
    await change(number, service);

    expect(await post(mmgPath, mmgBody(number))).toEqual(received);
    expect(await post(firetextPath, firetextBody(number))).toEqual(taken);

    expect(await jobsOf(service)).toHaveLength(1);
  });

  test("is told in the log without the number, which may be a person's", async () => {
    expect(await post(mmgPath, mmgBody("447700900987"))).toEqual(received);
    expect(await post(firetextPath, firetextBody("nobody"))).toEqual(taken);

    const lines = world.lines.filter(({ message }) => message.includes("that no service has"));
    expect(lines.slice(-2).map(({ facts }) => facts)).toEqual([
      { provider: "mmg", numberEndsIn: "987" },
      { provider: "firetext", numberEndsIn: null },
    ]);
    expect(JSON.stringify(world.lines)).not.toContain("900987");
  });

  test("does not stand in the way of the next, once the number is given", async () => {
    const service = await newService();
    const next = `0770090${1000 + (await world.sql`select from inbound_numbers`).length}`.slice(0, 11);
    expect(await post(mmgPath, mmgBody(next))).toEqual(received);
    await world.sql`insert into inbound_numbers (number, provider, service_id) values (${next}, 'mmg', ${service})`;
    await world.sql`insert into service_permissions values (${service}, 'inbound_sms')`;

    expect(await post(mmgPath, mmgBody(next))).toEqual(taken);
  });
});

async function free(number: string) {
  await world.sql`update inbound_numbers set service_id = null where number = ${number}`;
}

describe("a request that is no text", () => {
  test.each([
    [mmgPath, "{", 400],
    [mmgPath, "{}", 400],
    [firetextPath, "", 400],
    [firetextPath, "%", 400],
    [mmgPath, `{"MSISDN":"1","Number":"2","Message":"${"x".repeat(70_000)}"}`, 413],
  ])("to %s is refused: %.20s", async (path, body, status) => {
    expect((await post(path, body))[0]).toBe(status);
  });

  test("has the shape of every refusal to a provider", async () => {
    expect(await post(mmgPath, '{"MSISDN":"1","Number":"2"}')).toEqual([
      400,
      "application/json",
      '{"result":"error","message":["MMG callback failed: Message missing"]}',
    ]);
  });

  test("is not GET", async () => {
    expect((await world.api.app.request(mmgPath)).status).toBe(405);
  });
});

describe("credentials", () => {
  const basic = (pair: string) => ({ Authorization: `Basic ${btoa(pair)}` });
  const env = {
    MMG_INBOUND_CREDENTIALS: "mmg-user:old,mmg-user:new,other:pass",
    FIRETEXT_INBOUND_CREDENTIALS: "notify:secret",
  };

  test("are asked for where they are set, each provider's own, any of several", async () => {
    await using guarded = await openWorld({ worker: false, env });
    const answerTo = async (path: string, headers: Record<string, string>) => {
      const [status, , body] = await post(
        path,
        path === mmgPath ? mmgBody("1") : firetextBody("1"),
        headers,
        guarded,
      );
      return [status, body];
    };

    expect((await answerTo(mmgPath, {}))[0]).toBe(401);
    expect((await answerTo(firetextPath, {}))[0]).toBe(401);
    for (const wrong of ["notify:secret", "mmg-user:pass", "mmg-user:", "other:new"]) {
      expect((await answerTo(mmgPath, basic(wrong)))[0]).toBe(403);
    }
    expect((await answerTo(mmgPath, { Authorization: "Bearer x" }))[0]).toBe(403);
    for (const right of ["mmg-user:old", "mmg-user:new", "other:pass"]) {
      expect(await answerTo(mmgPath, basic(right))).toEqual([200, "RECEIVED"]);
    }
    expect(await answerTo(firetextPath, basic("notify:secret"))).toEqual([200, '{"status":"ok"}']);
    expect((await answerTo(firetextPath, basic("notify:Secret")))[0]).toBe(403);
  });

  test("must be set in production, or nobody gets in", async () => {
    await using open = await openWorld({
      worker: false,
      env: { NOTIFY_ENVIRONMENT: "production", EMAIL_DOMAIN: "x.example", API_HOST: "https://x.example" },
    });

    expect((await post(mmgPath, mmgBody("1"), {}, open))[0]).toBe(401);
    expect((await post(firetextPath, firetextBody("1"), basic("notify:"), open))[0]).toBe(403);
  });
});

test("a text that cannot be stored now is to be brought again", async () => {
  await using broken = await openWorld({ worker: false });
  const number = await giveNumber(broken, broken.service.id);
  await broken.sql`alter table pgboss.queue rename to gone`;

  const [status] = await post(mmgPath, mmgBody(number), {}, broken);

  expect(status).toBe(500);
});
