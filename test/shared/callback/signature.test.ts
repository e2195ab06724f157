import { describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import {
  callbackHeaders,
  importSigningSecret,
  newSigningSecret,
  signatureBase,
  webhookIdOf,
} from "../../../shared/callback/signature.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";

const subjectId = "740e5834-3a29-46b4-9a6f-16142fde533a";
const id = webhookIdOf("delivery_status", subjectId);
const body = '{"id": "740e5834", "to": "Zo\\u00eb", "reference": "a.b.c"}';
const secret = newSigningSecret();

interface Given {
  secrets?: readonly string[];
  at?: Date;
  sent?: string;
}

async function headersWith({ secrets = [secret], at = new Date(), sent = body }: Given = {}) {
  const keys = await Promise.all(secrets.map(importSigningSecret));
  return await callbackHeaders({ token: "a-bearer-token", secrets: keys, id, at, body: sent });
}

/** The public library throws where it does not believe. */
const verify = (headers: Record<string, string>, received = body, by = secret) =>
  new Webhook(by).verify(received, headers);

describe("a callback's signature", () => {
  test("is believed by Standard Webhooks' own library", async () => {
    expect(verify(await headersWith())).toEqual(JSON.parse(body));
  });

  test("is of the body to the byte, in any script", async () => {
    const sent = '{"message":"Łódź 🏛 \\u0000 \\n"}';

    expect(verify(await headersWith({ sent }), sent)).toEqual(JSON.parse(sent));
  });

  test("agrees with the library's for the same message", async () => {
    const at = new Date("2026-08-01T09:30:00.999Z");

    const headers = await headersWith({ at });

    expect(headers["webhook-signature"]).toBe(new Webhook(secret).sign(id, at, body));
    expect(headers["webhook-timestamp"]).toBe("1785576600");
    expect(signatureBase({ id, at, body })).toBe(`${id}.1785576600.${body}`);
  });

  test.each<[what: string, change: (headers: Record<string, string>) => Record<string, string>]>([
    ["another id", (headers) => ({ ...headers, "webhook-id": webhookIdOf("inbound_sms", subjectId) })],
    [
      "another time",
      (headers) => ({ ...headers, "webhook-timestamp": String(Number(headers["webhook-timestamp"]) + 1) }),
    ],
    ["another signature", (headers) => ({ ...headers, "webhook-signature": `v1,${btoa("x".repeat(32))}` })],
    ["no signature", ({ "webhook-signature": _, ...headers }) => headers],
  ])("is not believed with %s", async (_, change) => {
    const headers = await headersWith();

    expect(() => verify(change(headers))).toThrow();
  });

  test("is not believed of another body", async () => {
    const headers = await headersWith();

    expect(() => verify(headers, body.replace("Zo", "Jo"))).toThrow("No matching signature found");
    expect(() => verify(headers, `${body} `)).toThrow("No matching signature found");
  });

  test("is not believed by another secret", async () => {
    const headers = await headersWith();

    expect(() => verify(headers, body, newSigningSecret())).toThrow("No matching signature found");
  });

  test.each([
    ["old", -6],
    ["new", 6],
  ])("is not believed when it is too %s", async (_, minutes) => {
    const headers = await headersWith({ at: new Date(Date.now() + minutes * 60_000) });

    expect(() => verify(headers)).toThrow(/Message timestamp too (old|new)/);
  });

  test("by two secrets is believed by either", async () => {
    const next = newSigningSecret();

    const headers = await headersWith({ secrets: [next, secret] });

    expect(headers["webhook-signature"]?.split(" ")).toHaveLength(2);
    expect(verify(headers)).toEqual(JSON.parse(body));
    expect(verify(headers, body, next)).toEqual(JSON.parse(body));
  });

  test("is left out where there is no secret, and everything else is there", async () => {
    const at = new Date("2026-08-01T09:30:00Z");

    expect(await headersWith({ secrets: [], at })).toEqual({
      "Content-Type": "application/json",
      Authorization: "Bearer a-bearer-token",
      "webhook-id": id,
      "webhook-timestamp": "1785576600",
    });
  });
});

describe("newSigningSecret", () => {
  test("is 32 random bytes as libraries take them", () => {
    const [, base64 = ""] = /^whsec_([A-Za-z0-9+/]+=)$/.exec(secret) ?? [];

    expect(Buffer.from(base64, "base64")).toHaveLength(32);
    expect(newSigningSecret()).not.toBe(secret);
  });
});

describe("webhookIdOf", () => {
  test("names one event of one type, without full stops", () => {
    const ids = callbackTypes.map((type) => webhookIdOf(type, subjectId));

    expect(new Set(ids).size).toBe(callbackTypes.length);
    for (const one of ids) expect(one).toMatch(/^[a-z_]+_[0-9a-f-]{36}$/);
    expect(webhookIdOf("delivery_status", subjectId)).toBe(id);
  });
});
