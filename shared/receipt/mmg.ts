import * as v from "valibot";
import { parseJson } from "./parse-json.ts";
import { faultsOf, Optional, type ParsedReceipt, Required, StatusCode, toInstant } from "./sms-fields.ts";

const MmgReceipt = v.object({
  status: StatusCode,
  /** The notification's id; `reference` is MMG's own. */
  CID: Required,
  substatus: Optional,
  deliverytime: Optional,
});

/** Reads the JSON body of MMG's receipt. */
export function parseMmgReceipt(body: string, receivedAt: Date): ParsedReceipt {
  const json = parseJson(body);
  if (json === undefined) return { ok: false, errors: ["MMG callback failed: invalid JSON"] };
  const parsed = v.safeParse(MmgReceipt, json);
  if (!parsed.success) return { ok: false, errors: faultsOf("MMG", parsed.issues) };
  const { status, CID, substatus, deliverytime } = parsed.output;
  return {
    ok: true,
    receipt: {
      v: 1,
      provider: "mmg",
      reference: CID,
      providerStatus: status,
      detail: substatus,
      deliveredAt: toInstant(deliverytime),
      receivedAt: receivedAt.toISOString(),
    },
  };
}
