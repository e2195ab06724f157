import { badRequest, RequestError } from "../../../shared/errors.ts";
import { decodeLenientBase64 } from "../../../shared/lenient-base64.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields } from "../schema/faults.ts";
import { PrecompiledLetterRequest } from "./letter-request.ts";
import { largestPdfBytes, letterFaults } from "./letter-words.ts";
import { requireLettersAllowed, requirePermission } from "./requirements.ts";
import { type Prepared, personalisationText, type SendRequest } from "./send.ts";

/** Where its address would be: it is read from the PDF later, and only the notification's recipient follows it. */
export const providedAsPdf = "Provided as PDF";

/** A letter that its service made itself. Nothing of the PDF is judged here but its size. */
export async function preparePrecompiled(
  { body, service, apiKey }: SendRequest,
  { letters, now, newId }: ApiDeps,
): Promise<Prepared> {
  const { reference, content, postage = "second" } = readFields(PrecompiledLetterRequest, body);
  requirePermission(service, "letter");
  requireLettersAllowed(service, apiKey);
  const pdf = decodeLenientBase64(content);
  if (pdf === null) throw badRequest(letterFaults.base64);
  if (pdf.length > largestPdfBytes) throw badRequest(letterFaults.tooLarge(pdf.length));
  if (!letters.takesPrecompiled) throw noScanner();

  const template = await letters.precompiledTemplate(service.id);
  const id = newId();
  return {
    notification: {
      id,
      serviceId: service.id,
      templateId: template.id,
      templateVersion: template.version,
      apiKeyId: apiKey.id,
      keyType: apiKey.type,
      channel: "letter",
      to: providedAsPdf,
      normalisedTo: providedAsPdf.replaceAll(" ", "").toLowerCase(),
      clientReference: reference,
      personalisation: personalisationText({ address_line_1: providedAsPdf }),
      replyToText: null,
      unsubscribeLink: null,
      international: false,
      phonePrefix: null,
      rateMultiplier: null,
      createdAt: now(),
      letter: { reference: newLetterReference(), postage, original: await letters.seal(id, pdf) },
    },
    countsAsInternational: false,
    response: { id, postage, reference },
  };
}

/** Its operator's fault, who may mend it: the same request may pass later. */
function noScanner(): RequestError {
  return new RequestError(503, [{ error: "ServiceUnavailable", message: letterFaults.noScanner }]);
}
