import type { Context } from "hono";
import * as v from "valibot";
import { parseInstant } from "../../../shared/time/instant.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import type { AttemptDesk } from "./desk.ts";

/* Fields of the requests about what services were told. */

const notAnInstant = "must be a day or an instant with its zone, like 2026-07-01 or 2026-07-01T09:30:00Z";

/** An instant that is over. */
export function pastInstant(now: Date) {
  return v.pipe(
    v.string(notAnInstant),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const at = parseInstant(dataset.value);
      if (at !== null) return at;
      addIssue({ message: notAnInstant });
      return NEVER;
    }),
    v.check((at) => at <= now, `must not be in the future: it is ${now.toISOString()}`),
  );
}

const mostListed = 250;
const notALimit = `must be a whole number from 1 to ${mostListed}`;

export const Limit = v.optional(
  v.pipe(
    v.string(notALimit),
    v.regex(/^\d{1,3}$/, notALimit),
    v.transform(Number),
    v.minValue(1, notALimit),
    v.maxValue(mostListed, notALimit),
  ),
  "50",
);

/** The service that a path names. Throws where there is none. */
export async function knownService(c: Context, desk: Pick<AttemptDesk, "isService">): Promise<string> {
  const id = serviceIdOf(c);
  if (!(await desk.isService(id))) throw noResult();
  return id;
}
