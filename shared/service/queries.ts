import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { comparableRecipient } from "../recipient/allowed-recipients.ts";
import type { ApiKey, KeyType, Sender, Service } from "./service.ts";

/** Revoked keys stay known this long, so that their users read "revoked". */
const revokedKeyDays = 7;

interface Row extends Omit<Service, "permissions" | "apiKeys" | "allowedRecipients" | "emailSenderName"> {
  permissions: string[];
  emailSenderName: string | null;
  apiKeys: { id: string; type: KeyType; secret: string; revokedAt: string | null }[];
  smsSenders: Sender[];
  emailReplyTos: Sender[];
  recipients: (string | null)[];
}

/** Everything the API must know of a service, in one round trip; null where there is none. */
export async function findService(db: Db, cipher: Cipher, id: string): Promise<Service | null> {
  const [row] = await db<Row[]>`
    select s.id, s.name, s.active, s.restricted, s.prefix_sms as "prefixSms", s.rate_limit as "rateLimit",
      s.email_sender_local_part as "emailSenderLocalPart", s.email_sender_name as "emailSenderName",
      s.contact_link as "contactLink",
      json_build_object('sms', s.sms_message_limit, 'email', s.email_message_limit, 'letter',
        s.letter_message_limit, 'internationalSms', s.international_sms_message_limit) as "dailyLimits",
      array(select permission from service_permissions p where p.service_id = s.id) as permissions,
      (select coalesce(json_agg(json_build_object('id', k.id, 'type', k.key_type, 'secret', k.secret,
          'revokedAt', k.expiry_date) order by k.created_at desc), '[]')
        from api_keys k where k.service_id = s.id and (k.expiry_date is null or date_trunc('day', k.expiry_date, 'UTC')
          > now() - ${revokedKeyDays} * interval '1 day')) as "apiKeys",
      (select coalesce(json_agg(json_build_object('id', x.id, 'value', x.sms_sender, 'isDefault', x.is_default)), '[]')
        from service_sms_senders x where x.service_id = s.id and not x.archived) as "smsSenders",
      (select coalesce(json_agg(json_build_object('id', x.id, 'value', x.email_address, 'isDefault', x.is_default)),
        '[]') from service_email_reply_to x where x.service_id = s.id and not x.archived) as "emailReplyTos",
      array(
        select recipient from service_guest_list g where g.service_id = s.id
        union all
        select unnest(array[u.email_address, u.mobile_number]) from users u
          join user_to_service m on m.user_id = u.id where m.service_id = s.id
      ) as recipients
    from services s where s.id = ${id}`;
  if (!row) return null;
  const { recipients, ...service } = row;
  return {
    ...service,
    emailSenderName: row.emailSenderName ?? row.name,
    permissions: new Set(row.permissions),
    apiKeys: await Promise.all(row.apiKeys.map((key) => openKey(key, cipher))),
    allowedRecipients: new Set(
      recipients.filter((recipient) => recipient !== null).map((recipient) => comparableRecipient(recipient)),
    ),
  };
}

async function openKey(
  { id, type, secret, revokedAt }: Row["apiKeys"][number],
  cipher: Cipher,
): Promise<ApiKey> {
  return {
    id,
    type,
    secret: await cipher.decrypt(secret, apiKeySecretOf(id)),
    revokedAt: revokedAt === null ? null : new Date(revokedAt),
  };
}

/** What a stored key's encryption is bound to. */
export function apiKeySecretOf(id: string): string {
  return `api_keys.secret:${id}`;
}

/** Those that send for real: neither archived nor in trial mode, nor the platform's own. */
export async function countLiveServices(db: Db): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::integer as count from services where active and not restricted and count_as_live`;
  return row?.count ?? 0;
}
