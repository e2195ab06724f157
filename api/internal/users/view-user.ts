import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import type { User } from "../../../shared/user/users.ts";

/** A person as Notify shows one, as far as people are kept here. */
export function viewUser(user: User): JsonObject {
  return {
    id: user.id,
    name: user.name,
    email_address: user.emailAddress,
    mobile_number: user.mobileNumber,
    auth_type: user.authType,
    state: user.state,
    platform_admin: user.platformAdmin,
    organisations: [],
    created_at: toTimestamp(user.createdAt),
    updated_at: user.updatedAt && toTimestamp(user.updatedAt),
  };
}
