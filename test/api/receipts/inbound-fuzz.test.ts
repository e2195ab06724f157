import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { giveNumber, textsOf } from "../../support/inbound.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { anything, cut, toForm, toJson } from "./odd-bodies.ts";

/** The same bodies in each run. */
const seed = 20261121;
const bodies = 10_000;
const atOnce = 200;

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);

afterAll(() => world[Symbol.asyncDispose](), 60_000);

type Body = string | Uint8Array<ArrayBuffer>;

test("of 10,000 bodies that MMG would never send each is refused, thrown away in the log, or stored", async () => {
  const { id } = world.service;
  const number = await giveNumber(world, id, "mmg");
  const someNumber = fc.oneof(fc.constant(number), anything, words);
  const odd = fc.record(
    { MSISDN: fc.oneof(words, anything), Number: someNumber, Message: fc.oneof(encoded, anything) },
    { requiredKeys: [] },
  );
  const mine = fc.record({
    MSISDN: fc.oneof(words, fc.constant("447700900123")),
    Number: fc.constant(number),
    Message: encoded,
    DateRecieved: fc.oneof(anything, words, encoded),
    // No name: the same again is another.
    ID: fc.constantFrom(null, "", {}, 1e300),
  });
  const json = fc.oneof(fc.json({ maxDepth: 8 }), odd.map(toJson), mine.map(toJson));

  await expectCounted("mmg", id, fc.oneof(noise, json, cut(mine.map(toJson)), nested));
}, 120_000);

test("of 10,000 bodies that Firetext would never send each is refused, thrown away in the log, or stored", async () => {
  const { id } = await world.addService("By Firetext");
  const number = await giveNumber(world, id, "firetext");
  const names = fc.constantFrom("source", "destination", "message", "time", "Message", "__proto__", "");
  const odd = fc.array(fc.tuple(names, fc.oneof(words, encoded, fc.constant(number))), { maxLength: 8 });
  const mine = fc
    .tuple(words, encoded, encoded)
    .map(([source, message, time]) => Object.entries({ source, destination: number, message, time }));

  await expectCounted(
    "firetext",
    id,
    fc.oneof(noise, odd.map(toForm), mine.map(toForm), cut(mine.map(toForm))),
  );
}, 120_000);

/** Posts them all, until what was taken has been stored. */
async function expectCounted(provider: string, serviceId: string, sorts: fc.Arbitrary<Body>): Promise<void> {
  const all = fc.sample(sorts, { numRuns: bodies, seed });
  const before = world.lines.length;
  const statuses = new Map<number, number>();
  for (let n = 0; n < all.length; n += atOnce) {
    const answers = await Promise.all(
      all
        .slice(n, n + atOnce)
        .map((body) =>
          world.api.app.request(`/notifications/sms/receive/${provider}`, { method: "POST", body }),
        ),
    );
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  await until(async () => {
    const left =
      await world.sql`select from pgboss.job where name = 'inbound-sms' and state <= 'active' limit 1`;
    return left.length === 0;
  }, "all texts are stored");

  const lines = world.lines.slice(before);
  const saying = (message: string) => lines.filter((line) => line.message === message).length;
  const stored = (await world.sql`select from inbound_sms where service_id = ${serviceId}`).length;
  expect([...statuses.keys()].filter((status) => ![200, 400, 413].includes(status))).toEqual([]);
  expect(statuses.get(400)).toBe(saying("Inbound text refused"));
  expect(statuses.get(200)).toBe(stored + saying("Inbound text for a number that no service has"));
  expect(saying("Text received")).toBe(stored);
  expect(stored).toBeGreaterThan(bodies / 20);
  expect(statuses.get(400)).toBeGreaterThan(bodies / 10);
  expect(saying("Job failed")).toBe(0);
  expect(await world.sql`select from pgboss.job where name = 'dead-letters'`).toHaveLength(0);
  // What is stored can be read.
  expect((await textsOf(world, serviceId)).length).toBe(Math.min(stored, 5000));
}

const noise: fc.Arbitrary<Body> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.constantFrom("", "null", "[]", "{}", "\0", "\ud800", "[".repeat(50_000), "x".repeat(70_000)),
);
const nested = fc
  .integer({ min: 1, max: 5000 })
  .map((depth) => `{"MSISDN":`.repeat(depth) + "3".padEnd(depth, "}"));
const words = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom("\0", "44", "+44", "٣".repeat(11)),
);
/** Of the characters that encodings are made of. */
const encoded = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."%\\uUxdD83e0fFn'+ ab😀"), maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 100 }),
);
