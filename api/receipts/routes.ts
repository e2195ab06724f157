import { Hono } from "hono";
import { parseFiretextReceipt } from "../../shared/receipt/firetext.ts";
import { parseMmgReceipt } from "../../shared/receipt/mmg.ts";
import type { ReceiptDeps } from "./deps.ts";
import { postLetterStatus } from "./letter-status.ts";
import { requireCredentials } from "./require-credentials.ts";
import { postSesReceipt } from "./ses.ts";
import { postSmsReceipt } from "./sms.ts";
import { wholeBody } from "./whole-body.ts";

/** A receipt takes a few hundred bytes; SNS allows 256 KiB. */
const maxBodyBytes = 256 * 1024;

/** Where providers report, to be mounted at `/notifications`. Each report becomes a job and is answered at once. */
export function createReceiptRoutes(deps: ReceiptDeps): Hono {
  const { credentials, log } = deps;
  const whole = wholeBody(maxBodyBytes);

  return new Hono()
    .post("/sms/mmg", requireCredentials(credentials.mmg, log), whole, postSmsReceipt(parseMmgReceipt, deps))
    .post(
      "/sms/firetext",
      requireCredentials(credentials.firetext, log),
      whole,
      postSmsReceipt(parseFiretextReceipt, deps),
    )
    .post("/letter/status", whole, postLetterStatus(deps))
    .post("/email/ses", whole, postSesReceipt(deps));
}
