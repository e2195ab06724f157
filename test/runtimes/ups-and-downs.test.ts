import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { emptyDatabase } from "../support/postgres.ts";
import { until } from "../support/until.ts";
import { openDoor } from "./door.ts";
import { lanes } from "./lanes.ts";
import { openPlace, type Place } from "./place.ts";
import type { Server } from "./server.ts";

setDefaultTimeout(120_000);

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place[Symbol.asyncDispose]());

async function send(server: Server, reference: string): Promise<Response> {
  return await fetch(`${server.url}/v2/notifications/sms`, {
    method: "POST",
    headers: { Authorization: await place.bearer() },
    body: JSON.stringify({
      phone_number: "07700900123",
      template_id: place.world.service.templates.sms,
      personalisation: { name: "Ada", day: "Monday" },
      reference,
    }),
    keepalive: false,
  });
}

const unavailable =
  '{"errors":[{"error":"ServiceUnavailable","message":"The service is temporarily unavailable, try again later"}],"status_code":503}\n';

const named = lanes.map((lane) => [lane.name, lane] as const);
const processes = named.filter(([, { isProcess }]) => isProcess);
const edges = named.filter(([, { isProcess }]) => !isProcess);

describe("a database", () => {
  test.each(named)("that goes away and comes back costs nothing but 503s: %s", async (name, lane) => {
    await using door = await openDoor(place.databaseUrl);
    await using server = await lane.start(door.url, { ADMIT_TIMEOUT_MS: "1500" });
    const before = await send(server, `before ${name}`);

    door.shut();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(server, `away ${name}`)));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    const ready = await fetch(`${server.url}/_ready`);
    const alive = await fetch(`${server.url}/_status?simple=1`);
    await door.open();
    await until(async () => (await send(server, `after ${name}`)).status === 201, "it serves again");

    expect(before.status).toBe(201);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(new Set(bodies)).toEqual(new Set([unavailable]));
    expect([ready.status, alive.status]).toEqual([503, 200]);
    const stored = await place.world.sql<{ reference: string; count: number }[]>`
      select client_reference as reference, count(*)::int as count from notifications
      where client_reference in (${`before ${name}`}, ${`away ${name}`}, ${`after ${name}`}) group by 1 order by 1`;
    expect([...stored]).toEqual([
      { reference: `after ${name}`, count: 1 },
      { reference: `before ${name}`, count: 1 },
    ]);
  });

  test.each(edges)("that is not there at the start is found later: %s", async (_, lane) => {
    await using door = await openDoor(place.databaseUrl);
    door.shut();
    await using server = await lane.start(door.url, { ADMIT_TIMEOUT_MS: "1500" });
    const answer = await send(server, "early");
    await door.open();
    await until(async () => (await send(server, "late")).status === 201, "it serves");

    expect([answer.status, await answer.text()]).toEqual([503, unavailable]);
  });

  test.each(processes)("that is not there at the start ends it, in a line: %s", async (_, lane) => {
    await using door = await openDoor(place.databaseUrl);
    door.shut();

    const starting = lane.start(door.url).then(
      () => null,
      (error: Error) => error.message,
    );

    expect(await starting).toMatch(/^\w+ ended: \{"level":60,.*\}\n$/);
  });

  test.each(edges)("that is not migrated is not served: %s", async (_, lane) => {
    await using database = await emptyDatabase();
    await using server = await lane.start(database.url);

    const answer = await send(server, "early");

    expect([answer.status, await answer.text()]).toEqual([503, unavailable]);
    expect(server.output()).toContain("is missing from the database");
  });
});

describe("a process", () => {
  test.each(processes)("that is told to stop answers what it has accepted: %s", async (name, lane) => {
    await using server = await lane.start(place.databaseUrl, { ADMIT_TIMEOUT_MS: "20000" });
    await using held = await holdSends();
    const sends = Array.from({ length: 5 }, () => send(server, `stopped ${name}`));
    await held.untilFelt();

    server.signal("SIGTERM");
    await until(() => server.output().includes("API stopping"), "it stops");
    const late = await send(server, "late").catch(() => null);
    await held.letGo();
    const answers = await Promise.all(sends);

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(late).toBeNull();
    expect(await server.exited).toBe(0);
  });

  test.each(processes)("ends at once at the second signal: %s", async (_, lane) => {
    await using server = await lane.start(place.databaseUrl, { ADMIT_TIMEOUT_MS: "20000" });
    await using held = await holdSends();
    const unanswered = send(server, "never").catch(() => null);
    await held.untilFelt();

    server.signal("SIGTERM");
    await until(() => server.output().includes("API stopping"), "it stops");
    server.signal("SIGINT");

    expect(await server.exited).toBe(1);
    expect(await unanswered).toBeNull();
  });
});

/** Keeps all sends from being stored until it is let go. */
async function holdSends() {
  const { sql } = place.world;
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const lock = sql.begin(async (tx) => {
    await tx`lock table service_counters in access exclusive mode`;
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const letGo = async () => {
    release.resolve();
    await lock;
  };
  return {
    letGo,
    untilFelt: () =>
      until(async () => {
        const waiting = await sql`
          select from pg_stat_activity where application_name = 'pillarbox api' and wait_event_type = 'Lock'`;
        return waiting.length > 0;
      }, "sends are held up"),
    [Symbol.asyncDispose]: letGo,
  };
}
