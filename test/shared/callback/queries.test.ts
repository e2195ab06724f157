import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Webhook } from "standardwebhooks";
import { createOpenCredentials } from "../../../shared/callback/credentials.ts";
import {
  bearerTokenOf,
  type CallbackConfig,
  type CallbackKey,
  createCallback,
  findCallback,
  findCallbackTarget,
  listCallbacks,
  removeCallback,
  resumeCallback,
  rotateSigningSecret,
  setCallback,
  updateCallback,
} from "../../../shared/callback/queries.ts";
import { callbackHeaders, webhookIdOf } from "../../../shared/callback/signature.ts";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { type Cipher, createCipher } from "../../../shared/encryption.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { createService } from "../../../shared/service/setup.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";

let database: TestDatabase;
let sql: Pool;
let cipher: Cipher;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 5, statementTimeoutMs: 30_000 });
  cipher = await createCipher([{ id: "test", bytes: new Uint8Array(32).fill(7) }]);
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

const at = new Date("2026-08-01T09:30:00.000Z");
const hour = 3600 * 1000;
const later = (hours: number) => new Date(at.getTime() + hours * hour);
const by = { updatedById: "11111111-1111-4111-8111-111111111111", at };
const url = "https://hall.example/told";
const bearerToken = "a-secret-token";
const type = "delivery_status";

let made = 0;
const newService = () =>
  createService(sql, { name: `Hall ${++made}`, restricted: true, smsSender: "Hall", replyTo: null });

async function newCallback(of: CallbackType = type) {
  const serviceId = await newService();
  const created = await createCallback(sql, cipher, { serviceId, type: of, url, bearerToken }, by);
  if (created.outcome !== "created") throw new Error(`Not created: ${created.outcome}`);
  return created;
}

const historyOf = (id: string) => sql`
  select version, change, url, bearer_token as token, updated_by_id as "by", at
  from service_callback_api_history where callback_id = ${id} order by version`;

/** Which of the secrets sign what is sent then. */
async function signersAt({ serviceId, type: of }: CallbackKey, time: Date, secrets: readonly string[]) {
  const target = await findCallbackTarget(sql, serviceId, of);
  if (!target) throw new Error("No target");
  const credentials = await createOpenCredentials(cipher)(target, time);
  const signed = { id: webhookIdOf(of, serviceId), at: new Date(), body: "{}" };
  const headers = await callbackHeaders({ ...credentials, ...signed });
  expect(headers.Authorization).toBe(`Bearer ${bearerToken}`);
  return secrets.filter((secret) => {
    try {
      new Webhook(secret).verify("{}", headers);
      return true;
    } catch {
      return false;
    }
  });
}

describe("createCallback", () => {
  test("keeps token and secret encrypted, and the first version", async () => {
    const { config, signingSecret } = await newCallback();

    expect(config).toMatchObject({ type, url, version: 1, updatedById: by.updatedById, createdAt: at });
    expect(config).toMatchObject({ updatedAt: null, isSigned: true, suspendedAt: null });
    const stored = JSON.stringify([
      await sql`select * from service_callback_api where id = ${config.id}`,
      await historyOf(config.id),
    ]);
    expect(stored).not.toContain(bearerToken);
    expect(stored).not.toContain(signingSecret);
    expect(await signersAt(config, at, [signingSecret])).toEqual([signingSecret]);
    expect(await historyOf(config.id)).toMatchObject([{ version: 1, change: "set", url, at }]);
  });

  test("makes one of each type", async () => {
    const { config } = await newCallback();
    const again = {
      serviceId: config.serviceId,
      type: config.type,
      url: "https://other.example",
      bearerToken,
    };

    expect(await createCallback(sql, cipher, again, by)).toEqual({ outcome: "taken" });
    expect(await createCallback(sql, cipher, { ...again, type: "complaint" }, by)).toMatchObject({
      outcome: "created",
    });
    expect(await findCallback(sql, config)).toEqual(config);
    expect((await listCallbacks(sql, config.serviceId)).map((one) => one.type)).toEqual(["complaint", type]);
  });

  test("of two at once one is made", async () => {
    const serviceId = await newService();
    const create = () => createCallback(sql, cipher, { serviceId, type, url, bearerToken }, by);

    const outcomes = (await Promise.all([create(), create(), create()])).map(({ outcome }) => outcome);

    expect(outcomes.sort()).toEqual(["created", "taken", "taken"]);
  });

  test("knows that there is no such service", async () => {
    const serviceId = crypto.randomUUID();

    expect(await createCallback(sql, cipher, { serviceId, type, url, bearerToken }, by)).toEqual({
      outcome: "no-service",
    });
  });
});

describe("updateCallback", () => {
  test("changes what is given and keeps every version with its token", async () => {
    const { config, signingSecret } = await newCallback();

    await updateCallback(sql, cipher, config, { url: "https://new.example" }, { ...by, at: later(1) });
    const changed = await updateCallback(sql, cipher, config, { bearerToken: "another-token" }, by);

    expect(changed).toMatchObject({ id: config.id, version: 3, url: "https://new.example" });
    const versions = await historyOf(config.id);
    const tokens = await Promise.all(
      versions.map(({ token }) => cipher.decrypt(token, bearerTokenOf(config.id))),
    );
    expect(tokens).toEqual([bearerToken, bearerToken, "another-token"]);
    expect(versions.map((one) => one.url)).toEqual([url, "https://new.example", "https://new.example"]);
    await updateCallback(sql, cipher, config, { bearerToken }, by);
    expect(await signersAt(config, at, [signingSecret])).toEqual([signingSecret]);
  });

  test("numbers versions without gaps though many change it at once", async () => {
    const { config } = await newCallback();

    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        updateCallback(sql, cipher, config, { url: `https://h${n}.example` }, by),
      ),
    );

    const versions = await historyOf(config.id);
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    expect(await findCallback(sql, config)).toMatchObject({ version: 21, url: versions.at(-1)?.url });
  });
});

describe("setCallback", () => {
  test("keeps the callback and its secret where there is one", async () => {
    const { config, signingSecret } = await newCallback();
    const { serviceId } = config;

    const set = await setCallback(sql, cipher, { serviceId, type, url: "https://b.example", bearerToken });

    expect(set).toMatchObject({ signingSecret: null, config: { id: config.id, version: 2 } });
    expect(await signersAt(config, at, [signingSecret])).toEqual([signingSecret]);
  });

  test("by many at once makes one callback and one secret", async () => {
    const serviceId = await newService();

    const sets = await Promise.all(
      Array.from({ length: 10 }, () => setCallback(sql, cipher, { serviceId, type, url, bearerToken })),
    );

    expect(new Set(sets.map(({ config }) => config.id)).size).toBe(1);
    expect(sets.filter(({ signingSecret }) => signingSecret !== null)).toHaveLength(1);
    expect(await listCallbacks(sql, serviceId)).toMatchObject([{ version: 10 }]);
  });
});

describe("rotateSigningSecret", () => {
  test("has both secrets sign for 24 hours, then the new one alone", async () => {
    const { config, signingSecret: old } = await newCallback();

    const rotated = await rotateSigningSecret(sql, cipher, config, by);

    const secrets = [rotated?.signingSecret ?? "", old];
    expect(rotated?.config.previousSecretUntil).toEqual(later(24));
    expect(await signersAt(config, at, secrets)).toEqual(secrets);
    expect(await signersAt(config, later(23.99), secrets)).toEqual(secrets);
    expect(await signersAt(config, later(24), secrets)).toEqual(secrets.slice(0, 1));
    expect(await historyOf(config.id)).toMatchObject([
      { version: 1 },
      { version: 2, change: "secret-rotated" },
    ]);
  });

  test("twice leaves nothing of the first", async () => {
    const { config, signingSecret: first } = await newCallback();
    const second = await rotateSigningSecret(sql, cipher, config, by);

    const third = await rotateSigningSecret(sql, cipher, config, { ...by, at: later(1) });

    const secrets = [first, second?.signingSecret ?? "", third?.signingSecret ?? ""];
    expect(await signersAt(config, later(2), secrets)).toEqual(secrets.slice(1));
    expect(await signersAt(config, later(25), secrets)).toEqual(secrets.slice(2));
  });

  test("makes the first secret of a callback older than signing, which is not signed until then", async () => {
    const { config } = await newCallback();
    await sql`update service_callback_api set signing_secret = null where id = ${config.id}`;
    const target = await findCallbackTarget(sql, config.serviceId, type);
    expect(target?.secrets).toEqual([]);

    const rotated = await rotateSigningSecret(sql, cipher, config, by);

    expect(rotated?.config).toMatchObject({ isSigned: true, previousSecretUntil: null });
    const secret = rotated?.signingSecret ?? "";
    expect(await signersAt(config, at, [secret])).toEqual([secret]);
  });
});

const setBack = (id: string) => sql`
  with suspended as (
    update service_callback_api set suspended_at = ${at}, suspended_reason = 'Gone' where id = ${id}
  )
  insert into callback_breakers (callback_id, opened_at, probe_at) values (${id}, ${at}, ${at})`;

describe("a callback that was suspended", () => {
  test("is called as usual at another URL", async () => {
    const { config } = await newCallback();
    await setBack(config.id);

    const sameUrl = await updateCallback(sql, cipher, config, { bearerToken }, by);
    const newUrl = await updateCallback(sql, cipher, config, { url: "https://new.example" }, by);

    expect(sameUrl).toMatchObject({ suspendedAt: at, suspendedReason: "Gone" });
    expect(newUrl).toMatchObject({ suspendedAt: null, suspendedReason: null });
    expect(await sql`select from callback_breakers where callback_id = ${config.id}`).toHaveLength(0);
    expect(await sql`select from pgboss.job where data->>'task' = 'tend-callbacks'`).not.toHaveLength(0);
  });
});

describe("resumeCallback", () => {
  test("ends a suspension and what its receiver was judged by", async () => {
    const { config } = await newCallback();
    await setBack(config.id);
    const before = await findCallbackTarget(sql, config.serviceId, type);

    const resumed = await resumeCallback(sql, config, by);

    expect(before?.suspendedAt).toEqual(at);
    expect(resumed).toMatchObject({ suspendedAt: null, suspendedReason: null });
    expect((await findCallbackTarget(sql, config.serviceId, type))?.suspendedAt).toBeNull();
    expect(await sql`select from callback_breakers where callback_id = ${config.id}`).toHaveLength(0);
    expect(await historyOf(config.id)).toMatchObject([{}, { change: "resumed", by: by.updatedById }]);
  });
});

describe("removeCallback", () => {
  test("ends it and keeps its history", async () => {
    const { config } = await newCallback();

    expect(await removeCallback(sql, config, later(1))).toBe(true);
    expect(await removeCallback(sql, config, later(1))).toBe(false);

    expect(await findCallbackTarget(sql, config.serviceId, type)).toBeNull();
    expect(await historyOf(config.id)).toMatchObject([
      { version: 1, change: "set" },
      { version: 2, change: "removed", at: later(1) },
    ]);
  });
});

describe("a callback", () => {
  const asAnother: [what: string, key: (config: CallbackConfig) => CallbackKey][] = [
    ["of another service", (config) => ({ ...config, serviceId: crypto.randomUUID() })],
    ["of another type", (config) => ({ ...config, type: "complaint" })],
    ["of another id", (config) => ({ ...config, id: crypto.randomUUID() })],
  ];

  test.each(asAnother)("is not touched by who names one %s", async (_, key) => {
    const { config } = await newCallback();
    const wrong = key(config);

    expect(await findCallback(sql, wrong)).toBeNull();
    expect(await updateCallback(sql, cipher, wrong, { url: "https://evil.example" }, by)).toBeNull();
    expect(await rotateSigningSecret(sql, cipher, wrong, by)).toBeNull();
    expect(await resumeCallback(sql, wrong, by)).toBeNull();
    expect(await removeCallback(sql, wrong)).toBe(false);

    expect(await findCallback(sql, config)).toEqual(config);
    expect(await historyOf(config.id)).toHaveLength(1);
  });
});
