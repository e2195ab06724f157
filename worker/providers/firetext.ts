import * as v from "valibot";
import type { SmsProvider } from "../../shared/provider/provider.ts";
import { call, isAccepted, jsonOf, unavailable } from "./http.ts";
import { type ReceiptAddress, receiptUrl } from "./receipt-url.ts";

export interface FiretextConfig extends ReceiptAddress {
  url: string;
  apiKey: string;
  /** For numbers abroad; null where there is no such account. */
  internationalApiKey: string | null;
  timeoutMs: number;
}

/** `{"data":[],"description":"SMS successfully queued","code":0,"responseData":1}`; 0 is success. */
const Verdict = v.object({
  code: v.pipe(v.union([v.number(), v.pipe(v.string(), v.digits())]), v.transform(Number)),
});

/** Firetext's HTTP API. It refuses with a 200, so the body counts where it can be read. */
export function firetext(config: FiretextConfig): SmsProvider {
  const { url, apiKey, internationalApiKey, timeoutMs } = config;
  const receipt = receiptUrl(config);

  return {
    name: "firetext",
    supportsInternational: internationalApiKey !== null,
    async send({ to, body, sender, reference, international }, signal) {
      const key = international ? internationalApiKey : apiKey;
      if (key === null) return unavailable("Firetext: no key for numbers abroad");
      const form = new URLSearchParams({
        apiKey: key,
        from: sender,
        to: to.replaceAll("+", ""),
        message: body,
        reference,
      });
      if (receipt !== null) form.set("receipt", receipt);
      const request = {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      } as const;
      const answer = await call(url, request, timeoutMs, signal);
      if (answer.status === null) return unavailable(`Firetext: ${answer.reason}`);
      const verdict = v.safeParse(Verdict, jsonOf(answer));
      const code = verdict.success ? verdict.output.code : 0;
      // A body without a code says nothing against the status.
      if (isAccepted(answer) && code === 0) return { outcome: "accepted", reference: null };
      return unavailable(`Firetext answered ${answer.status}${code === 0 ? "" : ` with code ${code}`}`);
    },
  };
}
