import type { Context } from "hono";
import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { userPermissions } from "../../../shared/service/permissions.ts";
import { findServiceObject } from "../../../shared/service/settings.ts";
import { addMember, listMembers, removeMember } from "../../../shared/user/members.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOfType, notOneOf } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import { viewUser } from "../users/view-user.ts";
import { viewService } from "./view-service.ts";
import type { ServiceRouteDeps } from "./write.ts";

const Permission = v.pipe(
  v.custom<JsonObject>(isJsonObject, notOfType("object")),
  v.transform(({ permission = null }) => permission),
  v.picklist(userPermissions, notOneOf([...userPermissions])),
);

const Request = v.object({
  permissions: v.array(Permission, notOfType("array")),
  // Rights to single folders are not kept: whoever may manage templates manages all.
  folder_permissions: v.optional(
    v.pipe(v.array(v.unknown(), notOfType("array")), v.maxLength(0, "are not kept here: give none")),
  ),
});

/** GET /service/{id}/users: its people, and what they may do in it. */
export function listUsers({ ask }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const members = await ask((sql) => listMembers(sql, serviceId));
    return answerJson(200, {
      data: members.map((member) => ({
        ...viewUser(member),
        services: [serviceId],
        permissions: { [serviceId]: member.permissions },
      })),
    });
  };
}

/** POST /service/{id}/users/{user_id}: makes a person one of its. */
export function addUser({ ask }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, userId] = [serviceIdOf(c), userIdOf(c)];
    const request = readFields(Request, await readBody(c.req.raw));
    const outcome = await ask((sql) =>
      addMember(sql, { serviceId, userId, permissions: request.permissions }),
    );
    if (outcome === "none") throw noResult();
    if (outcome === "already") {
      throw new Refusal(400, `User id: ${userId} already part of service id: ${serviceId}`);
    }
    const service = await ask((sql) => findServiceObject(sql, serviceId));
    if (!service) throw noResult();
    return answerJson(201, { data: viewService(service) });
  };
}

/** DELETE /service/{id}/users/{user_id}: parts a person from it, never the last who is active. */
export function removeUser({ ask }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, userId] = [serviceIdOf(c), userIdOf(c)];
    const outcome = await ask((sql) => removeMember(sql, { serviceId, userId }));
    if (outcome === "none") throw new Refusal(404, "User not found");
    if (outcome === "last") throw new Refusal(400, "User cannot be removed from the service");
    return new Response(null, { status: 204 });
  };
}

function userIdOf(c: Context): string {
  const id = parseUuid(c.req.param("user") ?? "");
  if (id === null) throw noResult();
  return id;
}
