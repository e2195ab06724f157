import type { Context } from "hono";
import { viewEvent } from "../../shared/timeline/view-timeline.ts";
import { answerJson } from "../answer.ts";
import type { ApiDeps } from "../deps.ts";
import { parseUuid } from "../uuid.ts";
import { noResult } from "./refusal.ts";

/** GET /notifications/{id}/timeline: what became of one notification, step by step, whose ever it is. */
export function getTimeline({ findTimeline }: Pick<ApiDeps, "findTimeline">) {
  return async (c: Context): Promise<Response> => {
    const id = parseUuid(c.req.param("id") ?? "");
    const timeline = id === null ? null : await findTimeline(id);
    if (!timeline) throw noResult();
    const { serviceId, channel, status, events } = timeline;
    const facts = { id: timeline.id, service: serviceId, notification_type: channel, status };
    return answerJson(200, { data: { ...facts, timeline: events.map(viewEvent) } });
  };
}
