import type { Context } from "hono";
import * as v from "valibot";
import type { Json, JsonObject } from "../../../shared/json/json.ts";
import { statuses as known, type Status } from "../../../shared/notification/notification.ts";
import type { NotificationFilter } from "../../../shared/notification/search.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate, londonMidnight } from "../../../shared/time/london.ts";
import { readBody } from "../../middleware/read-body.ts";
import { choice, readObject, text, Uuid } from "../read-object.ts";

const types = ["sms", "email", "letter"] as const;
const statuses = [...known, "accepted", "received"] as const;

const mostPages = 10_000;
const mostOnPage = 1000;

/** As a query writes it, or as JSON does. */
function whole(most: number) {
  const message = `Must be a whole number from 1 to ${most}.`;
  return v.pipe(
    v.union([v.string(), v.number()], message),
    v.transform(Number),
    v.integer(message),
    v.minValue(1, message),
    v.maxValue(most, message),
  );
}

const Flag = v.pipe(
  v.union([v.boolean(), v.picklist(["true", "True", "false", "False"])], "Not a valid boolean."),
  v.transform((value) => value === true || value === "true" || value === "True"),
);

/** One, or a list. */
function several<const Choices extends readonly string[]>(choices: Choices) {
  return v.pipe(
    v.any(),
    v.transform((value: unknown): unknown => (Array.isArray(value) ? value : [value])),
    v.array(choice(choices)),
  );
}

const Query = v.object({
  template_type: v.nullish(several(types)),
  status: v.nullish(several(statuses)),
  page: v.nullish(whole(mostPages)),
  page_size: v.nullish(whole(mostOnPage)),
  limit_days: v.nullish(whole(365)),
  include_jobs: v.nullish(Flag),
  include_one_off: v.nullish(Flag),
  include_from_test_key: v.nullish(Flag),
  to: v.nullish(text(1000)),
  older_than: v.nullish(Uuid),
});

export type ListQuery = v.InferOutput<typeof Query>;

const listed: ReadonlySet<string> = new Set(["template_type", "status"]);

/** What is asked for, in the path's query or, so that recipients stay out of logs, in the body. */
export async function readListQuery(c: Context): Promise<ListQuery> {
  if (c.req.method === "POST") return readObject(Query, await readBody(c.req.raw));
  const given: JsonObject = {};
  for (const [name, value] of new URL(c.req.url).searchParams) {
    if (!Object.hasOwn(Query.entries, name)) continue;
    if (!listed.has(name)) given[name] ??= value;
    else given[name] = [...asList(given[name]), value];
  }
  return readObject(Query, given);
}

function asList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function filterOf(serviceId: string, query: ListQuery, now: Date): NotificationFilter {
  const { limit_days: days, template_type: asked, status } = query;
  return {
    serviceId,
    types: asked && asked.length > 0 ? asked : null,
    statuses: status && status.length > 0 ? status.flatMap(storedStatuses) : null,
    since: days ? londonMidnight(addDays(londonDate(now), -days)) : null,
    includeJobs: query.include_jobs ?? true,
    includeOneOff: query.include_one_off ?? true,
    includeFromTestKey: query.include_from_test_key ?? false,
  };
}

function storedStatuses(status: (typeof statuses)[number]): readonly Status[] {
  switch (status) {
    case "failed":
      return [
        "failed",
        "technical-failure",
        "temporary-failure",
        "permanent-failure",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
      ];
    case "accepted":
      return ["created", "sending"];
    case "received":
      return ["delivered", "returned-letter"];
    default:
      return [status];
  }
}
