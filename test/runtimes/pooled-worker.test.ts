import { expect, test } from "bun:test";
import { startWorker } from "../../worker/worker.ts";
import { createListLog } from "../support/list-log.ts";
import { openWorld } from "../support/world.ts";
import { startPgBouncer } from "./pgbouncer.ts";

test("a worker behind a transaction pooler does everything, by polling", async () => {
  await using world = await openWorld({ worker: false });
  await using bouncer = await startPgBouncer(world.config.databaseUrl, 20);
  const { log, lines } = createListLog();
  const config = { ...world.config, databaseUrl: bouncer.url, databasePooler: "transaction" as const };
  const worker = await startWorker({ config, log, schedules: [] });
  try {
    const personalisation = { name: "Ada", day: "Monday" };
    const { sms, email } = world.service.templates;
    await world.client().sendSms(sms, "07700900123", { personalisation });
    await world.client().sendEmail(email, "ada@example.com", { personalisation });

    await world.sandbox.waitFor(2, { channel: "callback", timeoutMs: 60_000 });
  } finally {
    await worker.stop(5000);
  }

  expect(lines.filter(({ level }) => level === "error")).toEqual([]);
  expect(lines.map(({ message }) => message)).toContain(
    "Cannot listen for jobs through a pooler: polling only",
  );
  const unsent = await world.sql`select from notifications where status <> 'delivered'`;
  expect(unsent).toHaveLength(0);
}, 120_000);
