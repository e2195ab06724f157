import * as v from "valibot";
import { networks } from "../broadcast/broadcast.ts";
import { Flag, List, Milliseconds, Secrets, Text, Url } from "./values.ts";

const Networks = v.pipe(
  List,
  v.array(v.picklist(networks, `must be some of ${networks.join(", ")}, separated by commas`)),
);

export const broadcastSettings = {
  /** The networks that emergency alerts go to. */
  BROADCAST_NETWORKS: v.optional(Networks, networks.join(",")),
  /** Whether alerts leave at all; by itself everywhere but in development. */
  CBC_PROXY_ENABLED: v.optional(Flag),
  /** `http` for proxies of one's own, `lambda` for AWS Lambda's own way to them. */
  CBC_PROXY_API: v.optional(v.picklist(["http", "lambda"], "must be http or lambda"), "http"),
  /** One for each site, so that the other is reached by another way. */
  CBC_PROXY_SITE_1_URL: v.optional(Url),
  CBC_PROXY_SITE_2_URL: v.optional(Url),
  CBC_PROXY_SECRET: v.optional(Text),
  CBC_PROXY_TIMEOUT_MS: v.optional(Milliseconds, "10000"),
  CBC_LAMBDA_REGION: v.optional(Text, "eu-west-2"),
  CBC_LAMBDA_ACCESS_KEY_ID: v.optional(Text),
  CBC_LAMBDA_SECRET_ACCESS_KEY: v.optional(Text),
  /** `source` for times in references as Notify wrote them; otherwise the `sent` of the document referred to. */
  CBC_REFERENCE_TIMES: v.optional(
    v.picklist(["document", "source"], "must be document or source"),
    "document",
  ),
  /** Told that the list of alerts has changed: POST, without a body. */
  GOVUK_ALERTS_PUBLISH_URL: v.optional(Url),
  /** How the program names and signs itself that shows the public what alerts there are; no secrets for nobody. */
  GOVUK_ALERTS_CLIENT_ID: v.optional(Text, "govuk-alerts"),
  GOVUK_ALERTS_CLIENT_SECRETS: v.optional(Secrets, ""),
};

type Set = v.InferOutput<v.ObjectSchema<typeof broadcastSettings, undefined>>;

export function broadcastsOf(set: Set, environment: string) {
  return {
    enabled: set.BROADCAST_NETWORKS,
    alertsClient: { id: set.GOVUK_ALERTS_CLIENT_ID, secrets: set.GOVUK_ALERTS_CLIENT_SECRETS },
    cbc: cbcOf(set, environment),
    publishUrl: set.GOVUK_ALERTS_PUBLISH_URL ?? null,
    /** Whether somebody is woken when an alert goes out. */
    pagesApprovals: environment === "production" || environment === "live",
  };
}

export type CbcSettings = ReturnType<typeof cbcOf>;

function cbcOf(set: Set, environment: string) {
  const { CBC_LAMBDA_ACCESS_KEY_ID: accessKeyId, CBC_LAMBDA_SECRET_ACCESS_KEY: secretAccessKey } = set;
  const region = set.CBC_LAMBDA_REGION;
  const lambda = `https://lambda.${region}.amazonaws.com`;
  const isLambda = set.CBC_PROXY_API === "lambda";
  const urls = [set.CBC_PROXY_SITE_1_URL, set.CBC_PROXY_SITE_2_URL];
  return {
    enabled: set.CBC_PROXY_ENABLED ?? environment !== "development",
    api: set.CBC_PROXY_API,
    /** Without a slash at the end; null where the site is not known. */
    sites: urls.map((url) => (url ?? (isLambda ? lambda : undefined))?.replace(/\/+$/, "") ?? null),
    secret: set.CBC_PROXY_SECRET ?? null,
    keys:
      accessKeyId !== undefined && secretAccessKey !== undefined
        ? { region, accessKeyId, secretAccessKey }
        : null,
    timeoutMs: set.CBC_PROXY_TIMEOUT_MS,
    referenceTimes: set.CBC_REFERENCE_TIMES,
  };
}

export function broadcastFaults(given: Record<string, string | undefined>): string[] {
  const isLambda = given.CBC_PROXY_API === "lambda";
  const needed = isLambda
    ? ["CBC_LAMBDA_ACCESS_KEY_ID", "CBC_LAMBDA_SECRET_ACCESS_KEY"]
    : given.CBC_PROXY_ENABLED === "true"
      ? ["CBC_PROXY_SITE_1_URL"]
      : [];
  const why = isLambda ? "where CBC_PROXY_API is lambda" : "where CBC_PROXY_ENABLED is true";
  return needed.filter((name) => given[name] === undefined).map((name) => `${name}: must be set ${why}`);
}
