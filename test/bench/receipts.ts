import type { Bench } from "./bench.ts";
import { type BenchService, type Ground, openGround } from "./ground.ts";
import { load } from "./http-load.ts";
import { startSystem, until } from "./system.ts";

/** Receipts from a text provider, until each has changed its notification. */
export const receipts: Bench = {
  describe: "MMG receipts a second, from the first until all are applied; no callbacks",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const system = await startSystem(ground, { services: 10, callbacks: false });
    say("warming up");
    await postAll(ground, system, 1_000);

    const count = Math.round(2_000 * seconds);
    say(`${count.toLocaleString("en-GB")} receipts`);
    return await postAll(ground, system, count);
  },
};

async function postAll(
  { sql }: Ground,
  { apiUrl, services }: { apiUrl: string; services: readonly BenchService[] },
  count: number,
) {
  const ids = await addSending({ sql }, services, count);
  const bodies = ids.values();
  const startedAt = performance.now();
  const result = await load({
    url: apiUrl,
    path: "/notifications/sms/mmg",
    connections: 64,
    seconds: 600,
    headers: () => "",
    body: () => {
      const { value } = bodies.next();
      return value === undefined ? null : bodyOf(value);
    },
  });
  const taken = result.statuses[200] ?? 0;
  if (taken !== count) throw new Error(`Not all were taken: ${JSON.stringify(result.statuses)}`);
  await until(
    async () => {
      // By an index, so that asking costs little of what is measured.
      const [waiting] = await sql`
        select from pgboss.job where name = 'sms-receipts' and state < 'active' and not blocked limit 1`;
      if (waiting) return false;
      const [left] = await sql`select from notifications where status = 'sending' limit 1`;
      return left === undefined;
    },
    `all ${count} receipts are applied`,
    120_000,
  );
  const took = (performance.now() - startedAt) / 1000;
  const [wrong] = await sql`select from notifications where status <> 'delivered' limit 1`;
  if (wrong) throw new Error("Not all that were told to be delivered are");
  return { receipts_per_s: count / took, intake_per_s: count / result.seconds };
}

/** Notifications that MMG has taken; their ids. */
async function addSending(
  { sql }: Pick<Ground, "sql">,
  services: readonly BenchService[],
  count: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (const { id, smsTemplate } of services) {
    const rows = await sql<{ id: string }[]>`
      insert into notifications (id, service_id, template_id, template_version, api_key_id, key_type,
        notification_type, status, recipient, normalised_to, phone_prefix, rate_multiplier, billable_units,
        created_at, sent_at, sent_by, updated_at)
      select gen_random_uuid(), ${id}, ${smsTemplate}, 1, ${id}, 'normal', 'sms', 'sending', '07700900123',
        '447700900123', '44', 1, 1, now(), now(), 'mmg', now()
      from generate_series(1, ${Math.ceil(count / services.length)}::integer)
      returning id`;
    ids.push(...rows.map((row) => row.id));
  }
  return ids;
}

function bodyOf(id: string): string {
  return JSON.stringify({
    CID: id,
    status: "3",
    substatus: "5",
    MSISDN: "447700900123",
    reference: "10000001",
    deliverytime: "2026-11-21 10:00:00",
  });
}
