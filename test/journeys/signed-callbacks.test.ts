import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { findCallbackTarget } from "../../shared/callback/queries.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const operators = "a-secret-of-operators";
const by = { updated_by_id: "11111111-1111-4111-8111-111111111111", callback_type: "delivery_status" };
let world: World;

beforeAll(async () => {
  world = await openWorld({ env: { ADMIN_CLIENT_SECRETS: operators } });
});

afterAll(() => world[Symbol.asyncDispose]());

const Answer = v.object({ data: v.looseObject({ id: v.string(), signing_secret: v.optional(v.string()) }) });

async function ask(method: string, path: string, body?: object) {
  const token = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(operators));
  const response = await fetch(`${world.apiUrl}/service/${world.service.id}/callback-api${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? null : v.parse(Answer, await response.json()).data;
}

/** Sends a text and answers what its service is told of it, when it is. */
async function tellOf() {
  const { templates } = world.service;
  const personalisation = { name: "Ada", day: "Monday" };
  const { data } = await world.client().sendSms(templates.sms, "07700900123", { personalisation });
  const { id } = v.parse(v.object({ id: v.string() }), data);
  return await until(
    () => world.sandbox.messages().find(({ channel, body }) => channel === "callback" && body?.includes(id)),
    "the service is told",
  );
}

function isSignedBy(
  secret: string | undefined,
  { body, headers }: Awaited<ReturnType<typeof tellOf>>,
): boolean {
  try {
    new Webhook(secret ?? "").verify(body ?? "", headers ?? {});
    return true;
  } catch {
    return false;
  }
}

describe("a service's callbacks", () => {
  test("are signed from configuration to rotation, and tested on the way", async () => {
    const seeded = await findCallbackTarget(world.sql, world.service.id, "delivery_status");
    await ask("DELETE", `/${seeded?.id}?callback_type=delivery_status`);
    const made = await ask("POST", "", {
      ...by,
      url: `${world.sandbox.url}/callback/signed`,
      bearer_token: "a-secret-bearer-token",
    });
    const first = made?.signing_secret;

    const tested = await ask("POST", `/${made?.id}/test`, { callback_type: by.callback_type });
    const told = await tellOf();
    const rotated = await ask("POST", `/${made?.id}/rotate-secret`, by);
    const second = rotated?.signing_secret;
    // Workers remember a target for a second.
    const toldByBoth = await until(async () => {
      const message = await tellOf();
      return isSignedBy(second, message) ? message : null;
    }, "the new secret signs");

    expect(tested).toMatchObject({ result: { outcome: "delivered", status: 200, address: "127.0.0.1" } });
    const [sample] = world.sandbox.messages().filter(({ body }) => body?.includes(tested?.id ?? ""));
    if (!sample) throw new Error("No sample came");
    expect(isSignedBy(first, sample)).toBe(true);
    expect(told).toMatchObject({ to: "/callback/signed" });
    expect([isSignedBy(first, told), isSignedBy(second, told)]).toEqual([true, false]);
    expect([isSignedBy(first, toldByBoth), isSignedBy(second, toldByBoth)]).toEqual([true, true]);
    const { id } = v.parse(v.object({ id: v.string() }), JSON.parse(told.body ?? ""));
    expect(told.headers?.["webhook-id"]).toBe(`delivery_status_${id}`);
  });
});
