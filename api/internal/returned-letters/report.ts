import type { Context } from "hono";
import * as v from "valibot";
import { isLetterReference } from "../../../shared/letter/response-line.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOfType } from "../../v2/schema/words.ts";
import type { ReturnedRouteDeps } from "./desk.ts";

const Request = v.object({
  references: v.pipe(
    v.array(v.unknown(), notOfType("array")),
    v.minLength(1, "[] is too short"),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const references: string[] = [];
      // The first fault is enough: there may be as many as references.
      for (const reference of dataset.value) {
        if (typeof reference !== "string") {
          addIssue({ message: notOfType("string")({ input: reference }) });
          return NEVER;
        }
        if (!isLetterReference(reference)) {
          addIssue({ message: `${reference.slice(0, 50).toWellFormed()} does not match ^[0-9A-Z]{16}$` });
          return NEVER;
        }
        references.push(reference);
      }
      return references;
    }),
  ),
});

/** POST /letters/returned: has letters noted that the post brought back. Answers with what it was given. */
export function reportReturned({ returnedLetters, now }: ReturnedRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { references } = readFields(Request, await readBody(c.req.raw));
    await returnedLetters.report(references, londonDate(now()));
    return answerJson(200, { references });
  };
}
