import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { ReceivedText } from "../../../shared/inbound/queries.ts";
import {
  daysBack,
  findLastReceipt,
  findReceivedText,
  listRecentTexts,
  listSendersTexts,
  summariseTexts,
} from "../../../shared/inbound/read.ts";
import { findNumberOf, releaseInboundNumber } from "../../../shared/inbound/setup.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { comparableRecipient } from "../../../shared/recipient/allowed-recipients.ts";
import { findRetention } from "../../../shared/retention/queries.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { StorableText } from "../../v2/schema/fields.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { pageOf } from "../page.ts";
import { noResult } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";

type TextRouteDeps = Pick<ApiDeps, "ask" | "now" | "smsSender">;

const usualDays = 7;
const pageSize = 50;

const Filter = v.object({ phone_number: v.optional(StorableText) });
const Removal = v.object({ archive: v.boolean(notOfType("boolean")) });

/** Texts that people sent to services (`spec/admin-api.md` 4.3). */
export function inboundTextRoutes(auth: MiddlewareHandler, deps: TextRouteDeps): Hono {
  const path = "/service/:service/inbound-sms";
  return new Hono()
    .post(path, auth, list(deps))
    .get(`${path}/most-recent`, auth, listOfSenders(deps))
    .get(`${path}/most-recent-usage`, auth, showLastUse(deps))
    .get(`${path}/summary`, auth, summarise(deps))
    .post(`${path}/remove`, auth, remove(deps))
    .get(`${path}/:id`, auth, get(deps));
}

/** POST S/inbound-sms: those that are kept, the newest first; of one number where it is given. */
function list({ ask, now }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { phone_number: number } = readFields(Filter, await readBody(c.req.raw));
    const texts = await ask(async (sql, cipher) => {
      const days = (await findRetention(sql, { serviceId, type: "sms" }))?.days ?? usualDays;
      const userNumber = number === undefined ? null : comparableRecipient(number);
      return await listRecentTexts(sql, cipher, { serviceId, since: daysBack(now(), days), userNumber });
    });
    return answerJson(200, { data: texts.map(viewText) });
  };
}

/** GET S/inbound-sms/most-recent?page=: the newest of each sender. */
function listOfSenders({ ask, now }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const page = pageOf(c);
    const serviceId = await existingService(c, ask);
    const { texts, hasNext } = await ask(async (sql, cipher) => {
      const days = (await findRetention(sql, { serviceId, type: "sms" }))?.days ?? usualDays;
      const since = daysBack(now(), days);
      return await listSendersTexts(sql, cipher, { serviceId, since, page, size: pageSize });
    });
    return answerJson(200, { data: texts.map(viewText), has_next: hasNext });
  };
}

/** GET S/inbound-sms/most-recent-usage: when it last received one, however long ago. */
function showLastUse({ ask }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const at = await ask((sql) => findLastReceipt(sql, serviceId));
    return answerJson(200, { most_recent_date: at && toTimestamp(at) });
  };
}

/** GET S/inbound-sms/summary: of seven days. */
function summarise({ ask, now }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const since = daysBack(now(), usualDays);
    const { count, mostRecent } = await ask((sql) => summariseTexts(sql, { serviceId, since }));
    return answerJson(200, { count, most_recent: mostRecent && toTimestamp(mostRecent) });
  };
}

/** GET S/inbound-sms/{id} */
function get({ ask }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), parseUuid(c.req.param("id") ?? "")];
    const text =
      id === null ? null : await ask((sql, cipher) => findReceivedText(sql, cipher, { serviceId, id }));
    if (!text) throw noResult();
    return answerJson(200, viewText(text));
  };
}

/** POST S/inbound-sms/remove: takes permission, sender and number together; with `archive` nobody gets the number. */
function remove({ ask, smsSender }: TextRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { archive } = readFields(Removal, await readBody(c.req.raw));
    await ask((sql) =>
      sql.begin(async (tx) => {
        await tx`delete from service_permissions where service_id = ${serviceId} and permission = 'inbound_sms'`;
        const number = await findNumberOf(tx, serviceId);
        if (number === null) return;
        await releaseInboundNumber(tx, number, { retire: archive, onlySender: () => smsSender });
      }),
    );
    return answerJson(200, {});
  };
}

function viewText(text: ReceivedText): JsonObject {
  return {
    id: text.id,
    service_id: text.serviceId,
    notify_number: text.notifyNumber,
    user_number: text.userNumber,
    content: text.content,
    created_at: toTimestamp(text.createdAt),
  };
}
