import type { Context } from "hono";
import * as v from "valibot";
import type { ReceivedText } from "../../../shared/inbound/queries.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { firstValues } from "../../query.ts";
import { rootUrl } from "../../root.ts";
import { readFields } from "../schema/faults.ts";
import { describedUuid } from "../schema/fields.ts";

const pageSize = 250;

export const ReceivedTextsQuery = v.object({
  older_than: v.optional(describedUuid("Only those that came before this text: the next page.")),
});

/** GET /v2/received-text-messages: what people sent to a service, newest first, a page at a time. */
export function listReceivedTexts(deps: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const query = readFields(ReceivedTextsQuery, firstValues(c.req.url));
    const texts = await deps.listReceivedTexts({
      serviceId: c.get("service").id,
      olderThan: query.older_than ?? null,
      limit: pageSize,
    });
    // As with Notify it never names the page it is of.
    const current = `${rootUrl(c, deps.apiHost)}v2/received-text-messages`;
    const last = texts.at(-1);
    return answerJson(200, {
      links: last ? { current, next: `${current}?older_than=${last.id}` } : { current },
      received_text_messages: texts.map(viewReceivedText),
    });
  };
}

/** Keys stand in the order they are sent in. */
function viewReceivedText(text: ReceivedText): JsonObject {
  return {
    content: text.content,
    created_at: toTimestamp(text.createdAt),
    id: text.id,
    notify_number: text.notifyNumber,
    service_id: text.serviceId,
    user_number: text.userNumber,
  };
}
