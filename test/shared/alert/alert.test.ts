import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { findAlert } from "../../../shared/alert/queries.ts";
import { openQueueWorld, type QueueWorld } from "../../support/queue.ts";

let world: QueueWorld;

beforeAll(async () => {
  world = await openQueueWorld();
});

beforeEach(async () => {
  await world.sql`delete from alerts`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const stuck = {
  subject: "letters-still-sending",
  severity: "ticket",
  title: "Letters still sending",
  facts: { zeta: 1, alpha: ["b", "a"], none: null, yes: true },
  at: new Date("2026-11-21T09:00:00Z"),
} as const;

const jobs = async () =>
  (await world.sql`select data->>'alertId' as id from pgboss.job where name = 'send-alerts'`).map(
    ({ id }) => id,
  );

describe("an alert", () => {
  test("is opened once, however many find it at the same time", async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => raiseAlert(world.sql, stuck)));

    expect(opened.filter(Boolean)).toHaveLength(1);
    expect(await findAlert(world.sql, stuck.subject)).toMatchObject({ times: 20 });
    expect(await jobs()).toHaveLength(1);
  });

  test("keeps its facts in their order", async () => {
    await raiseAlert(world.sql, stuck);

    const facts = (await findAlert(world.sql, stuck.subject))?.facts ?? {};
    expect(Object.keys(facts)).toEqual(Object.keys(stuck.facts));
    expect(facts).toEqual({ ...stuck.facts, alpha: [...stuck.facts.alpha] });
  });

  test("shares the fate of its transaction", async () => {
    const work = world.sql.begin(async (tx) => {
      await raiseAlert(tx, stuck);
      throw new Error("undone");
    });

    await expect(work).rejects.toThrow("undone");
    expect(await findAlert(world.sql, stuck.subject)).toBeNull();
    expect(await jobs()).toEqual([]);
  });

  test("is resolved once, and both times its own people are told", async () => {
    await raiseAlert(world.sql, stuck);
    const alert = await findAlert(world.sql, stuck.subject);

    const resolved = await Promise.all(
      Array.from({ length: 5 }, () => resolveAlert(world.sql, stuck.subject, stuck.at)),
    );

    expect(resolved.filter(Boolean)).toHaveLength(1);
    expect(await jobs()).toEqual([alert?.id, alert?.id]);
    expect(await raiseAlert(world.sql, stuck)).toBe(true);
  });

  test("is none of another subject's", async () => {
    await raiseAlert(world.sql, stuck);

    expect(await raiseAlert(world.sql, { ...stuck, subject: "other" })).toBe(true);
    expect(await resolveAlert(world.sql, "another", stuck.at)).toBe(false);
    expect(await world.sql`select from alerts where resolved_at is null`).toHaveLength(2);
  });
});
