import type { Pool } from "../../shared/database.ts";
import type { NotificationFacts } from "./notifications.ts";

/** Moves notifications into history, as their service's time being over does. */
export async function moveToHistory(sql: Pool, ids: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      delete from notifications where id = any(${[...ids]}::uuid[]) returning *
    )
    insert into notification_history (id, service_id, template_id, template_version, api_key_id, job_id, key_type,
      notification_type, status, international, rate_multiplier, billable_units, created_at, sent_at, sent_by)
    select id, service_id, template_id, template_version, api_key_id, job_id, key_type, notification_type, status,
      international, rate_multiplier, billable_units, created_at, sent_at, sent_by
    from gone`;
}

/** A text that a provider took, of one fragment. */
export function text(createdAt: string, facts: NotificationFacts = {}): NotificationFacts {
  return { status: "delivered", billableUnits: 1, ...facts, createdAt: new Date(createdAt) };
}

export interface BillingFact {
  day: string;
  type: string;
  provider: string;
  multiplier: number;
  rate: number;
  postage: string;
  units: number;
  sent: number;
}

/** What was counted, of all services and templates, in order. */
export async function billingFacts(sql: Pool): Promise<BillingFact[]> {
  const rows = await sql<BillingFact[]>`
    select bst_date::text as day, notification_type as type, provider, rate_multiplier::float8 as multiplier,
      rate::float8 as rate, postage, billable_units::integer as units, notifications_sent::integer as sent
    from ft_billing order by bst_date, notification_type, provider, rate_multiplier, rate, postage`;
  return [...rows];
}

export interface StatusFact {
  day: string;
  type: string;
  key: string;
  status: string;
  count: number;
}

export async function statusFacts(sql: Pool): Promise<StatusFact[]> {
  const rows = await sql<StatusFact[]>`
    select bst_date::text as day, notification_type as type, key_type as key, notification_status as status,
      notification_count::integer as count
    from ft_notification_status order by bst_date, notification_type, key_type, notification_status`;
  return [...rows];
}

export async function emptyFacts(sql: Pool): Promise<void> {
  await sql`
    truncate notifications, notification_history, letters, ft_billing, ft_notification_status, ft_processing_time,
      ft_billing_letter_despatch, fact_days, annual_billing`;
  await sql`delete from rates where not example`;
  await sql`delete from letter_rates where not example`;
}
