import type { Context } from "hono";
import { cancelLettersOfBatch } from "../../../shared/batch/cancel-letters.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { BatchRouteDeps } from "./deps.ts";

const refusals = {
  "no-letters": "Only letter jobs can be cancelled through this endpoint. This is not a letter job.",
  unfinished: "We are still processing these letters, please try again in 5 minutes.",
  "too-late": "It’s too late to cancel sending, these letters have already been sent.",
};

/** POST /service/{id}/job/{id}/cancel-letter-job: keeps all of a batch's letters from being printed; answers how many. */
export function cancelLetterBatch({ ask, now }: Pick<BatchRouteDeps, "ask" | "now">) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw noResult();
    const result = await ask((sql) => cancelLettersOfBatch(sql, { serviceId, id, at: now() }));
    if (result.outcome === "none") throw noResult();
    if (result.outcome !== "cancelled") throw new Refusal(400, refusals[result.outcome]);
    return answerJson(200, result.letters);
  };
}
