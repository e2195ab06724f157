import type { Pool } from "../../shared/database.ts";
import type { Channel, Status } from "../../shared/notification/notification.ts";
import type { NotificationSearch } from "../../shared/notification/search-conditions.ts";
import type { KeyType } from "../../shared/service/service.ts";

/** What a search may ask of a notification. */
export interface Searchable {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  keyType: KeyType;
  apiKeyId: string | null;
  templateId: string;
  batchId: string | null;
  normalisedTo: string | null;
  clientReference: string | null;
  createdAt: Date;
}

/** Any notification of a service. */
export function everythingOf(serviceId: string | null): NotificationSearch {
  return {
    serviceId,
    id: null,
    terms: [],
    statuses: null,
    types: null,
    keyTypes: null,
    templateId: null,
    batchId: null,
    since: null,
    until: null,
    include: { batches: true, oneOffs: true },
  };
}

/** What a search is to find of these, by looking at each: ids, newest first. */
export function bruteForce(rows: readonly Searchable[], search: NotificationSearch): string[] {
  const { serviceId, id, terms, statuses, types, keyTypes, templateId, batchId, since, until, include } =
    search;
  return rows
    .filter(
      (row) =>
        (serviceId === null || row.serviceId === serviceId) &&
        (id === null || row.id === id) &&
        terms.every(
          ({ recipients, reference }) =>
            recipients.some((part) => hasPart(row.normalisedTo, part)) ||
            (reference !== null && hasPart(row.clientReference, reference)),
        ) &&
        (statuses?.includes(row.status) ?? true) &&
        (types?.includes(row.channel) ?? true) &&
        (keyTypes?.includes(row.keyType) ?? true) &&
        (templateId === null || row.templateId === templateId) &&
        (batchId === null || row.batchId === batchId) &&
        (since === null || row.createdAt >= since) &&
        (until === null || row.createdAt < until) &&
        (include.batches || row.batchId === null) &&
        (include.oneOffs || row.batchId !== null || row.apiKeyId !== null),
    )
    .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))
    .map((row) => row.id);
}

function hasPart(text: string | null, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

export async function storeSearchable(sql: Pool, rows: readonly Searchable[]): Promise<void> {
  await sql`
    insert into notifications (id, service_id, template_id, template_version, api_key_id, job_id, job_row_number,
      key_type, notification_type, status, recipient, normalised_to, client_reference, created_at)
    select r.id, r."serviceId", r."templateId", 1, r."apiKeyId", r."batchId",
      case when r."batchId" is not null then row_number() over () + (select count(*) from notifications) end,
      r."keyType", r.channel, r.status, coalesce(r."normalisedTo", ''), r."normalisedTo", r."clientReference", r."createdAt"
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, "serviceId" uuid, "templateId" uuid,
      "apiKeyId" uuid, "batchId" uuid, "keyType" text, channel text, status text, "normalisedTo" text,
      "clientReference" text, "createdAt" timestamptz)`;
}
