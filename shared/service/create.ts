import { populateAllowances } from "../billing/allowance.ts";
import { financialYearAt } from "../billing/financial-year.ts";
import type { Pool } from "../database.ts";
import { isTaken } from "./change.ts";
import { replacePermissions, userPermissions } from "./permissions.ts";
import { findServiceObject, type ServiceObject, type ServiceSettings } from "./settings.ts";
import { newServicePermissions, normaliseServiceName } from "./setup.ts";

/** A service as a program asks for it. */
export interface AskedService
  extends Pick<
    ServiceSettings,
    | "name"
    | "restricted"
    | "emailMessageLimit"
    | "smsMessageLimit"
    | "letterMessageLimit"
    | "organisationType"
  > {
  id: string;
  /** Who is its first member, with all rights. */
  userId: string;
  createdById: string;
  /** Null: what its mode gives. */
  internationalSmsMessageLimit: number | null;
  smsSender: string;
  at: Date;
}

/** A day, for a service in trial mode and a live one. */
const internationalLimits = { trial: 100, live: 250_000 };

/**
 * Makes a service with what it begins with: permissions, its first member, a sender, this year's allowance. All or
 * nothing. `taken`: another has the name; `no-user`: there is no such person.
 */
export async function createAskedService(
  sql: Pool,
  asked: AskedService,
): Promise<ServiceObject | "taken" | "no-user"> {
  const { id, userId, name, restricted, at } = asked;
  return await sql.begin(async (tx) => {
    const users = await tx`select from users where id = ${userId} for key share`;
    if (users.length === 0) return "no-user";
    if (await isTaken(tx, name, null)) return "taken";
    const localPart = normaliseServiceName(name);
    const international =
      asked.internationalSmsMessageLimit ??
      (restricted ? internationalLimits.trial : internationalLimits.live);
    const made = await tx`
      insert into services (id, name, normalised_name, email_sender_local_part, restricted, created_by_id, created_at,
        email_message_limit, sms_message_limit, letter_message_limit, international_sms_message_limit,
        organisation_type)
      values (${id}, ${name}, ${localPart}, ${localPart}, ${restricted}, ${asked.createdById}, ${at},
        ${asked.emailMessageLimit}, ${asked.smsMessageLimit}, ${asked.letterMessageLimit}, ${international},
        ${asked.organisationType})
      on conflict (normalised_name) do nothing
      returning id`;
    // Another took it since it was asked for.
    if (made.length === 0) return "taken";
    await replacePermissions(tx, id, newServicePermissions);
    await tx`insert into user_to_service (user_id, service_id) values (${userId}, ${id})`;
    await tx`
      insert into permissions (service_id, user_id, permission)
      select ${id}, ${userId}, unnest(${[...userPermissions]}::text[])`;
    await tx`
      insert into service_sms_senders (service_id, sms_sender, created_at) values (${id}, ${asked.smsSender}, ${at})`;
    await populateAllowances(tx, financialYearAt(at), { serviceId: id });
    return (await findServiceObject(tx, id)) ?? "taken";
  });
}
