import fc from "fast-check";
import { describeApi } from "../../api/openapi/document.ts";
import type { OperationObject } from "../../api/openapi/model.ts";
import { type Answered, createAnswerCheck, read } from "../openapi/check-answer.ts";
import type { FurnishedWorld } from "../openapi/furnished-world.ts";
import { type KnownOperation, operationsOf } from "../openapi/known-paths.ts";
import { anyAddress, type FuzzRequest, requestsFor } from "./requests.ts";
import type { Known } from "./values.ts";

const document = describeApi();
const check = createAnswerCheck(document);

export const fuzzedOperations: readonly KnownOperation[] = operationsOf(document);

export interface FuzzOptions {
  seed: number;
  requests: number;
}

export interface FuzzResult {
  /** How many answers of each status. */
  statuses: Record<string, number>;
  /** Each kind of fault once, with a request that shows it. */
  faults: string[];
}

/** So many requests are under way at any time. */
const inFlight = 48;

/**
 * Sends one operation so many requests, always the same for the same seed, and looks for what must not be: a 5xx, an
 * answer that is not as the document says, something stored for a request that was refused.
 */
export async function fuzz(
  place: FurnishedWorld,
  known: KnownOperation,
  { seed, requests: count }: FuzzOptions,
): Promise<FuzzResult> {
  const statuses: Record<string, number> = {};
  const faults = new Map<string, string>();
  const before = await countStored(place);
  const linesBefore = place.world.lines.length;
  // A batch becomes messages when it is worked, and keeps its rows until then.
  const isBatch = known.path.endsWith("/bulk");
  const isMessage = known.operation.tags.includes("Send") && !isBatch;
  let jobs = 0;
  let keys = 0;
  const requests = fc.sample(requestsFor(known, document.components.schemas, await knownFor(place, known)), {
    seed,
    numRuns: count,
  });
  const key = isMessage || isBatch ? place.sender.keys.normal : place.world.service.keys.normal;
  await sendAll(place, key, requests, (request, answered) => {
    const { status, headers } = answered;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status < 300 && !headers.has("Idempotency-Replayed") && storesJob(known)) {
      jobs += 1;
      if (request.headers.some(([name]) => name === "Idempotency-Key")) keys += 1;
    }
    const found = check(status === 405 ? null : operationFor(request), answered);
    if (status >= 500) found.push(`status ${status}`);
    for (const fault of found) note(faults, fault, request);
  });

  const after = await countStored(place);
  const stored = {
    jobs: after.jobs - before.jobs,
    notifications: after.notifications - before.notifications,
  };
  if (stored.jobs !== jobs) faults.set("jobs", `${jobs} answers promised a job, ${stored.jobs} were stored`);
  if (stored.notifications !== (isMessage ? jobs : 0)) {
    faults.set("notifications", `${isMessage ? jobs : 0} were accepted, ${stored.notifications} stored`);
  }
  for (const kind of ["batches", "files"] as const) {
    const kept = after[kind] - before[kind];
    if (isBatch && kept !== jobs) faults.set(kind, `${jobs} batches were accepted, ${kept} ${kind} stored`);
  }
  if (after.keys - before.keys !== keys) {
    faults.set("keys", `${keys} were accepted with a key, ${after.keys - before.keys} keys stored`);
  }
  if (after.others !== before.others)
    faults.set("others", `other tables changed: ${before.others} → ${after.others}`);
  const complaints = place.world.lines.slice(linesBefore).filter(({ level }) => level === "error");
  for (const { message, facts } of complaints.slice(0, 3)) {
    const error = Object(facts).err;
    faults.set(
      `log ${message}`,
      `logged "${message}": ${error instanceof Error ? error.stack : Bun.inspect(facts)}`,
    );
  }
  return { statuses, faults: [...faults.values()] };
}

/** The same for addresses and methods that are mostly nobody's: all are answered, and errors have one of our shapes. */
export async function fuzzAddresses(
  place: FurnishedWorld,
  { seed, requests: count }: FuzzOptions,
): Promise<FuzzResult> {
  const statuses: Record<string, number> = {};
  const faults = new Map<string, string>();
  const requests = fc.sample(anyAddress, { seed, numRuns: count });
  await sendAll(place, place.world.service.keys.normal, requests, (request, { status, headers, body }) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status >= 500) note(faults, `status ${status}`, request);
    const isPage = headers.get("Content-Type")?.startsWith("text/html") && status !== 405;
    if (status < 400 || isPage || request.method === "HEAD") return;
    if (!isError(body, status)) note(faults, `is no error of ours: ${status} ${body.slice(0, 200)}`, request);
  });
  return { statuses, faults: [...faults.values()] };
}

function isError(body: string, status: number): boolean {
  const { errors, status_code, message, result } = Object(JSON.parse(body));
  return Array.isArray(errors) ? status_code === status : Boolean(message) && result === "error";
}

/** Each kind of fault once, with the first request that showed it. */
function note(faults: Map<string, string>, fault: string, request: FuzzRequest): void {
  const kind = fault.slice(0, 60);
  if (!faults.has(kind)) faults.set(kind, `${fault}\n    ${show(request)}`);
}

async function sendAll(
  place: FurnishedWorld,
  key: string,
  requests: readonly FuzzRequest[],
  judge: (request: FuzzRequest, answered: Answered) => void,
): Promise<void> {
  let authorization = await place.authorization(key);
  let next = 0;
  const sendNext = async () => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      if (next % 1000 === 0) authorization = await place.authorization(key);
      const response = await send(place, request, authorization);
      if (response) judge(request, await read(response));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, sendNext));
}

/** Null where no runtime would let such a request through. */
async function send(
  place: FurnishedWorld,
  request: FuzzRequest,
  authorization: string,
): Promise<Response | null> {
  const { method, target, body } = request;
  let built: Request;
  try {
    const headers = new Headers(request.headers.map(([name, value]): [string, string] => [name, value]));
    if (request.authorized) headers.set("Authorization", authorization);
    const { apiUrl } = place.world;
    built = new Request(apiUrl + target, {
      method,
      headers,
      ...(method !== "GET" && method !== "HEAD" && { body }),
    });
  } catch {
    return null;
  }
  return await place.world.api.app.fetch(built);
}

function storesJob({ operation: { tags } }: KnownOperation): boolean {
  return tags.includes("Send") || tags.includes("Providers");
}

/** What a request is for, which an odd path may have changed; null for none. */
function operationFor({ method, target }: FuzzRequest): OperationObject | null {
  const { pathname } = new URL(`http://a${target}`);
  const found = fuzzedOperations.find((one) => one.method === method && patternOf(one.path).test(pathname));
  return found?.operation ?? null;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace("{version}", "[0-9]+").replace(/\{\w+\}/g, "[^/]+")}$`);
}

async function knownFor(place: FurnishedWorld, { operation, path }: KnownOperation): Promise<Known> {
  const { world, sender, letterTemplateId, letters, smsId, emailId, unsubscribeToken, files, batchId } =
    place;
  const isSend = operation.tags.includes("Send");
  const { sms, email, letter } = isSend ? sender.templates : world.service.templates;
  const right = /sms$|bulk$/.test(path) ? sms : path.endsWith("email") ? email : letter;
  const links = [files.open, files.confirmed].map((link) => link.split(/[/?=]/));
  const senders = await world.sql<
    { id: string }[]
  >`select id from service_sms_senders where service_id = ${sender.id}`;
  const replyTos = await world.sql<{ id: string }[]>`
    select id from service_email_reply_to where service_id = ${sender.id}`;
  return {
    template_id: isSend ? [...Array(8).fill(right), sms, email, letter] : [sms, email, letterTemplateId],
    sms_sender_id: senders.map(({ id }) => id),
    email_reply_to_id: replyTos.map(({ id }) => id),
    scheduled_for: [null],
    ...(path.endsWith("bulk") && {
      rows: rowsValues,
      csv: [...Array(9).fill(undefined), "phone number,name,day\n\0"],
    }),
    batch_id: [batchId],
    notification_id: [smsId, emailId, ...Object.values(letters)],
    ...(path.endsWith("letter") && { personalisation: letterValues }),
    token: [unsubscribeToken],
    older_than: [smsId, emailId, crypto.randomUUID()],
    service: links.map((parts) => parts[2]),
    document: links.map((parts) => parts[3]),
    key: links.map((parts) => parts.at(-1)),
  };
}

const addressed = {
  name: "A",
  day: "Monday",
  address_line_1: "A",
  address_line_2: "1 Mill Lane",
  address_line_3: "Leeds",
  postcode: "LS1 4AP",
};

/** What letters are sent with, two thirds of it good. */
const letterValues = [
  ...Array(5).fill(addressed),
  { ...addressed, address_line_7: "France" },
  { ...addressed, address_line_4: "BFPO 12" },
  { ...addressed, address_line_4: 5, address_line_5: ["a", null], address_line_6: { a: true } },
  { ...addressed, name: `A\n\nqr: ${"a".repeat(500)}`, address_line_3: "ﷺ".repeat(5000) },
  { ...addressed, name: `A\n\nqr: ${"é".repeat(300)}` },
  { ...addressed, address_line_2: "a\0b" },
  { ...addressed, address_line_2: "x\udfff" },
  { ...addressed, address_line_3: "\u2028\u200b\n\r\n\x1c" },
  { ...addressed, postcode: null },
  { ...addressed, file: { file: "" } },
  { Address_Line_1: "A", name: "", day: [] },
];

const row = { "phone number": "07900900123", name: "A", day: "Monday" };

/** The rows of batches, half of them good. */
const rowsValues = [
  [row],
  [row, { ...row, reference: "r" }, { PhoneNumber: "+33612345678", name: 1.5, day: ["a", null] }],
  [
    ["phone_number", "name", "name", "day"],
    ["07900900123", "A", null, ""],
    ["07900900123", "A", "B", true, "more"],
  ],
  Array(300).fill(row),
  [],
  [[]],
  [{}],
  [row, []],
  [["phone number", "name", "day"], row, 5, null],
  [{ ...row, name: { file: "" } }],
  [{ ...row, name: "a\0b", reference: "x\udfff" }],
  [{ ...row, __proto__: { a: 1 }, constructor: "x", reference: "é".repeat(1001) }],
  [["constructor", "__proto__", "phone number", "phone-number", "name", "day", null, {}], ["a"]],
];

async function countStored({ world: { sql } }: FurnishedWorld) {
  const [row] = await sql<
    (Record<"jobs" | "notifications" | "keys" | "batches" | "files", number> & { others: string })[]
  >`
    select (select count(*)::int from pgboss.job) as jobs,
      (select count(*)::int from notifications) as notifications,
      (select count(*)::int from idempotency_keys) as keys,
      (select count(*)::int from jobs) as batches, (select count(*)::int from files) as files,
      concat_ws(' ', (select count(*) from services), (select count(*) from templates), (select count(*) from api_keys),
        (select count(*) from inbound_sms), (select count(*) from unsubscribe_requests),
        (select md5(string_agg(t::text, '' order by id)) from templates t)) as others`;
  if (!row) throw new Error("Cannot count what is stored");
  return row;
}

function show({ method, target, headers, body, authorized }: FuzzRequest): string {
  const text = typeof body === "string" ? body : body && Bun.inspect(body);
  return `${method} ${target.slice(0, 300)} ${JSON.stringify(headers)} token ${authorized} ${text?.slice(0, 600) ?? ""}`;
}
