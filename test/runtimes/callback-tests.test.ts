import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { SignJWT } from "jose";
import * as v from "valibot";
import { openWorld } from "../support/world.ts";
import { lanes } from "./lanes.ts";

setDefaultTimeout(120_000);

const secret = "a-secret-of-operators";
const Data = v.object({ data: v.looseObject({ id: v.string() }) });

describe.each(lanes.map((lane) => [lane.name, lane] as const))("the API on %s", (_, lane) => {
  test("waits for what came of a callback's sample", async () => {
    await using world = await openWorld();
    await using server = await lane.start(world.config.databaseUrl, {
      ADMIN_CLIENT_SECRETS: secret,
      CALLBACK_ALLOWED_CIDRS: "127.0.0.0/8",
    });
    const token = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    const post = async (path: string, body: object) => {
      const response = await fetch(`${server.url}/service/${world.service.id}/callback-api${path}`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}` },
        body: JSON.stringify({ callback_type: "complaint", ...body }),
        keepalive: false,
      });
      return { status: response.status, ...v.parse(Data, await response.json()) };
    };

    const made = await post("", {
      url: `${world.sandbox.url}/callback/sample`,
      bearer_token: "a-secret-bearer-token",
      updated_by_id: "11111111-1111-4111-8111-111111111111",
    });
    const tested = await post(`/${made.data.id}/test`, {});

    expect(made.status).toBe(201);
    expect(tested).toMatchObject({ status: 200, data: { result: { outcome: "delivered", status: 200 } } });
  });
});
