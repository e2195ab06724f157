import type { Context } from "hono";
import * as v from "valibot";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import { findSendingPerson } from "../../../shared/notification/one-off.ts";
import { stripObscure } from "../../../shared/text/whitespace.ts";
import { sendUploadedLetter } from "../../../shared/upload/send-letter.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { letterFaults } from "../../v2/notifications/letter-words.ts";
import { personalisationText } from "../../v2/notifications/send.ts";
import { readFields, validationError } from "../../v2/schema/faults.ts";
import { describedUuid, StorableText } from "../../v2/schema/fields.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { refuseOutsider } from "../notifications/one-off-recipient.ts";
import { overLimit, refuseStranger, refuseUnpermitted } from "../notifications/one-off-refusals.ts";
import { noResult, Refusal } from "../refusal.ts";

export type SendLetterDeps = Pick<ApiDeps, "ask" | "findService" | "letters" | "log" | "now">;

const postages = ["first", "second", "economy", "europe", "rest-of-world"] as const;
const postageFault = "invalid. It must be first, second, economy, europe or rest-of-world.";

function shortText(most: number) {
  return v.pipe(
    StorableText,
    v.check((text) => text.length <= most, "is too long"),
  );
}

const Request = v.object({
  postage: v.picklist(postages, (issue) =>
    typeof issue.input === "string" ? postageFault : notOfType("string")(issue),
  ),
  filename: shortText(255),
  created_by: describedUuid("The person who sends it"),
  file_id: describedUuid("The upload"),
  recipient_address: shortText(5000),
});

/**
 * POST /service/{id}/send-pdf-letter: sends a letter that was uploaded. From then on it is as one that came by the public
 * API: scanned, made fit to print or refused, and its address read from its first page. Asked again it answers the same.
 */
export function sendLetter({ ask, findService, letters, log, now }: SendLetterDeps) {
  return async (c: Context): Promise<Response> => {
    const service = await findService(serviceIdOf(c));
    if (!service) throw noResult();
    const asked = readFields(Request, await readBody(c.req.raw));
    const to = stripObscure(unquote(asked.recipient_address));
    if (to.includes("\0")) throw validationError(["recipient_address is not a valid address"]);
    refuseUnpermitted(service, "letter");
    refuseStranger(await ask((sql) => findSendingPerson(sql, service.id, asked.created_by)), service);
    refuseOutsider(service, new Set(), to);
    if (!letters.takesPrecompiled) throw new Refusal(503, letterFaults.noScanner);

    const id = asked.file_id;
    const template = await letters.precompiledTemplate(service.id);
    const notification = {
      id,
      serviceId: service.id,
      templateId: template.id,
      templateVersion: template.version,
      apiKeyId: null,
      keyType: "normal" as const,
      channel: "letter" as const,
      to,
      normalisedTo: to.replace(/\s+/g, "").toLowerCase(),
      clientReference: asked.filename,
      personalisation: personalisationText({ address_line_1: asked.filename }),
      replyToText: null,
      unsubscribeLink: null,
      international: asked.postage === "europe" || asked.postage === "rest-of-world",
      phonePrefix: null,
      rateMultiplier: null,
      createdAt: now(),
      letter: { reference: newLetterReference(), postage: asked.postage, original: "kept" as const },
    };
    const outcome = await ask((sql, cipher) =>
      sendUploadedLetter(sql, cipher, {
        notification,
        createdById: asked.created_by,
        dailyLimit: service.dailyLimits.letter,
        internationalLimit: service.dailyLimits.internationalSms,
        countsAsInternational: false,
      }),
    );
    if (outcome === "none") throw noResult();
    if (outcome === "daily") throw overLimit("letter", service);
    if (outcome === "sent") {
      log.info({ notificationId: id, serviceId: service.id, channel: "letter" }, "Notification created");
    }
    return answerJson(201, { id });
  };
}

/** Notify's web application writes addresses as in a URL. What is no such writing stays, as in Python's `unquote`. */
function unquote(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    new TextDecoder().decode(Uint8Array.fromHex(run.replaceAll("%", ""))),
  );
}
