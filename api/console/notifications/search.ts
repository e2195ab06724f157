import type { Context } from "hono";
import { type Channel, type Status, statuses } from "../../../shared/notification/notification.ts";
import type { NotificationSearch } from "../../../shared/notification/search-conditions.ts";
import { failedStatuses, unfinishedStatuses } from "../../../shared/notification/search-statuses.ts";
import { searchTermsOf } from "../../../shared/notification/search-terms.ts";
import type { KeyType } from "../../../shared/service/service.ts";
import { parseLondonTime } from "../../../shared/time/london.ts";
import { parseUuid } from "../../uuid.ts";
import type { Choice, Faults, Typed } from "../form.tsx";

/** What a page of messages was asked for. */
export interface Asked {
  /** As it was typed and chosen, to be shown again. */
  typed: Typed;
  faults: Faults;
  search: NotificationSearch;
  /** Whether anything narrows it. */
  isNarrow: boolean;
}

const anything = { value: "", label: "Any" };

export const channelChoices: readonly Choice[] = [
  anything,
  { value: "sms", label: "Texts" },
  { value: "email", label: "Emails" },
  { value: "letter", label: "Letters" },
];

export const statusChoices: readonly Choice[] = [
  anything,
  { value: "unfinished", label: "Not finished (all of these)" },
  { value: "failed", label: "Failed (all of these)" },
  ...statuses.filter((status) => status !== "failed").map((status) => ({ value: status, label: status })),
];

export const keyChoices: readonly Choice[] = [
  anything,
  { value: "live", label: "Live: normal and team" },
  { value: "normal", label: "Normal" },
  { value: "team", label: "Team and guest list" },
  { value: "test", label: "Test" },
];

/** Fields of the form, and what links from other pages name beside them. */
const fields = ["q", "channel", "status", "key", "from", "to", "template", "batch"] as const;

/**
 * What is looked for, by the query. One box takes whatever a person has: an id, a status, an address, a number or a
 * reference, or a part of these. Null: of all services.
 */
export function readSearch(c: Context, serviceId: string | null): Asked {
  const typed: Record<string, string> = {};
  const faults: Record<string, string> = {};
  for (const name of fields) typed[name] = (c.req.query(name) ?? "").trim().slice(0, 1000);
  const idIn = (name: string) => {
    const text = typed[name] ?? "";
    const id = text === "" ? null : parseUuid(text);
    if (text !== "" && id === null) faults[name] = `That is no id of a ${name}`;
    return id;
  };
  const timeIn = (name: string) => {
    const text = typed[name] ?? "";
    const at = text === "" ? null : parseLondonTime(text);
    if (text !== "" && at === null) faults[name] = "Enter a date and a time, like 2026-07-05 17:30";
    return at;
  };
  const types = channelsOf(typed.channel ?? "");
  const q = storable(typed.q ?? "");
  const id = looksLikeId(q) ? parseUuid(q) : null;
  const said = statuses.find((status) => status === q.toLowerCase());
  const terms = id === null && said === undefined ? searchTermsOf(q, types) : null;
  const search: NotificationSearch = {
    serviceId,
    id,
    terms: terms ? [terms] : [],
    statuses: said ? [said] : statusesOf(typed.status ?? ""),
    types,
    keyTypes: keyTypesOf(typed.key ?? ""),
    templateId: idIn("template"),
    batchId: idIn("batch"),
    since: timeIn("from"),
    until: timeIn("to"),
    include: { batches: true, oneOffs: true },
  };
  return { typed, faults, search, isNarrow: fields.some((name) => typed[name] !== "") };
}

/** Thirty-two digits with hyphens between them: a telephone's number is none. */
function looksLikeId(text: string): boolean {
  return /^(urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i.test(text);
}

/** Without what Postgres holds no text of. */
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

function channelsOf(value: string): readonly Channel[] | null {
  return value === "sms" || value === "email" || value === "letter" ? [value] : null;
}

function statusesOf(value: string): readonly Status[] | null {
  if (value === "unfinished") return unfinishedStatuses;
  if (value === "failed") return failedStatuses.filter((status) => status !== "cancelled");
  const status = statuses.find((one) => one === value);
  return status ? [status] : null;
}

function keyTypesOf(value: string): readonly KeyType[] | null {
  if (value === "live") return ["normal", "team"];
  return value === "normal" || value === "team" || value === "test" ? [value] : null;
}
