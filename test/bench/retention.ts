import { fireSchedule } from "../../shared/schedule/queries.ts";
import type { Bench } from "./bench.ts";
import { type Ground, openGround } from "./ground.ts";
import { paced, percentile } from "./http-load.ts";
import { startSystem, until } from "./system.ts";

const perSecond = 200;
/** Whose notifications they are, in equal parts. */
const services = 10;
const usualRows = 1_000_000;

/** A night's deletion while services go on sending. */
export const retention: Bench = {
  describe:
    "how long a million old notifications take to go, and what becomes of those that are sent meanwhile",
  seconds: 20,
  async run({ seconds, rows = usualRows, say }) {
    await using ground = await openGround();
    const system = await startSystem(ground, { services: 1, callbacks: false });
    say(`storing ${rows.toLocaleString("en-GB")} notifications of last week`);
    await storeOld(ground, rows);
    await markCounted(ground);

    const [service] = system.services;
    if (!service) throw new Error("The bench has no service");
    const url = `${system.apiUrl}/v2/notifications/sms`;
    const body = JSON.stringify({
      phone_number: "07700900123",
      template_id: service.smsTemplate,
      personalisation: { name: "Ada", day: "Monday", time: "10:30" },
    });
    const send = async () => {
      const headers = { "Content-Type": "application/json", Authorization: service.authorization() };
      const response = await fetch(url, { method: "POST", headers, body });
      await response.arrayBuffer();
      if (response.status !== 201) throw new Error(`Answered ${response.status}`);
    };

    say(`${perSecond} accepts a second before`);
    await paced(send, { perSecond, seconds: Math.min(2, seconds) });
    const before = await paced(send, { perSecond, seconds });

    say(`${perSecond} accepts a second while they are deleted`);
    const deletion = deleteAll(ground);
    const during: number[] = [];
    let running = true;
    void deletion.finally(() => {
      running = false;
    });
    while (running) during.push(...(await paced(send, { perSecond, seconds: 1 })));
    const tookSeconds = await deletion;
    during.sort((a, b) => a - b);

    return {
      seconds_1m_rows: (tookSeconds / rows) * usualRows,
      accept_p99_ms_before: percentile(before, 0.99),
      accept_p99_ms_during: percentile(during, 0.99),
      accept_p50_ms_before: percentile(before, 0.5),
      accept_p50_ms_during: percentile(during, 0.5),
      rows,
      seconds: tookSeconds,
      accepts_during: during.length,
    };
  },
};

async function storeOld({ sql, addService }: Ground, rows: number): Promise<void> {
  const each = Math.ceil(rows / services);
  for (let n = 1; n <= services; n++) {
    const { id, smsTemplate } = await addService(`Old ${n}`);
    await sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, normalised_to, client_reference, personalisation, billable_units, created_at, sent_at, sent_by,
        updated_at, timeline)
      select gen_random_uuid(), ${id}, ${smsTemplate}, 1, 'normal', 'sms', 'delivered', '07700900123', '447700900123',
        'order-' || n, 'v1.bench.' || repeat(md5(n::text), 4), 1, t.at, t.at, 'mmg', t.at,
        '["a",1785576600000,"mmg",120]' || E'\n' || '["r",1785576600000,"mmg","delivered","3"]'
      from generate_series(1, ${each}) n cross join lateral (
        select now() - interval '9 days' + n * interval '50 milliseconds' as at) t`;
  }
  // As they would lie there after a week.
  await sql`vacuum analyze notifications`;
  await sql`checkpoint`;
}

/** The deletion waits for what counts them. */
async function markCounted({ sql }: Ground): Promise<void> {
  const last = lastDue(3, 0);
  last.setUTCHours(0, 30);
  await sql`
    insert into task_runs (task, due_at, outcome) values ('create-nightly-notification-status', ${last}, 'done')`;
}

/** As the schedule has it done; answers how many seconds it took. */
async function deleteAll({ sql }: Ground): Promise<number> {
  const task = "delete-notifications-older-than-retention";
  const dueAt = lastDue(3, 0);
  const startedAt = performance.now();
  await fireSchedule(sql, task, dueAt);
  const isDone = async () => {
    const [row] = await sql<{ left: number; outcome: string | null }[]>`
      select (select count(*)::int from pgboss.job where name = 'delete-notifications' and state <= 'active') as left,
        (select outcome from task_runs where task = ${task} and due_at = ${dueAt}) as outcome`;
    return row?.outcome === "done" && row.left === 0;
  };
  await until(isDone, "all are deleted", 1_800_000);
  const seconds = (performance.now() - startedAt) / 1000;
  const [left] = await sql<{ old: number; history: number }[]>`
    select (select count(*)::int from notifications where created_at < now() - interval '8 days') as old,
      (select count(*)::int from notification_history) as history`;
  if (left?.old !== 0 || left.history === 0) throw new Error("Not all were deleted");
  return seconds;
}

/** The last time of day, in UTC, that has been. */
function lastDue(hour: number, minute: number): Date {
  const at = new Date();
  at.setUTCHours(hour, minute, 0, 0);
  return at.getTime() > Date.now() ? new Date(at.getTime() - 86_400_000) : at;
}
