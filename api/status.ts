import type { Context } from "hono";
import { answerJson } from "./answer.ts";
import type { ApiDeps } from "./deps.ts";

/** `GET /` and `/_status`: which build answers, on which schema. `?simple=1` leaves the database alone. */
export function showStatus({ status, gitCommit, buildTime }: ApiDeps) {
  return async (c: Context): Promise<Response> => {
    if (c.req.query("simple")) return answerJson(200, { status: "ok" });
    const { dbVersion } = await status();
    return answerJson(200, {
      build_time: buildTime,
      db_bulk_version: null,
      db_version: dbVersion,
      git_commit: gitCommit,
      status: "ok",
    });
  };
}

/** `GET /_status/live-service-and-organisation-counts`: how many send for real. Organisations are not kept. */
export function showLiveCounts({ countLiveServices }: ApiDeps) {
  return async (): Promise<Response> =>
    answerJson(200, { organisations: 0, services: await countLiveServices() });
}

/** `GET /_ready`: whether a load balancer should send requests here. */
export function showReady({ ready }: ApiDeps) {
  return async (): Promise<Response> => {
    if (await ready()) return answerJson(200, { status: "ok" });
    return answerJson(503, { status: "unavailable" });
  };
}
