import * as v from "valibot";
import { faultsOf, Optional, type ParsedReceipt, Required, StatusCode, toInstant } from "./sms-fields.ts";

const FiretextReceipt = v.object({ status: StatusCode, reference: Required, code: Optional, time: Optional });

/** Reads the URL-encoded form of Firetext's receipt; of a field that comes twice, the first counts. */
export function parseFiretextReceipt(body: string, receivedAt: Date): ParsedReceipt {
  const form = new URLSearchParams(body);
  const parsed = v.safeParse(FiretextReceipt, {
    status: form.get("status"),
    reference: form.get("reference"),
    code: form.get("code"),
    time: form.get("time"),
  });
  if (!parsed.success) return { ok: false, errors: faultsOf("Firetext", parsed.issues) };
  const { status, reference, code, time } = parsed.output;
  return {
    ok: true,
    receipt: {
      v: 1,
      provider: "firetext",
      reference,
      providerStatus: status,
      detail: code,
      deliveredAt: toInstant(time),
      receivedAt: receivedAt.toISOString(),
    },
  };
}
