import type { Context } from "hono";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { Refusal } from "../refusal.ts";

/** POST /service/{id}/notifications/{id}/cancel: keeps a letter from being printed, until its print run's deadline. */
export function cancelLetter({ letters, now, log }: Pick<ApiDeps, "letters" | "now" | "log">) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw notFound();
    const result = await letters.cancel({ serviceId, id, at: now() });
    if (result.outcome === "none") throw notFound();
    if (result.outcome === "refused") throw new Refusal(400, result.message);
    log.info({ notificationId: id, serviceId }, "Letter cancelled");
    return answerJson(200, { id, notification_type: "letter", service: serviceId, status: "cancelled" });
  };
}

function notFound(): Refusal {
  return new Refusal(404, "Notification not found");
}
