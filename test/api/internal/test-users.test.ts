import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { scrypt } from "../../../api/serve.scrypt.ts";
import { readConfig } from "../../../shared/config.ts";
import { createPasswords } from "../../../shared/user/passwords.ts";
import { openWorld, type World } from "../../support/world.ts";
import { refused, unknownId } from "./operators.ts";

const secret = "a-secret-of-functional-tests";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { FUNCTIONAL_TESTS_CLIENT_SECRETS: secret } });
});

afterAll(() => world[Symbol.asyncDispose]());

async function put(body: unknown, iss = "notify-functional-tests", { apiUrl } = world) {
  const jwt = await new SignJWT({ iss, iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
  const response = await fetch(`${apiUrl}/__testing/functional/users`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${jwt}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const user = (change: object = {}) => ({
  name: "Ada",
  email_address: "Ada@Tests.example",
  mobile_number: "07700900501",
  auth_type: "sms_auth",
  password: "a password of hers",
  state: "active",
  permissions: ["send_texts", "view_activity"],
  service_id: world.service.id,
  organisation_id: unknownId,
  ...change,
});

const stored = async (address: string) =>
  await world.sql<{ id: string; password: string; [column: string]: unknown }[]>`
    select u.id, u.name, u.mobile_number, u.auth_type, u.state, u.password, array(
        select p.permission from permissions p join user_to_service m using (user_id, service_id)
        where p.user_id = u.id and p.service_id = ${world.service.id} order by 1) as permissions
    from users u where lower(u.email_address) = lower(${address})`;

describe("PUT /__testing/functional/users", () => {
  test("makes people, with passwords that open the door and rights in their service", async () => {
    const answer = await put([user(), user({ email_address: "ben@tests.example", mobile_number: null })]);

    expect(answer).toEqual({ status: 201, body: "ok" });
    const [ada] = await stored("ada@tests.example");
    expect({ ...ada }).toEqual({
      id: expect.any(String),
      name: "Ada",
      mobile_number: "07700900501",
      auth_type: "sms_auth",
      state: "active",
      password: expect.stringMatching(/^\$scrypt\$/),
      permissions: ["send_texts", "view_activity"],
    });
    const isRight = createPasswords(scrypt).verify("a password of hers", ada?.password ?? null);
    expect(await isRight).toBe(true);
    expect(await stored("ben@tests.example")).toHaveLength(1);
  });

  test("asked again it makes nobody twice, and has them be as they are asked for", async () => {
    await put([user()]);
    const [before] = await stored("ada@tests.example");

    await put([
      user({ email_address: "ada@tests.example", state: "inactive", permissions: ["manage_settings"] }),
    ]);

    expect(await stored("ada@tests.example")).toMatchObject([
      { id: before?.id, state: "inactive", permissions: ["manage_settings"] },
    ]);
  });

  test("changes no operator, and nobody where one service is not there", async () => {
    await world.sql`
      insert into users (name, email_address, platform_admin) values ('Op', 'op@tests.example', true)`;
    const cy = user({ email_address: "cy@tests.example" });

    expect(await put([cy, user({ email_address: "OP@tests.example" })])).toMatchObject(
      refused(400, "Operators cannot be users of functional tests"),
    );
    expect(await put([cy, user({ service_id: unknownId })])).toMatchObject(refused(404, "No result found"));

    expect([...(await stored("cy@tests.example"))]).toEqual([]);
    expect(await stored("op@tests.example")).toMatchObject([{ name: "Op", password: null }]);
  });

  test.each<[string, unknown, string]>([
    ["what is no list", {}, "users: Not a valid list."],
    [
      "one address twice",
      () => [user(), user({ email_address: "ADA@tests.example" })],
      "an email address of their own",
    ],
    [
      "a right there is not",
      () => [user({ permissions: ["everything"] })],
      "0.permissions.0: Must be one of",
    ],
    ["too many", () => Array.from({ length: 21 }, () => user()), "Longer than maximum length 20."],
    ["a name Postgres cannot hold", () => [user({ name: "A\0" })], "0.name: Not a valid string."],
  ])("refuses %s", async (_what, body, fault) => {
    expect(await put(typeof body === "function" ? body() : body)).toMatchObject(
      refused(400, expect.stringContaining(fault)),
    );
  });

  test("opens to nobody else, and to nobody where no secret is set", async () => {
    await using other = await openWorld({ worker: false });

    expect((await put([user()], "notify-admin")).status).toBe(401);
    expect((await put([user()], undefined, other)).status).toBe(403);
  });
});

test("the secret may not be set in production", () => {
  const read = () =>
    readConfig({
      DATABASE_URL: "postgres://localhost/none",
      ENCRYPTION_KEYS: `a:${btoa("x".repeat(32))}`,
      NOTIFY_ENVIRONMENT: "live",
      FUNCTIONAL_TESTS_CLIENT_SECRETS: secret,
    });

  expect(read).toThrow("FUNCTIONAL_TESTS_CLIENT_SECRETS: must not be set in production");
});
