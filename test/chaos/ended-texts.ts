import { enqueue } from "../../shared/queue/enqueue.ts";
import type { System } from "./system.ts";

/** Texts that a provider has, and the receipts that end them; answers their ids. */
export async function endTexts(
  { sql }: System,
  services: readonly string[],
  count: number,
): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, n) => ({
    id: crypto.randomUUID(),
    service_id: services[n % services.length],
  }));
  const at = new Date().toISOString();
  await sql.begin(async (tx) => {
    await tx`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, normalised_to, billable_units, created_at, sent_at, sent_by)
      select id, service_id, id, 1, 'normal', 'sms', 'sending', '07700900123', '447700900123', 1, now(), now(), 'mmg'
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as n (id uuid, service_id uuid)`;
    await enqueue(
      tx,
      rows.map(({ id }) => ({
        name: "sms-receipts",
        data: {
          v: 1,
          provider: "mmg",
          reference: id,
          providerStatus: "3",
          detail: null,
          deliveredAt: at,
          receivedAt: at,
        },
      })),
    );
  });
  return rows.map(({ id }) => id);
}
