import { describe, expect, test } from "bun:test";
import type { KeyType } from "../../shared/service/service.ts";
import { type Answer, openApis } from "./several-apis.ts";

const rateLimited = (name: string, limit: number): Answer => ({
  status: 429,
  message: `Exceeded rate limit for key type ${name} of ${limit} requests per 60 seconds`,
});
const overLimit = (kind: string, limit: number): Answer => ({
  status: 429,
  message: `Exceeded send limits (${kind}: ${limit}) for today`,
});

/** How many were accepted, when all others had the one answer. */
function accepted(answers: readonly Answer[], refusal: Answer): number {
  const good = answers.filter(({ status }) => status === 201);
  expect(answers.filter((answer) => !good.includes(answer))).toEqual(
    Array.from({ length: answers.length - good.length }, () => refusal),
  );
  return good.length;
}

const day = 24 * 60 * 60 * 1000;

describe("three APIs on one database share", () => {
  test.each(["sms", "email"] as const)("the daily limit, to the message: %s", async (channel) => {
    await using apis = await openApis({ limits: { [channel]: 25 } });
    const refusal = overLimit(channel, 25);

    expect(accepted(await apis.sendAtOnce(channel, 20), refusal)).toBe(25);
    expect(await apis.stored()).toBe(25);
    // Normal and team keys share it, the channels do not.
    expect(await apis.sendInTurn(channel, 1, "team")).toEqual([refusal]);
    expect(await apis.sendInTurn(channel === "sms" ? "email" : "sms", 1)).toMatchObject([{ status: 201 }]);
  });

  test("a day's count through restarts, until midnight in UTC", async () => {
    await using apis = await openApis({ limits: { sms: 2 } });
    const refusal = overLimit("sms", 2);
    apis.clock.now = new Date("2026-06-30T22:59:00Z");
    expect(accepted(await apis.sendInTurn("sms", 3), refusal)).toBe(2);

    await apis.restart();
    // Midnight in London, which is an hour ahead.
    apis.clock.now = new Date("2026-06-30T23:00:00Z");
    expect(await apis.sendInTurn("sms", 1)).toEqual([refusal]);
    apis.clock.now = new Date("2026-06-30T23:59:59.999Z");
    expect(await apis.sendInTurn("sms", 1)).toEqual([refusal]);
    apis.clock.now = new Date("2026-07-01T00:00:00Z");

    expect(accepted(await apis.sendInTurn("sms", 4), refusal)).toBe(2);
  });

  test("the international limit, which counts as texts too", async () => {
    await using apis = await openApis({ limits: { sms: 10, international: 4 } });

    expect(accepted(await apis.sendAtOnce("abroad", 5), overLimit("international_sms", 4))).toBe(4);
    expect(accepted(await apis.sendAtOnce("sms", 5), overLimit("sms", 10))).toBe(6);
    // The day's limit is said first.
    expect(await apis.sendInTurn("abroad", 1)).toEqual([overLimit("sms", 10)]);
    apis.pass(day);
    expect(accepted(await apis.sendInTurn("abroad", 5), overLimit("international_sms", 4))).toBe(4);
  });

  test.each<[KeyType, string]>([
    ["normal", "LIVE"],
    ["team", "TEAM"],
    ["test", "TEST"],
  ])("the rate limit of each key type: %s", async (keyType, name) => {
    await using apis = await openApis({ limits: { rate: 60 } });
    const refusal = rateLimited(name, 60);

    // Capacity 60 / 3 + 1, of which one always stays.
    expect(accepted(await apis.sendAtOnce("sms", 10, keyType), refusal)).toBe(20);
    const others = (["normal", "team", "test"] as const).filter((type) => type !== keyType);
    for (const other of others) {
      expect(await apis.sendInTurn("sms", 1, other)).toMatchObject([{ status: 201 }]);
    }
    // The refused ones emptied the bucket: of five tokens that come in five seconds one must stay.
    apis.pass(5000);
    expect(accepted(await apis.sendInTurn("sms", 6, keyType), refusal)).toBe(4);
    await apis.restart();
    expect(await apis.sendInTurn("sms", 1, keyType)).toEqual([refusal]);
    apis.pass(60 * 60 * 1000);
    expect(accepted(await apis.sendAtOnce("sms", 10, keyType), refusal)).toBe(20);
  });
});

describe("the burst that a rate limit allows", () => {
  test.each([
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 2],
    [30, 10],
    [31, 11],
  ])("of %d requests a minute is %d", async (rate, burst) => {
    await using apis = await openApis({ limits: { rate } });

    expect(accepted(await apis.sendAtOnce("sms", 5), rateLimited("LIVE", rate))).toBe(burst);
  });

  test("is used up by what is refused, and by what is not sent", async () => {
    await using apis = await openApis({ limits: { rate: 9 } });

    expect((await apis.sendInTurn("invalid", 2)).map(({ status }) => status)).toEqual([400, 400]);
    expect(await apis.sendInTurn("simulated", 1)).toMatchObject([{ status: 201 }]);
    expect(await apis.sendInTurn("invalid", 1)).toEqual([rateLimited("LIVE", 9)]);
  });

  test("is not used up by reading", async () => {
    await using apis = await openApis({ limits: { rate: 1 } });
    await apis.read("normal");
    await apis.read("normal");

    expect(await apis.sendInTurn("sms", 2)).toEqual([{ status: 201, message: null }, rateLimited("LIVE", 1)]);
  });

  test("of nothing stays nothing, however long one waits", async () => {
    await using apis = await openApis({ limits: { rate: 0 } });
    apis.pass(365 * day);

    expect(await apis.sendInTurn("sms", 3)).toEqual(Array(3).fill(rateLimited("LIVE", 0)));
  });
});

describe("what never counts against the day", () => {
  test.each<["sms" | "email" | "abroad" | "simulated", KeyType]>([
    ["sms", "test"],
    ["email", "test"],
    ["abroad", "test"],
    ["simulated", "normal"],
  ])("%s with a %s key", async (what, keyType) => {
    await using apis = await openApis({ limits: { sms: 1, email: 1, international: 1 } });

    expect((await apis.sendAtOnce(what, 3, keyType)).map(({ status }) => status)).toEqual(Array(9).fill(201));
    const [counted] = await apis.sql`
      select sms::int, email::int, international_sms::int as abroad from service_counters`;
    expect(counted).toEqual({ sms: 0, email: 0, abroad: 0 });
    expect(await apis.sendInTurn("abroad", 1)).toMatchObject([{ status: 201 }]);
  });

  test("though a limit of 0 refuses it", async () => {
    await using apis = await openApis({ limits: { sms: 0, email: 0 } });

    expect(await apis.sendInTurn("sms", 1, "test")).toEqual([overLimit("sms", 0)]);
    expect(await apis.sendInTurn("email", 1, "test")).toEqual([overLimit("email", 0)]);
    expect(await apis.sendInTurn("simulated", 1)).toEqual([overLimit("sms", 0)]);
  });

  test("nor does a limit of 0 in trial mode, where test keys have a live service's", async () => {
    await using apis = await openApis({ limits: { sms: 0, email: 0, international: 0 }, restricted: true });

    for (const what of ["sms", "email", "abroad"] as const) {
      expect(await apis.sendInTurn(what, 1, "test")).toMatchObject([{ status: 201 }]);
    }
    expect(await apis.sendInTurn("sms", 1)).toEqual([overLimit("sms", 0)]);
  });
});
