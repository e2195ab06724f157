import * as v from "valibot";
import type { SmsProvider } from "../../shared/provider/provider.ts";
import { call, isAccepted, jsonOf, unavailable } from "./http.ts";
import { type ReceiptAddress, receiptUrl } from "./receipt-url.ts";

export interface MmgConfig extends ReceiptAddress {
  url: string;
  apiKey: string;
  timeoutMs: number;
}

/** `{"Error":206,"Description":"…"}`; the description may repeat the number. */
const Refusal = v.object({ Error: v.union([v.number(), v.pipe(v.string(), v.digits())]) });

/** MMG's HTTP API. The reference returns as `CID` in the receipt. */
export function mmg(config: MmgConfig): SmsProvider {
  const { url, apiKey, timeoutMs } = config;
  const delurl = receiptUrl(config) ?? undefined;

  return {
    name: "mmg",
    supportsInternational: true,
    async send({ to, body, sender, reference }, signal) {
      const request = {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Basic ${apiKey}` },
        body: JSON.stringify({
          reqType: "BULK",
          MSISDN: to,
          msg: body,
          sender,
          cid: reference,
          multi: true,
          delurl,
        }),
      } as const;
      const answer = await call(url, request, timeoutMs, signal);
      if (answer.status === null) return unavailable(`MMG: ${answer.reason}`);
      // Whatever the body says: to take an odd one for a failure would send the text twice.
      if (isAccepted(answer)) return { outcome: "accepted", reference: null };
      // Even a 401 is worth another attempt: our key can be mended, so the notification need not fail.
      const refusal = v.safeParse(Refusal, jsonOf(answer));
      const detail = refusal.success ? ` with error ${refusal.output.Error}` : "";
      return unavailable(`MMG answered ${answer.status}${detail}`);
    },
  };
}
