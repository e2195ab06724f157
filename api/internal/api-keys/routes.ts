import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { JsonObject } from "../../../shared/json/json.ts";
import {
  type ApiKeyObject,
  createAskedApiKey,
  findApiKeyObject,
  listApiKeyObjects,
  revokeAskedApiKey,
} from "../../../shared/service/api-keys.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { choice, readObject, text, Uuid } from "../read-object.ts";
import { readOptionalBody } from "../read-optional-body.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";

type KeyRouteDeps = Pick<ApiDeps, "ask" | "now">;

/** Revoked ones are listed this long. */
const revokedMs = 7 * 24 * 60 * 60 * 1000;

const NewKey = v.object({
  name: v.pipe(text(255), v.trim(), v.minLength(1, "Shorter than minimum length 1.")),
  key_type: choice(["normal", "team", "test"]),
  created_by: Uuid,
});

const Revoke = v.object({ created_by: v.optional(describedUuid("Who revokes it")) });

/** Keys of services (`spec/admin-api.md` 4.2). */
export function apiKeyRoutes(auth: MiddlewareHandler, deps: KeyRouteDeps): Hono {
  const path = "/service/:service";
  return new Hono()
    .post(`${path}/api-key`, auth, createKey(deps))
    .get(`${path}/api-keys`, auth, listKeys(deps))
    .get(`${path}/api-keys/:id`, auth, getKey(deps))
    .post(`${path}/api-key/revoke/:id`, auth, revokeKey(deps));
}

/** POST /service/{id}/api-key: answers the secret, the only time it is shown. */
function createKey({ ask, now }: KeyRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const { name, key_type: type, created_by: createdById } = readObject(NewKey, await readBody(c.req.raw));
    const made = await ask((sql, cipher) =>
      createAskedApiKey(sql, cipher, { serviceId, name, type, createdById, at: now() }),
    );
    if (made === "no-service") throw noResult();
    if (made === "taken") throw new Refusal(400, { name: ["A key with this name already exists"] });
    return answerJson(201, { data: made.secret });
  };
}

/** GET /service/{id}/api-keys */
function listKeys({ ask, now }: KeyRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const since = new Date(now().getTime() - revokedMs);
    const keys = await ask((sql) => listApiKeyObjects(sql, serviceId, since));
    return answerJson(200, { apiKeys: keys.map(viewKey) });
  };
}

/** GET /service/{id}/api-keys/{id}: a key that can be used, in a list. */
function getKey({ ask }: KeyRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const given = c.req.param("id") ?? "";
    const id = parseUuid(given);
    const key = id === null ? null : await ask((sql) => findApiKeyObject(sql, serviceId, id));
    if (!key) throw new Refusal(404, `API key not found for id: ${given}`);
    return answerJson(200, { apiKeys: [viewKey(key)] });
  };
}

/** POST /service/{id}/api-key/revoke/{id} */
function revokeKey({ ask, now }: KeyRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const id = parseUuid(c.req.param("id") ?? "");
    readFields(Revoke, await readOptionalBody(c.req.raw));
    const known = id !== null && (await ask((sql) => revokeAskedApiKey(sql, { serviceId, id, at: now() })));
    if (!known) throw noResult();
    return new Response(null, { status: 202 });
  };
}

function viewKey(key: ApiKeyObject): JsonObject {
  return {
    id: key.id,
    name: key.name,
    key_type: key.type,
    created_by: key.createdById,
    created_at: toTimestamp(key.createdAt),
    updated_at: key.updatedAt && toTimestamp(key.updatedAt),
    expiry_date: key.expiryDate && toTimestamp(key.expiryDate),
    version: key.version,
  };
}
