import { describe, expect, test } from "bun:test";
import { requestPublication } from "../../../shared/broadcast/publish.ts";
import { dropPlannedTests, publishAlerts } from "../../../worker/tasks/broadcasts/publish-alerts.ts";
import { openOnAir, signal } from "./on-air.ts";

describe("the public's list of alerts", () => {
  test("is asked to be made anew where a program is configured for that", async () => {
    const requests: string[] = [];
    const statuses = [204, 500];
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        requests.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
        return new Response(null, { status: statuses.shift() ?? 200 });
      },
    });
    await using onAir = await openOnAir({
      env: { GOVUK_ALERTS_PUBLISH_URL: `${server.url.origin}/publish` },
    });

    await publishAlerts(onAir.world.deps, signal);
    const refused = await publishAlerts(onAir.world.deps, signal).catch((error: Error) => error.message);

    expect(requests).toEqual(["POST /publish ", "POST /publish "]);
    expect(refused).toBe("Cannot have the alerts published: answered 500");
  });

  test("is nobody's business where none is", async () => {
    await using onAir = await openOnAir();

    await publishAlerts(onAir.world.deps, signal);
  });

  test("is asked for once however often it changes before that is done", async () => {
    await using onAir = await openOnAir();
    const { sql } = onAir.world;

    for (let n = 0; n < 3; n++) await requestPublication(sql);

    expect(await sql`select from pgboss.job where name = 'publish-govuk-alerts'`).toHaveLength(1);
  });

  test.each([
    ["2026-01-15T00:00:00.000Z", 1],
    ["2026-01-15T23:00:00.000Z", 0],
    ["2026-07-15T23:00:00.000Z", 1],
    ["2026-07-15T00:00:00.000Z", 0],
  ])("drops planned tests at London's midnight: at %s %d times", async (dueAt, times) => {
    await using onAir = await openOnAir();

    await dropPlannedTests(onAir.world.deps, signal, dueAt);

    expect(await onAir.world.sql`select from pgboss.job where name = 'publish-govuk-alerts'`).toHaveLength(
      times,
    );
  });
});
