import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { openWorld, type World } from "../support/world.ts";

const secret = "an-internal-secret-of-this-test";
const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret } });
});

beforeEach(async () => {
  await world.sql`truncate service_data_retention`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function ask(path: string, body?: unknown) {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
  const response = await fetch(`${world.apiUrl}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${jwt}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: response.status === 204 ? null : await response.json() };
}

const path = (serviceId = world.service.id) => `/service/${serviceId}/data-retention`;

const choose = async (type: string, days: number) =>
  (await ask(path(), { notification_type: type, days_of_retention: days })).body.result.id as string;

describe("POST /service/{id}/data-retention", () => {
  test("chooses how long messages of a type are kept, and answers as it is read", async () => {
    const { status, body } = await ask(path(), { notification_type: "sms", days_of_retention: 3 });

    expect(status).toBe(201);
    expect(body).toEqual({
      result: {
        id: expect.any(String),
        service_id: world.service.id,
        service_name: "Town Hall",
        notification_type: "sms",
        days_of_retention: 3,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        updated_at: null,
      },
    });
    const { id } = body.result;
    expect((await ask(path())).body).toEqual([body.result]);
    expect((await ask(`${path()}/${id}`)).body).toEqual(body.result);
    expect((await ask(`${path()}/notification-type/sms`)).body).toEqual(body.result);
  });

  test("refuses to choose twice for one type", async () => {
    await choose("sms", 3);

    const answer = await ask(path(), { notification_type: "sms", days_of_retention: 4 });

    const message = "Service already has data retention for sms notification type";
    expect(answer).toEqual({ status: 400, body: { result: "error", message } });
    expect((await ask(path())).body).toMatchObject([{ days_of_retention: 3 }]);
  });

  test.each([2, 91, 0, -7])("refuses to keep them %p days", async (days) => {
    const message = "The number of days must be between 3 and 90";
    const refused = { status: 400, body: { result: "error", message } };

    expect(await ask(path(), { notification_type: "sms", days_of_retention: days })).toEqual(refused);
    const id = await choose("email", 90);
    expect(await ask(`${path()}/${id}`, { days_of_retention: days })).toEqual(refused);
  });

  test.each([
    [{ notification_type: "sms" }, "days_of_retention is a required property"],
    [
      { notification_type: "fax", days_of_retention: 5 },
      "notification_type fax is not one of [sms, email, letter]",
    ],
    [{ notification_type: "sms", days_of_retention: "5" }, "days_of_retention 5 is not of type integer"],
  ])("refuses %j", async (body, message) => {
    expect(await ask(path(), body)).toEqual({
      status: 400,
      body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
    });
  });

  test("knows no service that is not there", async () => {
    const answer = await ask(path(unknownId), { notification_type: "sms", days_of_retention: 5 });

    expect(answer).toEqual({ status: 404, body: { result: "error", message: "No result found" } });
  });
});

describe("POST /service/{id}/data-retention/{id}", () => {
  test("chooses otherwise", async () => {
    const id = await choose("letter", 3);

    expect(await ask(`${path()}/${id}`, { days_of_retention: 90 })).toEqual({ status: 204, body: null });

    expect((await ask(path())).body).toMatchObject([
      { id, days_of_retention: 90, updated_at: expect.any(String) },
    ]);
  });

  test("leaves another service's alone, and does not show it", async () => {
    const id = await choose("letter", 3);
    const other = await world.addService("Other");
    const message = `The service data retention for id: ${id} was not found for service: ${other.id}`;

    expect(await ask(`${path(other.id)}/${id}`, { days_of_retention: 90 })).toEqual({
      status: 404,
      body: { result: "error", message },
    });
    expect(await ask(`${path(other.id)}/${id}`)).toEqual({ status: 200, body: {} });
    expect((await ask(path(other.id))).body).toEqual([]);
    expect((await ask(path())).body).toMatchObject([{ days_of_retention: 3 }]);
  });
});

test("answers an empty object where nothing is chosen", async () => {
  expect(await ask(`${path()}/${unknownId}`)).toEqual({ status: 200, body: {} });
  expect(await ask(`${path()}/notification-type/email`)).toEqual({ status: 200, body: {} });
  expect((await ask(`${path()}/notification-type/fax`)).status).toBe(404);
});

test("is for operators' programs alone", async () => {
  expect((await fetch(`${world.apiUrl}${path()}`)).status).toBe(401);
});
