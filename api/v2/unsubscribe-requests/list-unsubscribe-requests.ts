import type { Context } from "hono";
import * as v from "valibot";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import type { UnsubscribeRequest } from "../../../shared/unsubscribe/queries.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { firstValues } from "../../query.ts";
import { rootUrl } from "../../root.ts";
import { readFields } from "../schema/faults.ts";
import { describedUuid } from "../schema/fields.ts";

const pageSize = 250;

export const UnsubscribeRequestsQuery = v.object({
  older_than: v.optional(
    describedUuid("Only those that came before this notification's request: the next page."),
  ),
});

/** GET /v2/unsubscribe-requests: who wants no more of a service's emails, newest first, a page at a time. Ours. */
export function listUnsubscribeRequests(deps: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const query = readFields(UnsubscribeRequestsQuery, firstValues(c.req.url));
    const requests = await deps.listUnsubscribeRequests({
      serviceId: c.get("service").id,
      olderThan: query.older_than ?? null,
      limit: pageSize,
    });
    const current = `${rootUrl(c, deps.apiHost)}v2/unsubscribe-requests`;
    const last = requests.at(-1);
    return answerJson(200, {
      links: last ? { current, next: `${current}?older_than=${last.notificationId}` } : { current },
      unsubscribe_requests: requests.map(viewRequest),
    });
  };
}

/** Keys stand in the order they are sent in. */
function viewRequest(request: UnsubscribeRequest): JsonObject {
  return {
    created_at: toTimestamp(request.createdAt),
    email_address: request.emailAddress,
    notification_id: request.notificationId,
    template: { id: request.templateId, version: request.templateVersion },
  };
}
