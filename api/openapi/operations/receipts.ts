import type { Answer, Operation } from "../operation.ts";
import { ours } from "../refusals.ts";

const refused = (status: number, description: string): Answer => ({
  status,
  description,
  schema: "ReceiptRefused",
});

function receipt(path: string, provider: string, type: string, over: Partial<Operation> = {}): Operation {
  return {
    method: "post",
    path,
    id: `${provider.toLowerCase()}Receipt`,
    tag: "Providers",
    summary: `Receive what became of a message by ${provider}`,
    secured: false,
    body: { schema: null, type, required: true },
    answers: [
      { status: 200, description: "Kept for the worker.", schema: "ReceiptTaken" },
      refused(400, "Not a receipt."),
      refused(413, "Larger than 256 KiB."),
    ],
    refusals: ours,
    ...over,
  };
}

const credentials = [
  refused(401, "No credentials, where they are asked for."),
  refused(403, "Wrong credentials."),
];

const mmg = receipt("/notifications/sms/mmg", "MMG", "application/json");
const firetext = receipt("/notifications/sms/firetext", "Firetext", "application/x-www-form-urlencoded");
const ses = receipt("/notifications/email/ses", "SES", "text/plain");

export const receiptOperations: readonly Operation[] = [
  { ...mmg, answers: [...mmg.answers, ...credentials] },
  { ...firetext, answers: [...firetext.answers, ...credentials] },
  { ...ses, answers: [...ses.answers, refused(503, "Its certificate cannot be fetched: try again.")] },
];
