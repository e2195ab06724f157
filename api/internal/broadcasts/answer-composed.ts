import type { Composed } from "../../../shared/broadcast/compose.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { noResult, Refusal } from "../refusal.ts";
import { viewBroadcast } from "./view-broadcast.ts";

/** Throws what could not be done. */
export function answerComposed(composed: Composed, answer: (shown: JsonObject) => Response): Response {
  switch (composed.outcome) {
    case "stored":
      return answer(viewBroadcast(composed.broadcast));
    case "unknown":
      throw noResult();
    case "refused":
      throw new Refusal(400, composed.message);
  }
}
