import { Hono } from "hono";
import { parseFiretextText } from "../../shared/inbound/firetext.ts";
import { parseMmgText } from "../../shared/inbound/mmg.ts";
import { type InboundDeps, postText } from "./inbound.ts";
import { requireCredentials } from "./require-credentials.ts";
import { wholeBody } from "./whole-body.ts";

/** The longest text that networks join takes a tenth of it, each character encoded at its longest. */
const maxBodyBytes = 64 * 1024;

/** Where providers bring texts that people sent, to be mounted at `/notifications`. */
export function createInboundRoutes(deps: InboundDeps): Hono {
  const { credentials, log } = deps;
  const whole = wholeBody(maxBodyBytes);

  return new Hono()
    .post("/sms/receive/mmg", requireCredentials(credentials.mmg, log), whole, postText(parseMmgText, deps))
    .post(
      "/sms/receive/firetext",
      requireCredentials(credentials.firetext, log),
      whole,
      postText(parseFiretextText, deps),
    );
}
