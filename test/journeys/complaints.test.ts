import { afterAll, beforeAll, expect, test } from "bun:test";
import * as v from "valibot";
import { setCallback } from "../../shared/callback/queries.ts";
import { openWorld, type World } from "../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld();
  await setCallback(world.sql, world.cipher, {
    serviceId: world.service.id,
    type: "complaint",
    url: `${world.sandbox.url}/callback/complaints`,
    bearerToken: "complaints-token",
  });
});

afterAll(() => world[Symbol.asyncDispose]());

const Sent = v.object({ id: v.string() });

test("a service hears that its email was delivered, and apart from that that it was complained of", async () => {
  const to = "complaint@simulator.notify";
  const personalisation = { name: "Ada", day: "Monday" };

  const answer = await world
    .client()
    .sendEmail(world.service.templates.email, to, { personalisation, reference: "case-1" });
  const { id } = v.parse(Sent, answer.data);
  const calls = await world.sandbox.waitFor(2, { channel: "callback", timeoutMs: 20_000 });

  const at = (path: string) => calls.filter(({ to: called }) => called === path);
  expect(at("/callback").map(({ body }) => JSON.parse(body))).toMatchObject([{ id, status: "delivered" }]);
  const complaints = at("/callback/complaints");
  expect(complaints.map(({ body }) => JSON.parse(body))).toEqual([
    {
      notification_id: id,
      complaint_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      reference: "case-1",
      to,
      complaint_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    },
  ]);
  expect(complaints[0]?.headers?.authorization).toBe("Bearer complaints-token");
  const ids = calls.map(({ headers }) => headers?.["webhook-id"]);
  expect(new Set(ids).size).toBe(2);
});
