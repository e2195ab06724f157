import { type Context, type Handler, Hono } from "hono";
import * as v from "valibot";
import { kindOf } from "../../shared/letter/dvla-file-name.ts";
import { parseDvlaNotice } from "../../shared/letter/dvla-notice.ts";
import type { Log } from "../../shared/log.ts";
import { parseJson } from "../../shared/receipt/parse-json.ts";
import { createSns, type SnsConfig, SnsEnvelope } from "../../shared/receipt/sns.ts";
import { wholeBody } from "./whole-body.ts";

export interface DvlaNoticeDeps {
  /** Whose notices are believed. */
  sns: SnsConfig;
  /**
   * Has the worker look for files from the printer, once however often the same reason is given. Throws when that could
   * not be stored.
   */
  poll: (reason: string) => Promise<void>;
  log: Log;
}

/** SNS's own limit. */
const maxBodyBytes = 256 * 1024;

/** To be mounted at `/notifications`. */
export function createDvlaRoutes(deps: DvlaNoticeDeps): Hono {
  return new Hono().post("/letter/dvla", wholeBody(maxBodyBytes), postDvlaNotice(deps));
}

/**
 * POST /notifications/letter/dvla: a storage's word, by way of SNS, that the printer wrote a file (`spec/letters.md`
 * 5.1), as JSON whatever its content type. The file itself is taken from the printer's server. A 400 keeps SNS from
 * trying again, a 503 asks it to.
 */
function postDvlaNotice({ sns: config, poll, log }: DvlaNoticeDeps): Handler {
  const sns = createSns(config);

  return async (c) => {
    const json = parseJson(await c.req.text());
    if (json === undefined) return refuse(c, 400, "invalid JSON");
    const parsed = v.safeParse(SnsEnvelope, json);
    if (!parsed.success) return refuse(c, 400, faultOf(parsed.issues));

    const envelope = parsed.output;
    const facts = { eventId: envelope.MessageId, topicArn: envelope.TopicArn };
    switch (await sns.verify(envelope)) {
      case "forged":
        log.warn(facts, "Notice of a file refused: unknown topic, certificate or signature");
        return refuse(c, 400, "validation failed");
      case "unavailable":
        log.error(facts, "Notice of a file put off: its certificate could not be fetched");
        return refuse(c, 503, "certificate unavailable");
      case "genuine":
    }

    switch (envelope.Type) {
      case "SubscriptionConfirmation":
        if (!(await sns.confirm(envelope))) {
          log.error(facts, "Subscription to notices of files could not be confirmed");
          return refuse(c, 503, "subscription not confirmed");
        }
        log.info(facts, "Subscription to notices of files confirmed");
        break;
      case "UnsubscribeConfirmation":
        log.warn(facts, "Subscription to notices of files ended: the schedule alone finds them now");
        break;
      case "Notification": {
        const files = parseDvlaNotice(envelope.Message);
        const ours = files.filter(({ key }) => kindOf(key) !== "other");
        log.info({ ...facts, files: ours.map(({ key }) => key) }, "Notice of files from the printer");
        // One storage tells of one file several times, in messages of their own.
        if (ours.length > 0) await poll(ours.map(({ key, version }) => `${key} ${version}`).join("\n"));
      }
    }
    return c.json({ result: "success", message: "DVLA callback succeeded" });
  };
}

function faultOf(issues: [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  return `${v.getDotPath(issues[0]) ?? "notice"} is missing or wrong`;
}

function refuse(c: Context, status: 400 | 503, reason: string): Response {
  return c.json({ result: "error", message: `DVLA callback failed: ${reason}` }, status);
}
