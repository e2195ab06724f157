import * as v from "valibot";
import { List, Milliseconds, Text, Url } from "./values.ts";

const Heartbeats = v.pipe(
  List,
  v.transform((pairs) =>
    pairs.map((pair): [string, string] => {
      const [task = "", ...rest] = pair.split("=");
      return [task, rest.join("=")];
    }),
  ),
  // A message of ours: the library's would repeat the URL, which may hold a key.
  v.check(
    (pairs) =>
      pairs.every(([task, url]) => /^[\w-]+$/.test(task) && /^https?:/.test(url) && URL.canParse(url)),
    "must be task=URL, several separated by commas",
  ),
  v.transform((pairs) => new Map(pairs)),
);

/** Where people are told what they must look at; each is left out where it is not set. The log always says it. */
export const alertSettings = {
  /** Takes `{"text": …}`, as Slack's incoming webhooks do. */
  ALERT_WEBHOOK_URL: v.optional(Url),
  /** `https://example.zendesk.com`: each alert becomes a ticket. */
  ZENDESK_URL: v.optional(Url),
  ZENDESK_EMAIL: v.optional(Text),
  ZENDESK_TOKEN: v.optional(Text),
  /**
   * `task=URL`, several separated by commas: asked for when a scheduled task begins and ends, with `{state}` in it
   * replaced by `run`, `complete` or `fail`, for a monitor outside that misses a task which does not come.
   */
  HEARTBEAT_URLS: v.optional(Heartbeats, ""),
  ALERT_TIMEOUT_MS: v.optional(Milliseconds, "10000"),
};

type Set = v.InferOutput<v.ObjectSchema<typeof alertSettings, undefined>>;

export function alertsOf(set: Set, environment: string) {
  const { ZENDESK_URL: url, ZENDESK_EMAIL: email, ZENDESK_TOKEN: token } = set;
  return {
    /** Which of several installations it is that tells. */
    environment,
    webhookUrl: set.ALERT_WEBHOOK_URL ?? null,
    zendesk:
      url !== undefined && email !== undefined && token !== undefined
        ? { url: url.replace(/\/+$/, ""), email, token }
        : null,
    heartbeats: set.HEARTBEAT_URLS,
    timeoutMs: set.ALERT_TIMEOUT_MS,
  };
}

export function alertFaults(given: Record<string, string | undefined>): string[] {
  if (given.ZENDESK_URL === undefined) return [];
  return ["ZENDESK_EMAIL", "ZENDESK_TOKEN"]
    .filter((name) => given[name] === undefined)
    .map((name) => `${name}: must be set beside ZENDESK_URL`);
}
