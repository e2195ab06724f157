import type { Context } from "hono";
import * as v from "valibot";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { ListedReturned } from "../../../shared/letter/returned-list.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { parseInstant } from "../../../shared/time/instant.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import type { ReturnedRouteDeps } from "./desk.ts";

/* Notify's answers: instants without zone, rows of a spreadsheet as a person counts them below its head. */

const recentDays = 7;

/** GET /service/{id}/returned-letter-statistics: how many were reported of late, and when the last were. */
export function showReturnedStatistics({ returnedLetters, now }: ReturnedRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const days = await returnedLetters.listDays(await serviceOf(c, returnedLetters));
    const since = addDays(londonDate(now()), -recentDays);
    const recent = days.filter(({ reportedAt }) => reportedAt >= since);
    const [last] = days;
    return answerJson(200, {
      returned_letter_count: recent.reduce((sum, { letters }) => sum + letters, 0),
      most_recent_report: last ? `${last.reportedAt} 00:00:00.000000` : null,
    });
  };
}

/** GET /service/{id}/returned-letter-summary: how many were reported on each date, newest first. */
export function listReturnedDays({ returnedLetters }: ReturnedRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const days = await returnedLetters.listDays(await serviceOf(c, returnedLetters));
    return answerJson(
      200,
      days.map(({ reportedAt, letters }) => ({ reported_at: reportedAt, returned_letter_count: letters })),
    );
  };
}

const notADate = "must be a date in the format: YYYY-MM-DD";
const Query = v.object({
  reported_at: v.pipe(
    v.string(notADate),
    v.check((text) => text.length === 10 && parseInstant(text) !== null, notADate),
  ),
});

/** GET /service/{id}/returned-letters?reported_at=: those reported on a date, the newest made first. */
export function listReturned({ returnedLetters }: ReturnedRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { reported_at: reportedAt } = readFields(Query, firstValues(c.req.url));
    const { letters, orphaned } = await returnedLetters.list(await serviceOf(c, returnedLetters), reportedAt);
    return answerJson(200, { returned_letters: letters.map(viewReturned), orphaned_count: orphaned });
  };
}

async function serviceOf(c: Context, desk: ReturnedRouteDeps["returnedLetters"]): Promise<string> {
  const id = serviceIdOf(c);
  if (!(await desk.isService(id))) throw noResult();
  return id;
}

function viewReturned({
  notificationId,
  reportedAt,
  createdAt,
  reference,
  template,
  row,
}: ListedReturned): JsonObject {
  return {
    notification_id: notificationId,
    client_reference: reference,
    reported_at: reportedAt,
    created_at: `${createdAt.toISOString().slice(0, -1).replace("T", " ")}000`,
    template_name: template?.name ?? null,
    template_id: template?.id ?? null,
    template_version: template?.version ?? null,
    // Letters come through the API alone; the fields of the other ways are here for programs that expect them.
    user_name: "API",
    original_file_name: null,
    job_row_number: row === null ? null : row + 2,
    uploaded_letter_file_name: null,
  };
}
