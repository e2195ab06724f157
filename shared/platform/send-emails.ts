import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { sendOneOffs } from "../notification/one-off.ts";
import { parseEmailAddress } from "../recipient/email-address.ts";
import { platformIds, platformTemplates } from "./platform.ts";

export interface PlatformEmail {
  address: string;
  /** By the template's placeholders. */
  values: Record<string, string>;
}

interface Sender {
  version: number;
  dailyLimit: number;
  replyTo: string | null;
}

/**
 * Sends emails from the platform's own service, as any are sent; in a transaction they leave when it ends. Answers the
 * ids of those that were stored, which leaves out what is no address and what is over the day's limit. Null where the
 * service was not set up.
 */
export async function sendPlatformEmails(
  db: Db,
  cipher: Cipher,
  name: keyof typeof platformTemplates,
  { emails, at }: { emails: readonly PlatformEmail[]; at: Date },
): Promise<string[] | null> {
  const templateId = platformTemplates[name].id;
  const sender = await findSender(db, templateId);
  if (!sender) return null;
  const messages = emails.flatMap(({ address, values }) => {
    const parsed = parseEmailAddress(address);
    return parsed ? [oneOff({ ...parsed, values, templateId, sender, at })] : [];
  });
  const refusals = await sendOneOffs(db, cipher, messages);
  return messages.filter((_, n) => refusals[n] === null).map(({ notification }) => notification.id);
}

async function findSender(db: Db, templateId: string): Promise<Sender | null> {
  const [sender] = await db<Sender[]>`
    select t.version, s.email_message_limit::float8 as "dailyLimit", (
        select r.email_address from service_email_reply_to r
        where r.service_id = s.id and r.is_default and not r.archived) as "replyTo"
    from templates t join services s on s.id = t.service_id
    where t.id = ${templateId} and s.id = ${platformIds.service} and s.active and not t.archived`;
  return sender ?? null;
}

interface Message {
  to: string;
  normalised: string;
  values: Record<string, string>;
  templateId: string;
  sender: Sender;
  at: Date;
}

function oneOff({ to, normalised, values, templateId, sender, at }: Message) {
  return {
    notification: {
      ...{ id: crypto.randomUUID(), serviceId: platformIds.service, apiKeyId: null },
      ...{ templateId, templateVersion: sender.version, keyType: "normal" as const },
      ...{ channel: "email" as const, to, normalisedTo: normalised, replyToText: sender.replyTo },
      ...{ personalisation: JSON.stringify(values), clientReference: null, unsubscribeLink: null },
      ...{ international: false, phonePrefix: null, rateMultiplier: null, letter: null, createdAt: at },
    },
    createdById: null,
    dailyLimit: sender.dailyLimit,
    internationalLimit: 0,
    countsAsInternational: false,
  };
}
