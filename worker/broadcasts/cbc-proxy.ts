import * as v from "valibot";
import type { Network } from "../../shared/broadcast/broadcast.ts";
import type { CbcPayload } from "../../shared/broadcast/cbc-payload.ts";
import type { CbcSettings } from "../../shared/config/broadcasts.ts";
import { awsSigner } from "../providers/aws.ts";
import { type Answer, call, jsonOf, type ProviderRequest } from "../providers/http.ts";

export type Site = 1 | 2;

export const sites: readonly Site[] = [1, 2];

/** What came of telling one site of one network. Reasons are fit for a log. */
export type CbcResult =
  | { outcome: "acknowledged" }
  /** This document will never be taken, here or at the other site. */
  | { outcome: "refused"; reason: string }
  /** It may or may not have arrived: worth telling the other site, and later again. */
  | { outcome: "failed"; reason: string };

/** Throws only when `signal` aborts it. */
export type CallCbc = (
  network: Network,
  site: Site,
  payload: CbcPayload,
  signal: AbortSignal,
) => Promise<CbcResult>;

/** As the network's function at a site is called: `ee-1-proxy`. */
export function functionOf(network: Network, site: Site): string {
  return `${network}-${site}-proxy`;
}

/**
 * Calls CBC proxies over plain HTTP or by AWS Lambda's own interface (`spec/broadcasts.md` 5.3, 5.5), each call once:
 * all repeating belongs to the queue.
 */
export function createCallCbc({ api, sites: urls, secret, keys, timeoutMs }: CbcSettings): CallCbc {
  const sign = keys && awsSigner("lambda", keys);

  async function requestFor(url: string, body: string): Promise<ProviderRequest> {
    const headers: Record<string, string> = {
      "content-type": "application/json",
      "x-request-id": crypto.randomUUID(),
    };
    if (api === "http" && secret !== null) headers.authorization = `Bearer ${secret}`;
    const request: ProviderRequest = { method: "POST", headers, body };
    return api === "lambda" && sign ? await sign(url, request) : request;
  }

  return async (network, site, payload, signal) => {
    const base = urls[site - 1] ?? null;
    if (base === null) return { outcome: "failed", reason: `no address is configured for site ${site}` };
    const name = functionOf(network, site);
    const url =
      api === "lambda" ? `${base}/2015-03-31/functions/${name}/invocations` : `${base}/functions/${name}`;
    const answer = await call(url, await requestFor(url, JSON.stringify(payload)), timeoutMs, signal);
    return answer.status === null ? { outcome: "failed", reason: answer.reason } : judge(answer);
  };
}

const FunctionError = v.looseObject({ errorType: v.optional(v.pipe(v.string(), v.regex(/^\w{1,100}$/))) });

function judge(answer: Answer): CbcResult {
  const error = v.safeParse(FunctionError, jsonOf(answer));
  const type = error.success ? error.output.errorType : undefined;
  const functionError = answer.headers.get("x-amz-function-error");
  const isSuccess = answer.status >= 200 && answer.status < 300 && functionError === null;
  if (isSuccess) return { outcome: "acknowledged" };
  const words = [`answered ${answer.status}`, functionError === null ? null : "function error", type ?? null];
  const reason = words.filter((word) => word !== null).join(", ");
  // By Lambda's own way every error of a function comes with 200.
  const isPermanent = type === "CBCValidationError" && (answer.status === 422 || functionError !== null);
  return { outcome: isPermanent ? "refused" : "failed", reason };
}
