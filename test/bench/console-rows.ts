import type { Pool } from "../../shared/database.ts";
import type { BenchService, Ground } from "./ground.ts";

const serviceCount = 20;
const monthSeconds = 30 * 86_400;

/**
 * Services and their notifications of the last thirty days, in the order in which they would have come: texts, emails
 * and letters of every status, a tenth of them of the first service's test key. The first service sent a third of all.
 */
export async function storeMonth(ground: Ground, rows: number): Promise<readonly BenchService[]> {
  const services: BenchService[] = [];
  for (let n = 1; n <= serviceCount; n++) services.push(await ground.addService(`Service ${n}`));
  await insertRows(ground.sql, services, rows);
  // As they would lie there after a month.
  await ground.sql`vacuum analyze notifications`;
  await ground.sql`checkpoint`;
  return services;
}

async function insertRows(sql: Pool, services: readonly BenchService[], rows: number): Promise<void> {
  const ids = services.map(({ id }) => id);
  const texts = services.map(({ smsTemplate }) => smsTemplate);
  const emails = services.map(({ emailTemplate }) => emailTemplate);
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, reference, personalisation, billable_units, created_at, sent_at,
      sent_by, updated_at, timeline)
    select gen_random_uuid(), (${ids}::uuid[])[s.n], (case c.type when 'email' then ${emails}::uuid[] else ${texts}::uuid[] end)[s.n],
      1, case when i % 10 = 3 and s.n = 1 then 'test' else 'normal' end, c.type, t.status,
      case c.type when 'sms' then '07700 9' || lpad((i % 100000)::text, 5, '0') else 'person' || i % 100000 || '@example.com' end,
      case c.type when 'sms' then '4477009' || lpad((i % 100000)::text, 5, '0') else 'person' || i % 100000 || '@example.com' end,
      'order-' || i, case c.type when 'email' then gen_random_uuid()::text end, 'v1.bench.' || repeat(md5(i::text), 4), 1,
      w.at, case when t.status <> 'created' then w.at + w.took end, case when t.status <> 'created' then c.provider end,
      case when t.status <> 'created' then w.at + w.took + case when t.status = 'sending' then interval '0' else w.answered end end,
      '["a",1785576600000,"mmg",120]' || E'\n' || '["r",1785576600000,"mmg","delivered","3"]'
    from generate_series(1, ${rows}::integer) i
      cross join lateral (select case when i % 3 = 0 then 1 else 1 + (i * 7919::bigint % ${serviceCount}::integer)::integer end as n) s
      cross join lateral (
        select case when i % 100 < 55 then 'sms' when i % 100 < 97 then 'email' else 'letter' end as type,
          case when i % 100 < 30 then 'mmg' when i % 100 < 55 then 'firetext' when i % 100 < 97 then 'ses' else 'dvla' end as provider
      ) c
      cross join lateral (
        select case when i > ${rows}::integer - 200 then 'created' when i % 50 = 7 then 'permanent-failure' when i % 50 = 8 then 'temporary-failure'
          when i % 200 = 9 then 'sending' when i % 500 = 10 then 'technical-failure' else 'delivered' end as status
      ) t
      cross join lateral (
        select now() - (${rows}::integer - i) * (${monthSeconds}::float8 / ${rows}::integer) * interval '1s' as at,
          -- Most in a fraction of a second, some in minutes.
          exp((i * 104729::bigint % 1000) / 1000.0 * 6 - 2) * interval '0.1s' as took,
          exp((i * 15485863::bigint % 1000) / 1000.0 * 9) * interval '1s' as answered
      ) w`;
}
