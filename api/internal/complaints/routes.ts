import { type Context, Hono, type MiddlewareHandler } from "hono";
import { type Complaint, countComplaints, listComplaints } from "../../../shared/complaint/queries.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate, londonMidnight } from "../../../shared/time/london.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { pageOf } from "../page.ts";
import { dateOf } from "../usage/requests.ts";

type ComplaintRouteDeps = Pick<ApiDeps, "ask" | "now">;

const pageSize = 50;

/** What recipients of emails complained of (`spec/admin-api.md` 4.7). */
export function complaintRoutes(auth: MiddlewareHandler, deps: ComplaintRouteDeps): Hono {
  return new Hono()
    .get("/complaint", auth, list(deps))
    .get("/complaint/count-by-date-range", auth, count(deps));
}

/** GET /complaint?page=: the newest first. */
function list({ ask }: ComplaintRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const page = pageOf(c);
    const { complaints, total } = await ask((sql) => listComplaints(sql, { page, size: pageSize }));
    const last = Math.ceil(total / pageSize);
    const links: JsonObject = {};
    if (page > 1) links.prev = linkTo(page - 1);
    if (page < last) {
      links.next = linkTo(page + 1);
      links.last = linkTo(last);
    }
    return answerJson(200, { complaints: complaints.map(viewComplaint), links });
  };
}

/** GET /complaint/count-by-date-range?start_date=&end_date=: by London's days, today where none are named. */
function count({ ask, now }: ComplaintRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const today = londonDate(now());
    const [first, last] = [dateOf(c, "start_date") ?? today, dateOf(c, "end_date") ?? today];
    const before = londonMidnight(addDays(last, 1));
    return answerJson(200, await ask((sql) => countComplaints(sql, londonMidnight(first), before)));
  };
}

function linkTo(page: number): string {
  return `/complaint?page=${page}`;
}

function viewComplaint(complaint: Complaint): JsonObject {
  return {
    id: complaint.id,
    notification_id: complaint.notificationId,
    service_id: complaint.serviceId,
    service_name: complaint.serviceName,
    ses_feedback_id: complaint.sesFeedbackId,
    complaint_type: complaint.type,
    complaint_date: complaint.happenedAt && toTimestamp(complaint.happenedAt),
    created_at: toTimestamp(complaint.createdAt),
  };
}
