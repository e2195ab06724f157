import type { Context } from "hono";
import * as v from "valibot";
import type { Json } from "../../../shared/json/json.ts";
import { type Status, statuses } from "../../../shared/notification/notification.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { rootUrl } from "../../root.ts";
import { readFields } from "../schema/faults.ts";
import { describedUuid, StorableText } from "../schema/fields.ts";
import { notOneOf } from "../schema/words.ts";
import { viewNotification } from "./view-notification.ts";

const pageSize = 250;

const shownStatuses = [...statuses, "accepted", "received"] as const;
const types = ["sms", "email", "letter"] as const;

export const NotificationsQuery = v.object({
  reference: v.optional(
    v.pipe(StorableText, v.metadata({ description: "Only those with exactly this reference." })),
  ),
  status: v.optional(
    v.pipe(
      v.array(v.picklist(shownStatuses, notOneOf(shownStatuses))),
      v.metadata({
        description:
          "Only those in one of these. `failed` stands for all that failed, `accepted` for `created` and `sending`, `received` for `delivered`.",
      }),
    ),
  ),
  template_type: v.optional(
    v.pipe(v.array(v.picklist(types, notOneOf(types))), v.metadata({ description: "Only these channels." })),
  ),
  include_jobs: v.optional(
    v.pipe(
      v.picklist(["true", "True"], notOneOf(["true", "True"])),
      v.metadata({ description: "Also those sent from a spreadsheet." }),
    ),
  ),
  older_than: v.optional(describedUuid("Only those made before this notification: the next page.")),
});

/** Of these the first value given counts; of the others all do. */
const single: ReadonlySet<string> = new Set(["reference", "include_jobs", "older_than"]);

/** GET /v2/notifications: a service's notifications of one key type, newest first, a page at a time. */
export function listNotifications(deps: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const given = readQuery(c.req.url);
    const query = readFields(NotificationsQuery, Object.fromEntries([...given].map(fieldOf)));
    const notifications = await deps.listNotifications({
      serviceId: c.get("service").id,
      keyType: c.get("apiKey").type,
      statuses: query.status?.flatMap(storedStatuses) ?? null,
      types: query.template_type ?? null,
      reference: query.reference ?? null,
      includeJobs: query.include_jobs !== undefined,
      olderThan: query.older_than ?? null,
      limit: pageSize,
    });
    const root = rootUrl(c, deps.apiHost);
    const links: Record<string, Json> = { current: linkTo(root, given) };
    const last = notifications.at(-1);
    if (last) links.next = linkTo(root, new Map(given).set("older_than", [last.id]));
    const view = {
      rates: await deps.readRates(),
      holidays: await deps.readHolidays(),
      root,
      createUnsubscribeUrl: deps.createUnsubscribeUrl,
    };
    return answerJson(200, {
      links,
      notifications: await Promise.all(
        notifications.map((notification) => viewNotification(notification, view)),
      ),
    });
  };
}

/** The parameters in order of first appearance, repeats together. */
function readQuery(url: string): Map<string, string[]> {
  const given = new Map<string, string[]>();
  for (const [name, value] of new URL(url).searchParams) {
    const values = given.get(name);
    if (!values) given.set(name, [value]);
    else if (!single.has(name)) values.push(value);
  }
  return given;
}

function fieldOf([name, values]: [string, string[]]): [string, Json] {
  return [name, single.has(name) ? (values[0] ?? "") : values];
}

function storedStatuses(status: (typeof shownStatuses)[number]): readonly Status[] {
  switch (status) {
    case "failed":
      return [
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
      return ["delivered"];
    default:
      return [status];
  }
}

function linkTo(root: string, query: ReadonlyMap<string, readonly string[]>): string {
  const pairs = [...query].flatMap(([name, values]) =>
    values.map((value) => `${encode(name)}=${encode(value)}`),
  );
  return `${root}v2/notifications${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
}

/** As Werkzeug writes a query: a space is `+`, and what needs no escape has none. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:20|24|2C|2F|3A|3B|3F|40)/g, (escaped) =>
    escaped === "%20" ? "+" : decodeURIComponent(escaped),
  );
}
