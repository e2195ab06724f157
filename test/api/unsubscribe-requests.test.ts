import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createUnsubscribeToken } from "../../shared/unsubscribe/token.ts";
import { openWorld, type World } from "../support/world.ts";
import { bearerOf } from "./bearer-of.ts";
import { invalid } from "./post.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const path = "/v2/unsubscribe-requests";

async function list(query = "", key = world.service.keys.normal) {
  return await fetch(`${world.apiUrl}${path}${query}`, { headers: await bearerOf(key) });
}

/** An email whose recipient has followed its link. */
async function unsubscribed(to: string): Promise<string> {
  const id = await world.notification({ channel: "email", to });
  const token = await createUnsubscribeToken(world.cipher, { id, to }, new Date());
  const response = await fetch(`${world.apiUrl}/unsubscribe/${id}/${token}`, { method: "POST" });
  expect(response.status).toBe(200);
  return id;
}

describe("GET /v2/unsubscribe-requests", () => {
  test("shows a service who unsubscribed, newest first, whatever key it asks with, and no other service", async () => {
    const first = await unsubscribed("first@example.com");
    const second = await unsubscribed("second@example.com");
    const other = await world.addService("Library");

    const response = await list("", world.service.keys.test);
    const text = await response.text();
    const { links, unsubscribe_requests: requests } = JSON.parse(text);

    expect(response.status).toBe(200);
    expect(requests.map((one: { notification_id: string }) => one.notification_id)).toEqual([second, first]);
    expect(requests[1]).toEqual({
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      email_address: "first@example.com",
      notification_id: first,
      template: { id: world.service.templates.email, version: 1 },
    });
    expect(links).toEqual({
      current: `${world.apiUrl}${path}`,
      next: `${world.apiUrl}${path}?older_than=${first}`,
    });
    expect(text).toEndWith("\n");
    expect(await (await list("", other.keys.normal)).json()).toEqual({
      links: { current: `${world.apiUrl}${path}` },
      unsubscribe_requests: [],
    });
    expect((await (await list(`?older_than=${second}`)).json()).unsubscribe_requests).toEqual([requests[1]]);
    expect(
      (await (await list(`?older_than=${second}`, other.keys.normal)).json()).unsubscribe_requests,
    ).toEqual([]);
  });

  test.each([
    ["?older_than=5", "older_than is not a valid UUID"],
    ["?page=2", "Additional properties are not allowed (page was unexpected)"],
  ])("refuses %s", async (query, message) => {
    const response = await list(query);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(invalid(message));
  });

  test("wants a token", async () => {
    expect((await fetch(`${world.apiUrl}${path}`)).status).toBe(401);
  });
});
