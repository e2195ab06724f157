import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { findAlert } from "../../../shared/alert/queries.ts";
import { checkFailureRates } from "../../../worker/tasks/health/check-failure-rates.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

const dueAt = "2026-11-20T10:30:00.000Z";
const inTime = "2026-11-19T10:30:00.000Z";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, alerts`;
  await world.sql`update services set restricted = false, active = true`;
});

afterAll(() => world[Symbol.asyncDispose]());

interface Texts {
  count: number;
  status?: string;
  to?: string;
  keyType?: string;
  at?: string;
}

async function texts({
  count,
  status = "delivered",
  to = "447700111",
  keyType = "normal",
  at = inTime,
}: Texts) {
  const { id, templates } = world.service;
  await world.sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, created_at)
    select gen_random_uuid(), ${id}, ${templates.sms}, 1, ${keyType}, 'sms', ${status}, 'somebody', ${to} || '123', ${at}
    from generate_series(1, ${count})`;
}

const look = () => checkFailureRates(world.deps, never, dueAt);
const alert = async () => await findAlert(world.sql, "high-failure-rates");

describe("services with high failure rates or sending to TV numbers", () => {
  test("are told of from a quarter of ten thousand texts on, and no longer once it is over", async () => {
    await texts({ count: 7500 });
    await texts({ count: 2499, status: "permanent-failure" });
    expect(await look()).toBe("0 services fail too often, 0 send to TV numbers");

    await texts({ count: 1, status: "permanent-failure" });
    await look();

    expect(await alert()).toMatchObject({
      severity: "ticket",
      resolvedAt: null,
      facts: { failing_services: 1, failure_rates: [`${world.service.id}: 25% of 10000`] },
    });
    await world.sql`truncate notifications`;
    await look();
    expect((await alert())?.resolvedAt).toEqual(expect.any(Date));
  });

  test("are told of from 501 texts to numbers of films on", async () => {
    await texts({ count: 500, to: "447700900" });
    expect(await look()).toBe("0 services fail too often, 0 send to TV numbers");

    await texts({ count: 1, to: "447700900" });
    await look();

    expect((await alert())?.facts).toMatchObject({
      services_sending_to_tv_numbers: 1,
      texts_to_tv_numbers: [`${world.service.id}: 501`],
    });
  });

  test.each<[string, Texts, () => unknown]>([
    ["test keys", { count: 600, keyType: "test" }, () => {}],
    ["the days before", { count: 600, at: "2026-11-19T10:29:59.999Z" }, () => {}],
    ["after it was due", { count: 600, at: dueAt }, () => {}],
    ["services in trial mode", { count: 600 }, () => world.sql`update services set restricted = true`],
    ["suspended services", { count: 600 }, () => world.sql`update services set active = false`],
  ])("are not judged by texts of %s", async (_, facts, arrange) => {
    await texts({ to: "447700900", ...facts });
    await arrange();

    expect(await look()).toBe("0 services fail too often, 0 send to TV numbers");
    expect(await alert()).toBeNull();
  });
});
