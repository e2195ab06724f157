import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { SignJWT } from "jose";
import * as v from "valibot";
import { queues } from "../../shared/queue/jobs.ts";
import { applySesReceipt, applySmsReceipt } from "../../worker/tasks/apply-receipt.ts";
import { deliverEmail } from "../../worker/tasks/deliver-email.ts";
import { deliverSms } from "../../worker/tasks/deliver-sms.ts";
import { openWorld, type World } from "../support/world.ts";
import { never } from "../worker/providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  // Of what the test before delivered: they are jobs too.
  await world.sandbox.receiptsSettled();
  await world.sql`delete from notifications`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

type Channel = "sms" | "email";
type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;

async function token(claims: { iss?: unknown; iat?: unknown } = {}, secret?: string): Promise<string> {
  const { normal } = world.service.keys;
  return await new SignJWT({ iss: world.service.id, iat: Math.floor(Date.now() / 1000), ...claims } as never)
    .setProtectedHeader({ typ: "JWT", alg: "HS256" })
    .sign(new TextEncoder().encode(secret ?? normal.slice(-36)));
}

async function request(
  method: string,
  path: string,
  body: Body = null,
  headers: Record<string, string> = {},
) {
  const response = await fetch(world.apiUrl + path, {
    method,
    headers: { Authorization: `Bearer ${await token()}`, ...headers },
    body,
  });
  return { status: response.status, json: (await response.json()) as unknown };
}

function post(channel: Channel, body: Body, headers?: Record<string, string>) {
  return request("POST", `/v2/notifications/${channel}`, body, headers);
}

/** Notify's shape below /v2, strictly. */
const Refusal = v.strictObject({
  errors: v.pipe(v.array(v.strictObject({ error: v.string(), message: v.string() })), v.minLength(1)),
  status_code: v.number(),
});

function expectRefusal({ status, json }: { status: number; json: unknown }, expected = 400) {
  expect({ status, status_code: v.parse(Refusal, json).status_code }).toEqual({
    status: expected,
    status_code: expected,
  });
}

async function stored() {
  const [row] = await world.sql<{ notifications: number; jobs: number }[]>`
    select (select count(*)::int from notifications) as notifications,
      (select count(*)::int from pgboss.job) as jobs`;
  return row;
}

const nothing = { notifications: 0, jobs: 0 };

function good(channel: Channel): Record<string, unknown> {
  const rest = {
    template_id: world.service.templates[channel],
    personalisation: { name: "Ada", day: "Monday" },
  };
  return channel === "sms"
    ? { phone_number: "07700900123", ...rest }
    : { email_address: "ada@example.com", ...rest };
}

const channels = ["sms", "email"] as const;
const mb = 1024 * 1024;

describe("a request to send is refused in Notify's shape and leaves nothing behind", () => {
  test.each<[string, () => Body]>([
    ["no body", () => null],
    ["an empty body", () => ""],
    ["broken JSON", () => '{"phone_number": "07700900123"'],
    ["two JSON values", () => "{} {}"],
    ["a form", () => "phone_number=07700900123"],
    ["a list", () => "[1]"],
    ["a string", () => '"text"'],
    ["a number", () => "5"],
    ["null", () => "null"],
    ["bytes that are no UTF-8", () => new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    [
      "a character cut in half",
      () => new Uint8Array([...new TextEncoder().encode('{"reference":"'), 0xe2, 0x82]),
    ],
    ["nothing but NULs", () => "\0".repeat(1000)],
    ["JSON nested 100,000 deep", () => `{"personalisation":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["JSON nested 100,000 deep, unclosed", () => '{"personalisation":'.repeat(100_000)],
    ["an integer of 100,000 digits", () => `{"phone_number":${"9".repeat(100_000)}}`],
    ["1e400", () => '{"phone_number":1e400,"template_id":-1e400}'],
    ["NaN", () => '{"phone_number":NaN,"template_id":-Infinity}'],
  ])("%s", async (_what, body) => {
    for (const channel of channels) expectRefusal(await post(channel, body()));

    expect(await stored()).toEqual(nothing);
  });

  test.each<[string, unknown]>([
    ["null", null],
    ["true", true],
    ["a number", 5],
    ["a huge number", 1e308],
    ["a list", ["a"]],
    ["an object", { a: 1 }],
    ["an empty text", ""],
  ])("%s for a field that must be text", async (_what, value) => {
    for (const channel of channels) {
      const recipient = channel === "sms" ? "phone_number" : "email_address";
      const fields = [recipient, "template_id"];
      for (const field of fields) {
        expectRefusal(await post(channel, JSON.stringify({ ...good(channel), [field]: value })));
      }
    }

    expect(await stored()).toEqual(nothing);
  });

  test.each(["not-a-uuid", "1234", `${crypto.randomUUID()}0`, "00000000-0000-0000-0000-00000000000g"])(
    "%p for an id",
    async (id) => {
      const asked: [Channel, string][] = [
        ["sms", "template_id"],
        ["sms", "sms_sender_id"],
        ["email", "template_id"],
        ["email", "email_reply_to_id"],
      ];
      for (const [channel, field] of asked) {
        expectRefusal(await post(channel, JSON.stringify({ ...good(channel), [field]: id })));
      }

      expect(await stored()).toEqual(nothing);
    },
  );

  test("an id of something that is not there", async () => {
    const id = crypto.randomUUID();
    expectRefusal(await post("sms", JSON.stringify({ ...good("sms"), template_id: id })));
    expectRefusal(await post("sms", JSON.stringify({ ...good("sms"), sms_sender_id: id })));
    expectRefusal(await post("email", JSON.stringify({ ...good("email"), email_reply_to_id: id })));
    expectRefusal(
      await post("sms", JSON.stringify({ ...good("sms"), template_id: world.service.templates.email })),
    );

    expect(await stored()).toEqual(nothing);
  });

  test("another service's template", async () => {
    const other = await world.addService("Other");

    expectRefusal(await post("sms", JSON.stringify({ ...good("sms"), template_id: other.templates.sms })));

    expect(await stored()).toEqual(nothing);
  });

  test("a body larger than 8 MB, its length declared", async () => {
    for (const channel of channels) expectRefusal(await post(channel, "x".repeat(8 * mb + 1)), 413);

    expect(await stored()).toEqual(nothing);
  });

  test("a body larger than 8 MB, in chunks without a length, of which no more is read", async () => {
    let sent = 0;
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent > 100 * mb) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      },
    });

    expectRefusal(await post("sms", endless), 413);

    expect(await stored()).toEqual(nothing);
  });

  test("a length that is declared and no number", async () => {
    const answer = await rawRequest(["Content-Length: 99999999999999999999"], "{}");

    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await stored()).toEqual(nothing);
  });

  test("a client that goes away in the middle of its body", async () => {
    const lines = [`Authorization: Bearer ${await token()}`, "Content-Length: 1000"];
    await rawRequest(lines, JSON.stringify(good("sms")), { hangUp: true });

    const { status } = await post("sms", "{}");
    expect(status).toBe(400);
    expect(await stored()).toEqual(nothing);
    expect(world.lines.filter(({ level }) => level === "error")).toEqual([]);
  });

  test("8 MB of spaces before and after is a body all the same", async () => {
    const padding = " ".repeat(4 * mb - 500);

    const { status } = await post("sms", padding + JSON.stringify(good("sms")) + padding);

    expect(status).toBe(201);
    expect(await stored()).toEqual({ notifications: 1, jobs: 1 });
  });
});

describe("text that Postgres cannot hold never ends in half a message", () => {
  const nasty: [string, string][] = [
    ["a NUL", "a\\u0000b"],
    ["nothing but a NUL", "\\u0000"],
    ["a lone high surrogate", "a\\ud800b"],
    ["a lone low surrogate", "a\\udfffb"],
    ["surrogates the wrong way round", "\\ude42\\ud83d"],
    ["controls", "\\u0001\\u001f\\u007f\\u0080"],
    ["every kind of quote", "'\\\"`\\\\$$;--"],
    ["the end of Unicode", "\\uffff\\ufffe\\udbff\\udfff"],
  ];
  const fields: Record<Channel, string[]> = {
    sms: ["phone_number", "template_id", "reference", "sms_sender_id", "scheduled_for", "unknown"],
    email: [
      "email_address",
      "template_id",
      "reference",
      "email_reply_to_id",
      "one_click_unsubscribe_url",
      "scheduled_for",
      "unknown",
    ],
  };

  test.each(nasty)("%s, in every field", async (_what, text) => {
    let accepted = 0;
    for (const channel of channels) {
      const whole = JSON.stringify(good(channel)).slice(0, -1);
      const bodies = [
        ...fields[channel].map((field) => `${whole},"${field}":"${text}"}`),
        ...fields[channel].map((field) => `${whole},"${field}":"https://a.example/${text}"}`),
        `${whole},"${text}":"x"}`,
        `${whole},"personalisation":{"name":"${text}","day":"x"}}`,
        `${whole},"personalisation":{"name":"x","day":"x","${text}":"y"}}`,
        `${whole},"personalisation":{"name":["${text}"],"day":{"${text}":"${text}"}}}`,
        `${whole},"personalisation":"${text}"}`,
      ];
      for (const body of bodies) {
        const answer = await post(channel, body);
        if (answer.status === 201) accepted++;
        else expectRefusal(answer);
      }
    }

    expect(await stored()).toEqual({ notifications: accepted, jobs: accepted });
  });

  test.each(nasty)("%s that was accepted can be read, listed and delivered", async (_what, text) => {
    const ids: string[] = [];
    for (const channel of channels) {
      const whole = JSON.stringify(good(channel)).slice(0, -1);
      const bodies = [
        `${whole},"reference":"${text}"}`,
        `${whole},"personalisation":{"name":"${text}","day":"${text}","${text}":"${text}"}}`,
      ];
      for (const body of bodies) {
        const { status, json } = await post(channel, body);
        if (status !== 201) continue;
        const { id } = v.parse(v.looseObject({ id: v.string() }), json);
        ids.push(id);
        expect((await request("GET", `/v2/notifications/${id}`)).status).toBe(200);
        const deliver = channel === "sms" ? deliverSms : deliverEmail;
        await deliver({ notificationId: id }, world.deps, never);
      }
    }

    const { status, json } = await request("GET", "/v2/notifications");
    expect(status).toBe(200);
    const { notifications } = v.parse(
      v.looseObject({ notifications: v.array(v.looseObject({ id: v.string(), status: v.string() })) }),
      json,
    );
    expect(notifications.map(({ id, status }) => [id, status]).sort()).toEqual(
      ids.map((id) => [id, "sending"]).sort(),
    );
  });

  test("a megabyte of personalisation is too long for a text, and for an email when it is three", async () => {
    const personalisation = { name: "é".repeat(mb / 2), day: "x" };
    expectRefusal(await post("sms", JSON.stringify({ ...good("sms"), personalisation })));
    const longer = { name: "é".repeat(mb), day: "x".repeat(mb) };
    expectRefusal(await post("email", JSON.stringify({ ...good("email"), personalisation: longer })));

    expect(await stored()).toEqual(nothing);
  });

  test("a megabyte of personalisation that may be is stored whole and delivered", async () => {
    const filling = { name: "🙂".repeat(mb / 4), day: "Monday" };
    const unused = { name: "Ada", day: "Monday", unused: "🙂".repeat(mb / 4) };

    const answers = [
      await post("email", JSON.stringify({ ...good("email"), personalisation: filling })),
      await post("sms", JSON.stringify({ ...good("sms"), personalisation: unused })),
    ];
    const [email = "", text = ""] = answers.map(({ json }) => v.parse(v.object({ id: v.string() }), json).id);
    await deliverEmail({ notificationId: email }, world.deps, never);
    await deliverSms({ notificationId: text }, world.deps, never);

    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(world.sandbox.messages("email")[0]?.body).toContain(filling.name);
    expect(world.sandbox.messages("sms")[0]?.body).toBe("Hello Ada, come on Monday");
  });
});

describe("whoever asks is told no in Notify's shape", () => {
  test.each<[string, () => Promise<Record<string, string>>, number]>([
    ["no token", async () => ({ Authorization: "" }), 401],
    ["no scheme", async () => ({ Authorization: await token() }), 401],
    ["basic authentication", async () => ({ Authorization: "Basic dTpw" }), 401],
    ["nonsense", async () => ({ Authorization: "Bearer nonsense" }), 403],
    ["three empty parts", async () => ({ Authorization: "Bearer .." }), 403],
    ["megabytes", async () => ({ Authorization: `Bearer ${"a".repeat(10_000)}` }), 403],
    [
      "another secret",
      async () => ({ Authorization: `Bearer ${await token({}, crypto.randomUUID())}` }),
      403,
    ],
    ["an old token", async () => ({ Authorization: `Bearer ${await token({ iat: 1 })}` }), 403],
    [
      "a token of the year 300000",
      async () => ({ Authorization: `Bearer ${await token({ iat: 1e13 })}` }),
      403,
    ],
    ["an iat that is text", async () => ({ Authorization: `Bearer ${await token({ iat: "now" })}` }), 403],
    ["an iss that is no id", async () => ({ Authorization: `Bearer ${await token({ iss: "me" })}` }), 403],
    ["an iss with a NUL", async () => ({ Authorization: `Bearer ${await token({ iss: "a\0b" })}` }), 403],
    ["an iss that is an object", async () => ({ Authorization: `Bearer ${await token({ iss: {} })}` }), 403],
    [
      "no such service",
      async () => ({ Authorization: `Bearer ${await token({ iss: crypto.randomUUID() })}` }),
      403,
    ],
  ])("with %s", async (_what, headers, status) => {
    expectRefusal(await post("sms", JSON.stringify(good("sms")), await headers()), status);
    expectRefusal(await request("GET", "/v2/notifications", null, await headers()), status);

    expect(await stored()).toEqual(nothing);
  });

  test.each([
    "/v2/notifications/not-a-uuid",
    "/v2/notifications/%00",
    "/v2/notifications/%ff%fe",
    "/v2/notifications/%ED%A0%80",
    "/v2/notifications?template_type=nonsense",
    "/v2/notifications?status=nonsense",
    "/v2/notifications?older_than=nonsense",
    "/v2/notifications?older_than=%00",
    "/v2/notifications?template_type=sms&template_type=%00",
  ])("asking for %s", async (path) => {
    expectRefusal(await request("GET", path));
  });

  test.each([
    "/v2/notifications?reference=%00",
    "/v2/notifications?reference=%ff",
    "/v2/notifications?reference=%ED%A0%80",
    `/v2/notifications?reference=${"x".repeat(5000)}`,
    `/v2/notifications?older_than=${crypto.randomUUID()}`,
    "/v2/notifications?nonsense=1",
    "/v2/notifications?include_jobs=perhaps",
  ])("or nothing, asking for %s", async (path) => {
    const answer = await request("GET", path);

    if (answer.status === 200) expect(answer.json).toMatchObject({ notifications: [] });
    else expectRefusal(answer);
  });

  test("asking for a notification that is not there, or another service's", async () => {
    const other = await world.addService(`Other ${crypto.randomUUID()}`);
    const theirs = await world.notification({ serviceId: other.id });

    for (const id of [crypto.randomUUID(), theirs]) {
      expectRefusal(await request("GET", `/v2/notifications/${id}`), 404);
    }
  });

  test.each([
    ["GET", "/nowhere", 404],
    ["POST", "/v2/notifications/sms/more", 404],
    ["POST", "/v2/%00", 404],
    ["GET", "/%ff%fe", 404],
    ["GET", "/..%2f..%2fetc/passwd", 404],
    ["GET", `/${"a/".repeat(2000)}`, 404],
    ["PUT", "/v2/notifications/sms", 405],
    ["DELETE", "/v2/notifications", 405],
  ])("asking for a route that is not there: %s %s", async (method, path, status) => {
    const answer = await request(method, path);

    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ message: expect.any(String), result: "error" });
  });

  test("posting another kind of notification", async () => {
    for (const type of ["fax", "%00", "x".repeat(1000), "__proto__"]) {
      const answer = await request("POST", `/v2/notifications/${type}`, JSON.stringify(good("sms")));
      expect(answer).toEqual({ status: 404, json: { message: expect.any(String), result: "error" } });
    }

    expect(await stored()).toEqual(nothing);
  });
});

describe("a receipt that is nonsense is refused, or queued so that its task can be done with it", () => {
  const id = "11111111-1111-4111-8111-111111111111";
  const nested = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
  const json = { "content-type": "application/json" };
  const sns = { "x-amz-sns-message-type": "Notification", "content-type": "text/plain" };

  const cases: [string, string, Record<string, string>, Body][] = [
    ...[
      null,
      "",
      "{",
      "[]",
      "null",
      '"x"',
      "5",
      nested,
      bytes,
      '{"CID":{},"status":[]}',
      '{"CID":"","status":""}',
    ].map((body): [string, string, Record<string, string>, Body] => [
      "MMG",
      "/notifications/sms/mmg",
      json,
      body,
    ]),
    ...[
      '{"CID":"a\\u0000b","status":"3"}',
      '{"CID":"a\\ud800b","status":"3\\u0000"}',
      `{"CID":"${id}","status":3,"substatus":{"a":1},"deliverytime":"\\ud800"}`,
      `{"CID":"${id}","status":1e308,"substatus":null,"deliverytime":"9999-99-99 99:99:99"}`,
      `{"CID":"${id}","status":"__proto__","substatus":"constructor"}`,
      `{"CID":"${"x".repeat(100_000)}","status":"${"y".repeat(100_000)}"}`,
      `{"CID":12345,"status":true}`,
    ].map((body): [string, string, Record<string, string>, Body] => [
      "MMG",
      "/notifications/sms/mmg",
      json,
      body,
    ]),
    ...[
      null,
      "",
      "&&&===",
      "status=%00&reference=%00",
      "status=0&reference=%ED%A0%80",
      "status=0&reference=%ff%fe&time=%00",
      `status=1&reference=${id}&code=${"9".repeat(100_000)}&time=yesterday`,
      `status=__proto__&reference=${id}&code=toString`,
      "{}",
      bytes,
    ].map((body): [string, string, Record<string, string>, Body] => [
      "Firetext",
      "/notifications/sms/firetext",
      { "content-type": "application/x-www-form-urlencoded" },
      body,
    ]),
    ...[
      null,
      "",
      "{",
      "[]",
      "null",
      nested,
      bytes,
      "{}",
      '{"Type":"Notification"}',
      '{"Type":{},"Message":[]}',
    ].map((body): [string, string, Record<string, string>, Body] => [
      "SES",
      "/notifications/email/ses",
      sns,
      body,
    ]),
    ["SES", "/notifications/email/ses", {}, "{}"],
    ["SES", "/notifications/email/ses", { ...sns, "x-amz-sns-message-type": "Nonsense" }, "{}"],
    [
      "SES",
      "/notifications/email/ses",
      sns,
      JSON.stringify({
        Type: "Notification",
        MessageId: "a\0b",
        TopicArn: "arn:aws:sns:eu-west-1:000000000000:sandbox",
        Message: "{}",
        Timestamp: "now",
        SignatureVersion: "2",
        Signature: "\ud800",
        SigningCertURL: "file:///etc/passwd",
      }),
    ],
  ];

  test.each(cases.map((each, n) => [each[0], n] as const))("%s, case %i", async (_provider, n) => {
    const [, path, headers, body] = cases[n] ?? ["", "", {}, null];

    const answer = await request("POST", path, body, headers);

    expect([200, 400]).toContain(answer.status);
    expect(answer.json).toMatchObject({ result: answer.status === 200 ? "success" : "error" });
    const jobs = await world.sql<{ name: "sms-receipts" | "ses-receipts"; data: unknown }[]>`
      select name, data from pgboss.job`;
    expect(jobs).toHaveLength(answer.status === 200 ? 1 : 0);
    for (const { name, data } of jobs) {
      if (name === "sms-receipts") await applySmsReceipt(v.parse(queues[name].payload, data), world.deps);
      else await applySesReceipt(v.parse(queues[name].payload, data), world.deps);
    }
    expect((await stored())?.notifications).toBe(0);
  });

  test.each(["/notifications/sms/mmg", "/notifications/sms/firetext", "/notifications/email/ses"])(
    "an oversize one to %s is refused as JSON, declared or in chunks",
    async (path) => {
      const chunk = new Uint8Array(64 * 1024).fill(0x20);
      let chunks = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => (chunks++ < 100 ? controller.enqueue(chunk) : controller.close()),
      });

      for (const body of ["x".repeat(9 * mb), stream]) {
        const answer = await request("POST", path, body, sns);

        expect(answer).toMatchObject({ status: 413, json: { result: "error", message: expect.any(String) } });
      }
      expect(await stored()).toEqual(nothing);
    },
  );
});

test("none of this was a fault of ours", () => {
  const own = world.lines.filter(({ level, message }) => level === "error" && message === "Unhandled error");

  expect(own).toEqual([]);
});

/** What `fetch` would not send. Answers with what came back until the connection closed. */
function rawRequest(headers: string[], body: string, { hangUp = false } = {}): Promise<string> {
  const { hostname, port } = new URL(world.apiUrl);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => {
      const head = ["POST /v2/notifications/sms HTTP/1.1", "Host: api", "Connection: close", ...headers];
      socket.write(`${head.join("\r\n")}\r\n\r\n${body}`, () => {
        if (hangUp) socket.destroy();
      });
    });
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}
