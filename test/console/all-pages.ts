import { createConsole } from "../../api/console/console.ts";
import { openApiWorld } from "../api/deps.ts";
import type { Things } from "./full-console.ts";

export interface PageRoute {
  method: string;
  /** As it is registered: `/console/services/:service/batches/:id`. */
  path: string;
  /** Method and path. */
  key: string;
  /** Whether it is of one service. */
  isOfService: boolean;
  /** Whether it names more than its service. */
  namesThing: boolean;
}

/** Every page and action of the console, by itself: one that is added is among them. */
export function routesOfConsole(): PageRoute[] {
  const routes = new Map<string, PageRoute>();
  for (const { method, path: registered } of createConsole(openApiWorld()).routes) {
    const path = registered.replace(/\{[^}]*\}+/g, "");
    if (method === "ALL" || path.includes("*")) continue;
    const isOfService = path.startsWith("/console/services/:service");
    const namesThing = path.replace("/:service", "").includes("/:");
    const key = `${method} ${path}`;
    routes.set(key, { method, path, key, isOfService, namesThing });
  }
  return [...routes.values()];
}

/**
 * The path with a thing for each of its names: that of the name and what follows it, or else what stands before it.
 * Throws where there is none: a new page wants one in `full-console.ts`.
 */
function pathWith({ path }: PageRoute, things: Things): string {
  const parts = path.split("/");
  return parts
    .map((part, at) => {
      if (!part.startsWith(":")) return part;
      const [before, after] = [parts[at - 1] ?? "", parts[at + 1] ?? ""];
      const value =
        things[`${before}/${part}/${after}`] ??
        things[`${parts[at - 2] ?? ""}/${before}/${part}`] ??
        things[`${before}/${part}`];
      if (!value)
        throw new Error(`There is no ${before}/${part} for ${path}: give it one in full-console.ts`);
      return encodeURIComponent(value);
    })
    .join("/");
}

/** What some pages are asked for beside their path. */
const queries: Readonly<Record<string, (things: Things) => string>> = {
  "GET /console/services/:service/templates/new": () => "?type=sms",
  "POST /console/services/:service/templates/new": () => "?type=sms",
  "GET /console/services/:service/templates/:template/versions/compare": () => "?from=1&to=1",
  "GET /console/services/:service/batches/example.csv": (things) =>
    `?template=${things["templates/:template"]}`,
};

/** The same with its query. */
export function addressOf(route: PageRoute, things: Things): string {
  return pathWith(route, things) + (queries[route.key]?.(things) ?? "");
}

type Fields = Record<string, string | string[]>;

/** What most forms ask for; each reads what is its own. */
const common: Fields = {
  confirm: "yes",
  reason: "As a test asks for it",
  version: "1",
  name: "Another name",
  content: "Other words",
  subject: "Another subject",
  reference: "Another reference",
};

const areas = "53.105, 0.235\n53.105, 0.26\n53.12, 0.26\n53.12, 0.235";

/** What more, or else, they want. */
const own: Readonly<Record<string, Fields>> = {
  "/console/people/new": { email: "new@people.example" },
  "/console/services/new": { name: "A new service", mode: "trial" },
  "/console/providers/:name": { priority: "7", active: "yes" },
  "/console/services/:service/settings": { sender_name: "", contact_link: "" },
  "/console/services/:service/settings/allowed": {
    ...{ mode: "live", emails: "10", texts: "20", letters: "30", international: "40", rate: "50" },
    permissions: ["email", "sms"],
  },
  "/console/services/:service/settings/standing": { state: "active" },
  "/console/services/:service/settings/retention": { sms: "31", email: "8", letter: "9" },
  "/console/services/:service/members/new": { email: "member@people.example", role: "viewer" },
  "/console/services/:service/members/:user": { permissions: ["view_activity", "send_texts"] },
  "/console/services/:service/notifications/:id/callback": { type: "delivery_status" },
  "/console/services/:service/notifications/:id/resend": { nonce: "5b2a1c3d-7e4f-4a6b-9c8d-1e2f3a4b5c6d" },
  "/console/services/:service/batches/uploads/:id": { when: "now" },
  "/console/services/:service/broadcasts/new": { area_names: "Fens", areas, hours: "1", minutes: "0" },
  "/console/services/:service/broadcasts/:id/edit": { area_names: "Fens", areas, hours: "1", minutes: "0" },
  "/console/services/:service/templates/new": { type: "sms" },
  "/console/services/:service/templates/preview": { as: "fragment", form: "new", type: "sms" },
  "/console/services/:service/templates/:template/redact": { hide: "yes" },
  "/console/services/:service/templates/:template/test-send": { "value.name": "Ann", "value.day": "Monday" },
  "/console/services/:service/templates/:template/move": { folder: "" },
  "/console/services/:service/templates/folders": { folder_name: "Another folder" },
  "/console/services/:service/templates/folders/:folder": { rename: "Renamed" },
  "/console/services/:service/api-keys": { type: "normal" },
  "/console/services/:service/callbacks/replays": {
    ...{ type: "any", outcome: "any", since: "2026-01-01T00:00" },
  },
  "/console/services/:service/senders/:kind": { sms_value: "Another" },
  "/console/services/:service/senders/:kind/:sender": { value: "Renamed" },
  "/console/services/:service/guest-list": { "email-1": "somebody@guests.example" },
  "/console/letters/run": { letters: "all" },
  "/console/letters/files/:id/replay": { part: "all" },
};

/** A form that the action at a route takes. */
export function fieldsFor({ path }: PageRoute, over: Fields = {}): Fields {
  return { ...common, ...own[path], ...over };
}
