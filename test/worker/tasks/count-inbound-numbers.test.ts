import { expect, test } from "bun:test";
import { schedulesFor } from "../../../worker/schedules.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

const task = "check-for-low-available-inbound-sms-numbers";

async function warnings(world: World, free: number, others: number) {
  const { sql, service } = world;
  await sql`delete from inbound_numbers`;
  await sql`
    insert into inbound_numbers (number, provider) select n::text, 'mmg' from generate_series(1, ${free}::int) n`;
  await sql`
    insert into inbound_numbers (number, provider, active, service_id)
    select (1000 + n)::text, 'mmg', n = 1, case n when 1 then ${service.id}::uuid end
    from generate_series(1, ${others}::int) n`;
  const before = world.lines.length;
  await maintain({ task, dueAt: "2026-11-23T09:00:00.000Z" }, world.deps, never);
  return world.lines.slice(before).filter(({ level }) => level === "warn");
}

test("more numbers are asked for when fifty or fewer are free, where there are any", async () => {
  await using world = await openWorld({ worker: false });

  expect(await warnings(world, 51, 2)).toEqual([]);
  expect(await warnings(world, 50, 2)).toEqual([
    { level: "warn", facts: { free: 50, all: 52 }, message: "Request more inbound SMS numbers" },
  ]);
  expect(await warnings(world, 0, 1)).toMatchObject([{ facts: { free: 0, all: 1 } }]);
  expect(await warnings(world, 0, 0)).toEqual([]);
});

test("they are counted on Mondays at nine", () => {
  const schedule = schedulesFor({ snsLog: null, openSftp: null, dvla: null }).find(
    (each) => each.task === task,
  );

  expect(schedule?.cron).toBe("0 9 * * 1");
});
