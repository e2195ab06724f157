import type { Pool } from "../database.ts";
import type { authTypes, userStates } from "./users.ts";

/** A person that functional tests sign in as. */
export interface TestUser {
  /** Where nobody has the address yet. */
  id: string;
  name: string;
  emailAddress: string;
  mobileNumber: string | null;
  authType: (typeof authTypes)[number];
  state: (typeof userStates)[number];
  /** A hash. */
  password: string;
  serviceId: string;
  /** In that service, in place of all others. */
  permissions: readonly string[];
}

/**
 * Makes these people, or has those of their addresses be like them, and members of their services. All or none:
 * `no-service` where one of the services is not there, `operator` where somebody's address is an operator's.
 */
export async function putTestUsers(
  sql: Pool,
  users: readonly TestUser[],
  at: Date,
): Promise<"done" | "no-service" | "operator"> {
  try {
    await sql.begin(async (tx) => {
      const services = [...new Set(users.map(({ serviceId }) => serviceId))];
      const known = await tx`select from services where id = any(${services}::uuid[]) for key share`;
      if (known.length < services.length) throw new Refused("no-service");
      const stored = await tx<{ id: string; address: string }[]>`
        insert into users as u (id, name, email_address, mobile_number, auth_type, state, password, created_at)
        select id, name, "emailAddress", "mobileNumber", "authType", state, password, ${at}
        from json_to_recordset(${JSON.stringify(users)}::text::json) as t (id uuid, name text, "emailAddress" text,
          "mobileNumber" text, "authType" text, state text, password text)
        on conflict ((lower(email_address))) do update set name = excluded.name,
          mobile_number = excluded.mobile_number, auth_type = excluded.auth_type, state = excluded.state,
          password = excluded.password, updated_at = ${at}
        where not u.platform_admin
        returning u.id, lower(u.email_address) as address`;
      if (stored.length < users.length) throw new Refused("operator");
      const ids = new Map(stored.map(({ id, address }) => [address, id]));
      const members = users.map(({ emailAddress, serviceId, permissions }) => ({
        user_id: ids.get(emailAddress.toLowerCase()),
        service_id: serviceId,
        permissions,
      }));
      const given = tx`json_to_recordset(${JSON.stringify(members)}::text::json)
        as m (user_id uuid, service_id uuid, permissions json)`;
      await tx`
        insert into user_to_service (user_id, service_id) select user_id, service_id from ${given}
        on conflict do nothing`;
      await tx`
        delete from permissions p using ${given} where p.user_id = m.user_id and p.service_id = m.service_id`;
      await tx`
        insert into permissions (service_id, user_id, permission)
        select service_id, user_id, json_array_elements_text(permissions) from ${given}
        on conflict do nothing`;
    });
    return "done";
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

/** Takes back what the transaction did. */
class Refused extends Error {
  readonly reason: "no-service" | "operator";

  constructor(reason: "no-service" | "operator") {
    super(reason);
    this.reason = reason;
  }
}
