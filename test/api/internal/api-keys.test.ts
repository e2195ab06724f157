import { afterAll, beforeAll, expect, test } from "bun:test";
import { bearerOf } from "../bearer-of.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;

beforeAll(async () => {
  operators = await openOperators();
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const key = (name: string) => ({ name, key_type: "normal", created_by: unknownId });
const path = (rest: string) => `/service/${operators.world.service.id}/${rest}`;

async function create(name: string): Promise<{ id: string; secret: string }> {
  const { status, body } = await operators.ask("POST", path("api-key"), key(name));
  expect(status).toBe(201);
  const { apiKeys } = (await operators.ask("GET", path("api-keys"))).body;
  const { id } = apiKeys.find((one: { name: string }) => one.name === name);
  return { id, secret: body.data };
}

const read = async (name: string, secret: string) =>
  await fetch(`${operators.world.apiUrl}/v2/notifications`, {
    headers: await bearerOf(`${name}-${operators.world.service.id}-${secret}`),
  });

test("a key's secret is shown once, and works at once until it is revoked", async () => {
  const { id, secret } = await create("First");

  expect((await read("First", secret)).status).toBe(200);
  expect((await operators.ask("GET", path("api-keys"))).text).not.toContain(secret);
  expect((await operators.ask("GET", path(`api-keys/${id}`))).body.apiKeys).toMatchObject([
    { id, name: "First", key_type: "normal", created_by: unknownId, expiry_date: null, version: 1 },
  ]);

  const revoked = await operators.ask("POST", path(`api-key/revoke/${id}`), { created_by: unknownId });
  expect([revoked.status, revoked.body]).toEqual([202, null]);

  expect((await read("First", secret)).status).toBe(403);
  expect((await operators.ask("GET", path(`api-keys/${id}`))).status).toBe(404);
  const { apiKeys } = (await operators.ask("GET", path("api-keys"))).body;
  expect(apiKeys.find((one: { id: string }) => one.id === id)).toMatchObject({
    version: 2,
    expiry_date: expect.any(String),
  });
  const { api_key_history: versions } = (await operators.ask("GET", path("history"))).body.data;
  expect(versions.filter((one: { id: string }) => one.id === id)).toMatchObject([
    { version: 1, expiry_date: null },
    { version: 2, expiry_date: expect.any(String) },
  ]);
});

test("revoked keys are listed for a week", async () => {
  const { id } = await create("Old");
  await operators.world.sql`
    update api_keys set expiry_date = now() - interval '7 days 1 minute' where id = ${id}`;

  expect((await operators.ask("GET", path("api-keys"))).text).not.toContain(id);
});

test("no two live keys have one name, whatever its case; a revoked one's is free", async () => {
  const { id } = await create("Same");

  const answer = await operators.ask("POST", path("api-key"), key("SAME"));
  expect(answer).toMatchObject(refused(400, { name: ["A key with this name already exists"] }));
  await operators.ask("POST", path(`api-key/revoke/${id}`));
  expect((await operators.ask("POST", path("api-key"), key("SAME"))).status).toBe(201);
});

test("of many that ask for one name at once, one gets it", async () => {
  const asked = Array.from({ length: 6 }, () => operators.ask("POST", path("api-key"), key("At once")));

  expect((await Promise.all(asked)).filter(({ status }) => status === 201)).toHaveLength(1);
});

test("a version keeps no secret, and a secret that is encrypted anew makes none", async () => {
  const { sql } = operators.world;
  const { id } = await create("Sealed");
  await sql`update api_keys set secret = secret || 'x' where id = ${id}`;

  const versions =
    await sql`select version, api_key ? 'secret' as "hasSecret" from api_keys_history where id = ${id}`;
  expect([...versions]).toEqual([{ version: 1, hasSecret: false }]);
  await sql`delete from api_keys where id = ${id}`;
});

test.each([
  [{ ...key("A"), key_type: undefined }, { key_type: ["Missing data for required field."] }],
  [{ ...key("A"), key_type: "gold" }, { key_type: ["Must be one of: normal, team, test."] }],
  [key("  "), { name: ["Shorter than minimum length 1."] }],
])("refuses %j", async (body, message) => {
  expect(await operators.ask("POST", path("api-key"), body)).toMatchObject(refused(400, message));
});

test("knows no key that the service has not", async () => {
  const { id } = await create("Mine");
  const other = await operators.world.addService("Other");

  expect(await operators.ask("GET", `/service/${other.id}/api-keys/${id}`)).toMatchObject(
    refused(404, `API key not found for id: ${id}`),
  );
  expect(await operators.ask("POST", `/service/${other.id}/api-key/revoke/${id}`, {})).toMatchObject(
    refused(404, "No result found"),
  );
  expect((await operators.ask("GET", path(`api-keys/${id}`))).status).toBe(200);
  expect((await operators.ask("POST", path(`api-key/revoke/${id}`), { other: 1 })).status).toBe(400);
});
