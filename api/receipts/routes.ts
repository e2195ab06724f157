import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { parseFiretextReceipt } from "../../shared/receipt/firetext.ts";
import { parseMmgReceipt } from "../../shared/receipt/mmg.ts";
import type { ReceiptDeps } from "./deps.ts";
import { requireCredentials } from "./require-credentials.ts";
import { postSesReceipt } from "./ses.ts";
import { postSmsReceipt } from "./sms.ts";

/** A receipt takes a few hundred bytes; SNS allows 256 KiB. */
const maxBodyBytes = 256 * 1024;

/** Where providers report, to be mounted at `/notifications`. Each report becomes a job and is answered at once. */
export function createReceiptRoutes(deps: ReceiptDeps): Hono {
  const { credentials, log } = deps;
  const tooLarge = { result: "error", message: `The body cannot be larger than ${maxBodyBytes} bytes` };
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: (c) => c.json(tooLarge, 413) });

  return new Hono()
    .post("/sms/mmg", requireCredentials(credentials.mmg, log), limit, postSmsReceipt(parseMmgReceipt, deps))
    .post(
      "/sms/firetext",
      requireCredentials(credentials.firetext, log),
      limit,
      postSmsReceipt(parseFiretextReceipt, deps),
    )
    .post("/email/ses", limit, postSesReceipt(deps));
}
