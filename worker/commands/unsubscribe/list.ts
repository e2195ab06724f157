import * as v from "valibot";
import { listUnsubscribeRequests, type UnsubscribeRequest } from "../../../shared/unsubscribe/queries.ts";
import { command, type Deps, Flag, Id, jsonOption, UsageError } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

const Since = v.pipe(
  v.string(),
  v.union(
    [v.pipe(v.string(), v.isoDate()), v.pipe(v.string(), v.isoTimestamp())],
    "must be a day or an instant, like 2026-07-01 or 2026-07-01T09:30:00Z",
  ),
  v.transform((text) => new Date(text)),
  v.check((at) => !Number.isNaN(at.getTime()), "must be a day there is"),
);

const Input = v.object({ service: Id, since: v.optional(Since), csv: Flag, json: Flag });

export const listUnsubscribesCommand = command({
  name: "list",
  description: "List who asked a service for no more emails, the oldest first",
  args: {
    service: { type: "positional", description: "The service's id" },
    since: { type: "string", description: "Only those asked then or later: a day (UTC) or an instant" },
    csv: { type: "boolean", description: "Print CSV" },
    json: jsonOption,
  },
  input: Input,
  run: list,
});

async function list(
  { service, since = new Date(0), csv, json }: v.InferOutput<typeof Input>,
  { sql, print }: Deps,
): Promise<void> {
  if (csv && json) throw new UsageError("Give either --csv or --json");
  await assertService(sql, service);
  const pages = requestPages(sql, service, since);
  if (csv) {
    print(csvLine(["created_at", "email_address", "template_id", "template_version", "notification_id"]));
    for await (const page of pages) print(page.map(rowOf).map(csvLine).join("\n"));
    return;
  }
  const requests: UnsubscribeRequest[] = [];
  for await (const page of pages) requests.push(...page);
  printRows(requests, { print, json, nothing: "No requests" });
}

/** A thousand at a time: a list may be long. Never an empty page. */
async function* requestPages(
  sql: Deps["sql"],
  serviceId: string,
  since: Date,
): AsyncGenerator<UnsubscribeRequest[]> {
  const limit = 1000;
  let after: UnsubscribeRequest | null = null;
  for (;;) {
    const page: UnsubscribeRequest[] = await listUnsubscribeRequests(sql, { serviceId, since, after, limit });
    if (page.length > 0) yield page;
    after = page.at(-1) ?? null;
    if (page.length < limit) return;
  }
}

function rowOf({ createdAt, emailAddress, templateId, templateVersion, notificationId }: UnsubscribeRequest) {
  return [createdAt.toISOString(), emailAddress, templateId, String(templateVersion), notificationId];
}

/** RFC 4180, but for the line's end, which whoever prints it adds. */
function csvLine(fields: readonly string[]): string {
  return fields.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(",");
}
