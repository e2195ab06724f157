import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { scrypt } from "../../api/serve.scrypt.ts";
import { startApi } from "../../api/start.ts";
import { emptyFacts, text } from "../support/facts.ts";
import type { NotificationFacts } from "../support/notifications.ts";
import { openWorld, type World } from "../support/world.ts";
import { bearerOf } from "./bearer-of.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  await emptyFacts(world.sql);
  await world.sql`
    insert into rates (valid_from, rate)
    values ('2026-03-31T23:00:00Z', 0.03), ('2026-04-01T00:00:00Z', 0.04), ('2026-07-01T00:00:01Z', 0.05)`;
  await world.sql`
    insert into letter_rates (start_date, sheet_count, rate, post_class)
    values ('2026-03-31T23:00:00Z', 1, 0.68, 'second'), ('2026-03-31T23:00:00Z', 2, 0.72, 'second')`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function costOf(facts: NotificationFacts) {
  const id = await world.notification(facts);
  const response = await fetch(`${world.apiUrl}/v2/notifications/${id}`, {
    headers: await bearerOf(world.service.keys.normal),
  });
  return (await response.json()) as { cost_in_pounds: number | null; is_cost_data_ready: boolean };
}

describe("a message costs what was in force when the UTC date of its making began", () => {
  test.each([
    ["the example's before any was loaded", "2026-03-31T23:30:00Z", 0.0227],
    ["the later of two that had begun by then", "2026-04-01T00:00:00Z", 0.04],
    ["the same until the next has begun at a midnight", "2026-07-01T12:00:00Z", 0.04],
    ["the next from then on", "2026-07-02T00:00:00Z", 0.05],
  ])("a text: %s", async (_what, createdAt, pounds) => {
    expect(await costOf(text(createdAt))).toMatchObject({ cost_in_pounds: pounds, is_cost_data_ready: true });
  });

  test.each([
    ["by its sheets", "2026-04-01T12:00:00Z", 2, 0.72],
    ["as the last of the sheets there are rates of", "2026-04-01T12:00:00Z", 5, 0.72],
    ["by the example before", "2026-03-31T12:00:00Z", 2, 0.75],
  ])("a letter: %s", async (_what, createdAt, billableUnits, pounds) => {
    const letter = text(createdAt, { channel: "letter", billableUnits });

    expect(await costOf(letter)).toMatchObject({ cost_in_pounds: pounds, is_cost_data_ready: true });
  });
});

test("where there is no rate, nothing is known of what a text cost", async () => {
  await world.sql`delete from rates where example`;
  // What is known of rates may be two seconds old: another process knows nothing yet.
  const { app, close } = await startApi({ config: world.config, log: world.log, scrypt });
  const id = await world.notification(text("2026-01-01T12:00:00Z"));

  const response = await app.request(`/v2/notifications/${id}`, {
    headers: await bearerOf(world.service.keys.normal),
  });
  await close();

  expect(await response.json()).toMatchObject({ cost_in_pounds: null, is_cost_data_ready: false });
});
