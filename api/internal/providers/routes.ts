import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { changeProviders } from "../../../shared/provider/change.ts";
import { listProviderObjects, type ProviderObject } from "../../../shared/provider/details.ts";
import { listProviderVersions, type ProviderVersion } from "../../../shared/provider/queries.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { findUser } from "../../../shared/user/users.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { count, Flag, readObject, text, Uuid } from "../read-object.ts";
import { type FieldFaults, noResult, Refusal } from "../refusal.ts";

type ProviderRouteDeps = Pick<ApiDeps, "ask" | "now">;

const Request = v.object({
  priority: v.optional(count(100)),
  active: v.optional(Flag),
  reason: v.optional(v.nullable(text(1000))),
  created_by: v.optional(v.nullable(Uuid)),
});

/** Who carries messages, and how much of them (`spec/admin-api.md` 4.7). */
export function providerRoutes(auth: MiddlewareHandler, deps: ProviderRouteDeps): Hono {
  const path = "/provider-details";
  return new Hono()
    .get(path, auth, list(deps))
    .get(`${path}/:id`, auth, get(deps))
    .get(`${path}/:id/versions`, auth, listVersions(deps))
    .post(`${path}/:id`, auth, change(deps));
}

/** GET /provider-details */
function list({ ask, now }: ProviderRouteDeps) {
  return async (): Promise<Response> => {
    const providers = await ask((sql) => listProviderObjects(sql, { now: now() }));
    return answerJson(200, { provider_details: providers.map(viewProvider) });
  };
}

/** GET /provider-details/{id} */
function get(deps: ProviderRouteDeps) {
  return async (c: Context): Promise<Response> =>
    answerJson(200, { provider_details: viewProvider(await providerOf(c, deps)) });
}

/** GET /provider-details/{id}/versions: the newest hundred. */
function listVersions(deps: ProviderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const provider = await providerOf(c, deps);
    const versions = await deps.ask((sql) => listProviderVersions(sql, provider.identifier));
    return answerJson(200, { data: versions.map((version) => viewVersion(provider, version)) });
  };
}

/** POST /provider-details/{id}: what is given changes. */
function change(deps: ProviderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { id, identifier: name } = await providerOf(c, deps);
    const body = await readBody(c.req.raw);
    if (isJsonObject(body)) assertChangeable(Object.keys(body));
    const {
      priority = null,
      active = null,
      reason = null,
      created_by: by = null,
    } = readObject(Request, body);
    if (by !== null && !(await deps.ask((sql) => findUser(sql, by)))) throw noResult();
    await deps.ask((sql) => changeProviders(sql, () => [{ name, priority, active, reason, createdBy: by }]));
    const [changed] = await deps.ask((sql) => listProviderObjects(sql, { id, now: deps.now() }));
    if (!changed) throw noResult();
    return answerJson(200, { provider_details: viewProvider(changed) });
  };
}

function assertChangeable(fields: readonly string[]): void {
  const faults: FieldFaults = {};
  for (const field of fields) {
    if (!Object.hasOwn(Request.entries, field)) faults[field] = ["Not permitted to be updated"];
  }
  if (Object.keys(faults).length > 0) throw new Refusal(400, faults);
}

async function providerOf(c: Context, { ask, now }: ProviderRouteDeps): Promise<ProviderObject> {
  const id = parseUuid(c.req.param("id") ?? "");
  const [provider] = id === null ? [] : await ask((sql) => listProviderObjects(sql, { id, now: now() }));
  if (!provider) throw noResult();
  return provider;
}

function viewProvider(provider: ProviderObject): JsonObject {
  return {
    id: provider.id,
    identifier: provider.identifier,
    display_name: provider.displayName,
    notification_type: provider.channel,
    priority: provider.priority,
    active: provider.active,
    supports_international: provider.supportsInternational,
    version: provider.version,
    created_by_name: provider.createdByName,
    updated_at: provider.updatedAt && toTimestamp(provider.updatedAt),
    current_month_billable_sms: provider.monthsFragments,
  };
}

function viewVersion(provider: ProviderObject, version: ProviderVersion): JsonObject {
  return {
    id: provider.id,
    identifier: provider.identifier,
    display_name: provider.displayName,
    notification_type: provider.channel,
    priority: version.priority,
    active: version.active,
    supports_international: version.international,
    version: version.version,
    reason: version.reason,
    created_by: version.createdBy === null ? null : { name: version.createdBy },
    updated_at: version.updatedAt && toTimestamp(version.updatedAt),
  };
}
