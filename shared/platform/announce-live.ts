import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { ServiceObject } from "../service/settings.ts";
import { sendPlatformEmails } from "./send-emails.ts";

/**
 * Writes to the active people of a service that it left trial mode. Answers to how many; null where the platform's own
 * service was not set up.
 */
export async function announceLive(
  db: Db,
  cipher: Cipher,
  service: ServiceObject,
  at: Date,
): Promise<number | null> {
  const people = await db<{ name: string; address: string }[]>`
    select u.name, u.email_address as address
    from user_to_service m join users u on u.id = m.user_id
    where m.service_id = ${service.id} and u.state = 'active' order by u.id`;
  const emails = people.map(({ name, address }) => ({
    address,
    values: {
      name,
      "service name": service.name,
      emails: inWords(service.emailMessageLimit),
      texts: inWords(service.smsMessageLimit),
      letters: inWords(service.letterMessageLimit),
    },
  }));
  const sent = await sendPlatformEmails(db, cipher, "serviceLive", { emails, at });
  return sent?.length ?? null;
}

/** 250000 as `250,000`. */
function inWords(count: number): string {
  return count.toLocaleString("en-GB");
}
