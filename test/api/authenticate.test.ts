import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiKey, Service } from "../../shared/service/service.ts";
import {
  liveKey,
  newId,
  now,
  openApiWorld,
  seconds,
  secret,
  serviceId,
  storedSms,
  tokenWith,
} from "./deps.ts";

const path = `/v2/notifications/${newId}`;

function appFor(service: Partial<Service> = {}, at: () => Date = () => now) {
  return createApp(openApiWorld({ service, notifications: [storedSms] }, { now: at }));
}

async function call(authorization: string | undefined, service: Partial<Service> = {}) {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return await appFor(service).request(path, { headers });
}

function refusal(status: number, message: string) {
  return { errors: [{ error: "AuthError", message }], status_code: status };
}

const general =
  "Invalid token: make sure your API token matches the example at https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";
const clock = "Error: Your system clock must be accurate to within 30 seconds";
const missing = "Unauthorized: authentication token must be provided";
const scheme = "Unauthorized: authentication bearer scheme must be used";
const notFound = "Invalid token: API key not found";

const text = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const unsigned = (header: unknown, claims: unknown, signature = "") =>
  `${text(header)}.${text(claims)}.${signature}`;
const claims = { iss: serviceId, iat: seconds };

describe("a token is refused", () => {
  test.each([
    ["when there is none", undefined, 401, missing],
    ["when the header is empty", "", 401, missing],
    ["when another scheme is used", "Basic abc", 401, scheme],
    ["when the scheme is all there is", "Bearer", 401, scheme],
    ["when the scheme is missing", "abc.def.ghi", 401, scheme],
    ["when it is no JWT", "Bearer nonsense", 403, general],
    ["when a part is no base64", "Bearer a.b.c", 403, general],
    ["when the payload is no object", `Bearer ${unsigned({ alg: "HS256" }, [1])}`, 403, general],
    ["when the payload is no JSON", `Bearer ${unsigned({ alg: "HS256" }, "{")}`, 403, general],
    ["when the header is no object", `Bearer ${unsigned([], claims)}`, 403, general],
    ["when there are four parts", `Bearer ${unsigned({ alg: "HS256" }, claims)}.abcd`, 403, general],
  ])("%s", async (_when, authorization, status, message) => {
    const response = await call(authorization);

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(refusal(status, message));
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "when its issuer is no UUID",
      { iss: "notify-admin" },
      "Invalid token: service id is not the right data type",
    ],
    ...["", " ", `${serviceId} `, `${serviceId}0`, "None", serviceId.slice(1)].map(
      (iss): [string, Record<string, unknown>, string] => [
        `when its issuer is ${JSON.stringify(iss)}`,
        { iss },
        "Invalid token: service id is not the right data type",
      ],
    ),
    [
      "when its issuer is a list",
      { iss: [serviceId] },
      "Invalid token: service id is not the right data type",
    ],
    ["when its issuer is a number", { iss: 5 }, "Invalid token: service id is not the right data type"],
    ["when its issuer is null", { iss: null }, "Invalid token: service id is not the right data type"],
    ["when its service is unknown", { iss: newId }, "Invalid token: service not found"],
    ["31 seconds late", { iat: seconds - 31 }, clock],
    ["31 seconds early", { iat: seconds + 31 }, clock],
    ["when its time is no number", { iat: "soon" }, clock],
    ["when its time is null", { iat: null }, clock],
    ["when its time is a boolean", { iat: true }, clock],
    ["when its time is text with a fraction", { iat: `${seconds}.5` }, clock],
    ["when its time is empty text", { iat: "" }, clock],
    ["when its time is a list", { iat: [seconds] }, clock],
    ["when its time is an object", { iat: {} }, clock],
    ["when its time is text and long ago", { iat: String(seconds - 31) }, clock],
    ["when its time is text and to come", { iat: String(seconds + 31) }, clock],
    ["when it was made in milliseconds", { iat: seconds * 1000 }, clock],
    ["when it was made before 1970", { iat: -seconds }, clock],
    ["when a fraction makes it 31 seconds late", { iat: seconds - 30.5 }, clock],
    ["when its clock is wrong before its audience", { iat: seconds + 31, aud: "us" }, clock],
    ["when its audience is wrong before it is late", { iat: seconds - 31, aud: "us" }, general],
    ["when it has expired before it is late", { iat: seconds - 31, exp: seconds - 31 }, general],
    ["when it has expired, said as text", { exp: String(seconds - 31) }, general],
    ["when it expired in a fraction", { exp: seconds - 30.5 }, general],
    ["when its subject is null", { sub: null }, general],
    ["when its id is a list", { jti: ["a"] }, general],
    ["when its audience is a list", { aud: ["us", "them"] }, general],
    ["when its expiry is null", { exp: null }, notFound],
    ["when its not-before is a list", { nbf: [1] }, notFound],
    ["when it is not yet to be used", { nbf: seconds + 31 }, clock],
    ["when it has expired", { exp: seconds - 30 }, general],
    ["when it names an audience", { aud: "us" }, general],
    ["when its subject is a number", { sub: 5 }, general],
    ["when its id is a number", { jti: 5 }, general],
    ["when it does not say when it was made", { iat: undefined }, notFound],
    ["when its expiry is no number", { exp: "never" }, notFound],
    ["when its not-before is no number", { nbf: "never" }, notFound],
  ])("%s", async (_when, given, message) => {
    const response = await call(`Bearer ${await tokenWith(given)}`);

    expect(response.status).toBe(403);
    expect(await response.json()).toEqual(refusal(403, message));
  });

  test("without an issuer", async () => {
    const response = await call(`Bearer ${await tokenWith({ iss: undefined })}`);

    expect(await response.json()).toEqual(refusal(403, "Invalid token: iss field not provided"));
  });

  test.each<[string, unknown]>([
    ["none", { alg: "none" }],
    ["hs256 in lower case", { alg: "hs256" }],
    ["HS512", { alg: "HS512" }],
    ["RS256", { alg: "RS256" }],
    ["no algorithm", { typ: "JWT" }],
  ])("with %s", async (_algorithm, header) => {
    const response = await call(`Bearer ${unsigned(header, claims, text("signature"))}`);

    expect(await response.json()).toEqual(refusal(403, "Invalid token: algorithm used is not HS256"));
  });

  test("when no key of the service signed it", async () => {
    const response = await call(
      `Bearer ${await tokenWith({}, { key: "b6d3ab83-8ba4-4ab3-9e1a-d34e5a2b7f00" })}`,
    );

    expect(await response.json()).toEqual(refusal(403, notFound));
  });

  const revoked: ApiKey = { ...liveKey, revokedAt: new Date("2026-07-31T10:00:00Z") };
  test.each<[string, Partial<Service>, Record<string, unknown>, string]>([
    [
      "of a service without keys, archived or not",
      { apiKeys: [], active: false },
      {},
      "Invalid token: service has no API keys",
    ],
    ["of an archived service", { active: false }, {}, "Invalid token: service is archived"],
    ["signed with a revoked key", { apiKeys: [revoked] }, {}, "Invalid token: API key revoked"],
    ["signed late with a revoked key", { apiKeys: [revoked] }, { iat: seconds - 60 }, clock],
  ])("%s", async (_when, service, given, message) => {
    const response = await call(`Bearer ${await tokenWith(given)}`, service);

    expect(await response.json()).toEqual(refusal(403, message));
  });

  test("for its algorithm only after the service was found active", async () => {
    const response = await call(`Bearer ${unsigned({ alg: "none" }, claims)}`, { active: false });

    expect(await response.json()).toEqual(refusal(403, "Invalid token: service is archived"));
  });
});

test("of all that is wrong with a token the first is said, in Notify's order", async () => {
  const service: Partial<Service> = { id: newId, apiKeys: [], active: false };
  const token: Record<string, unknown> = { iss: undefined, iat: seconds - 60, exp: seconds - 60, aud: "us" };
  let header: Record<string, unknown> = { alg: "none" };
  const next = async () => {
    const signed =
      header.alg === "HS256" ? await tokenWith(token) : unsigned(header, { ...token }, text("signature"));
    const response = await call(`Bearer ${signed}`, service);
    return (await response.json()).errors[0].message;
  };

  expect(await next()).toBe("Invalid token: iss field not provided");
  token.iss = 5;
  expect(await next()).toBe("Invalid token: service id is not the right data type");
  token.iss = serviceId;
  expect(await next()).toBe("Invalid token: service not found");
  service.id = serviceId;
  expect(await next()).toBe("Invalid token: service has no API keys");
  service.apiKeys = [{ ...liveKey, revokedAt: now }];
  expect(await next()).toBe("Invalid token: service is archived");
  service.active = true;
  expect(await next()).toBe("Invalid token: algorithm used is not HS256");
  header = { alg: "HS256" };
  token.nbf = seconds + 60;
  expect(await next()).toBe(clock);
  token.nbf = undefined;
  expect(await next()).toBe(general);
  token.exp = undefined;
  expect(await next()).toBe(general);
  token.aud = undefined;
  expect(await next()).toBe(clock);
  token.iat = seconds;
  expect(await next()).toBe("Invalid token: API key revoked");
  service.apiKeys = [{ ...liveKey, secret: newId }];
  expect(await next()).toBe(notFound);
});

describe("a token is accepted", () => {
  test.each<[string, Record<string, unknown>]>([
    ["as the clients make it", {}],
    ["30 seconds late", { iat: seconds - 30 }],
    ["30 seconds early", { iat: seconds + 30 }],
    ["with a fraction of a second", { iat: seconds + 30.9 }],
    ["with its time as text", { iat: String(seconds) }],
    ["with its time as text with a sign and space", { iat: ` +${seconds} ` }],
    ["with a fraction that is cut off", { iat: seconds - 29.9 }],
    ["with its expiry as text", { exp: String(seconds) }],
    ["with its issuer as a URN in upper case and braces", { iss: `urn:uuid:{${serviceId.toUpperCase()}}` }],
    ["with its issuer hyphenated elsewhere", { iss: `${serviceId.replaceAll("-", "")}-` }],
    ["with its issuer in upper case", { iss: serviceId.toUpperCase() }],
    ["with its issuer without hyphens", { iss: serviceId.replaceAll("-", "") }],
    ["with its issuer as a URN", { iss: `urn:uuid:${serviceId}` }],
    ["with its issuer in braces", { iss: `{${serviceId}}` }],
    ["within the leeway of its expiry", { exp: seconds - 29 }],
    ["within the leeway of its not-before", { nbf: seconds + 30 }],
    ["with a subject and an id", { sub: "a", jti: "b" }],
    ["with claims of its own", { colour: "blue" }],
  ])("%s", async (_how, given) => {
    const response = await call(`Bearer ${await tokenWith(given)}`);

    expect(response.status).toBe(200);
  });

  test.each(["bearer", "BEARER", "bEaReR"])("after %s", async (word) => {
    expect((await call(`${word} ${await tokenWith()}`)).status).toBe(200);
  });

  test("with any type in its header", async () => {
    expect((await call(`Bearer ${await tokenWith({}, { header: { typ: "X" } })}`)).status).toBe(200);
  });

  test("when an older key signed it", async () => {
    const newer = { ...liveKey, id: newId, secret: "b6d3ab83-8ba4-4ab3-9e1a-d34e5a2b7f00" };
    const response = await call(`Bearer ${await tokenWith()}`, { apiKeys: [newer, liveKey] });

    expect(response.status).toBe(200);
  });
});

describe("a token that was verified before", () => {
  test("is checked against the clock again", async () => {
    let at = now;
    const app = appFor({}, () => at);
    const headers = { Authorization: `Bearer ${await tokenWith()}` };
    expect((await app.request(path, { headers })).status).toBe(200);

    at = new Date(now.getTime() + 31_000);
    const response = await app.request(path, { headers });

    expect(await response.json()).toEqual(refusal(403, clock));
  });

  test.each<[string, readonly ApiKey[], string]>([
    ["revoked", [{ ...liveKey, revokedAt: now }], "Invalid token: API key revoked"],
    ["removed", [{ ...liveKey, id: newId, secret: "b6d3ab83-8ba4-4ab3-9e1a-d34e5a2b7f00" }], notFound],
    ["removed with all others", [], "Invalid token: service has no API keys"],
  ])("is refused once its key is %s", async (_what, apiKeys, message) => {
    const world = openApiWorld({ notifications: [storedSms] });
    const before = world.findService;
    const app = createApp({ ...world, findService: (id) => current(id) });
    let current = before;
    const headers = { Authorization: `Bearer ${await tokenWith()}` };
    expect((await app.request(path, { headers })).status).toBe(200);

    current = openApiWorld({ service: { apiKeys } }).findService;
    const response = await app.request(path, { headers });

    expect(await response.json()).toEqual(refusal(403, message));
  });

  test("does not vouch for one that differs in its signature only", async () => {
    const app = appFor();
    const token = await tokenWith();
    expect((await app.request(path, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);

    const forged = `${token.slice(0, token.lastIndexOf("."))}.${text("x".repeat(32))}`;
    const response = await app.request(path, { headers: { Authorization: `Bearer ${forged}` } });

    expect(await response.json()).toEqual(refusal(403, notFound));
  });
});

test("exactly one space follows the scheme", async () => {
  expect((await call(`Bearer  ${await tokenWith()}`)).status).toBe(403);
});

test("the secret signs as its 36 characters, hyphens included", async () => {
  const response = await call(`Bearer ${await tokenWith({}, { key: secret.replaceAll("-", "") })}`);

  expect(await response.json()).toEqual(refusal(403, notFound));
});
