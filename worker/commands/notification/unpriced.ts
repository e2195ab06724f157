import type { Db } from "../../../shared/database.ts";
import type { Span } from "../../../shared/facts/days.ts";
import type { Unpriced } from "../../../shared/receipt/queries.ts";

/** As many as are read at once. */
export const unpricedAtOnce = 500;

/**
 * Texts of a span that are billed (`shared/facts/billing.ts`) as no fragments, by their ids: the next after `after`, or
 * the first. Those in history are not among them, for nothing is kept of what they were made of.
 */
export async function listUnpriced(
  db: Db,
  { from, to }: Span,
  { serviceId, after }: { serviceId: string | null; after: string | null },
): Promise<Unpriced[]> {
  return await db<Unpriced[]>`
    select n.id, n.template_id as "templateId", n.template_version as "templateVersion", n.personalisation,
      json_build_object('name', s.name, 'prefixSms', s.prefix_sms) as service
    from notifications n join services s on s.id = n.service_id
    where n.created_at >= ${from} and n.created_at < ${to} and n.notification_type = 'sms' and n.billable_units = 0
      and n.key_type in ('normal', 'team')
      and n.status in ('sending', 'sent', 'delivered', 'pending', 'temporary-failure', 'permanent-failure')
      and (${serviceId}::uuid is null or n.service_id = ${serviceId})
      and (${after}::uuid is null or n.id > ${after})
    order by n.id limit ${unpricedAtOnce}`;
}
