import { RequestError } from "../../../shared/errors.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import { postageTo } from "../../../shared/recipient/postage.ts";
import {
  addressIn,
  addressLines,
  type PostalAddress,
  parsePostalAddress,
  searchableAddress,
} from "../../../shared/recipient/postal-address.ts";
import { postalFault, postalFaultMessages } from "../../../shared/recipient/postal-faults.ts";
import type { Service } from "../../../shared/service/service.ts";
import { checkBodyNotEmpty } from "../../../shared/template/checks.ts";
import { renderLetterForApi } from "../../../shared/template/letter.ts";
import {
  compileContent,
  missingIn,
  type Personalisation,
  personalisationOf,
} from "../../../shared/template/placeholders.ts";
import { maximumQrCodeBytes, oversizedQrCode } from "../../../shared/template/qr-code.ts";
import type { CompiledTemplate } from "../../../shared/template/template.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields, validationError } from "../schema/faults.ts";
import { hasLoneSurrogate, hasNul } from "../schema/words.ts";
import { compileOnce } from "./compiled-templates.ts";
import { isPrecompiled, LetterRequest } from "./letter-request.ts";
import { letterFaults } from "./letter-words.ts";
import { preparePrecompiled } from "./precompiled-letter.ts";
import {
  getSendableTemplate,
  refuseFiles,
  refuseFor,
  refuseMissing,
  requireLettersAllowed,
  requirePermission,
} from "./requirements.ts";
import { describeSent, type Prepared, personalisationText, type SendRequest, send } from "./send.ts";

/** POST /v2/notifications/letter: stores a letter, to be made from a template or made already, and queues what is next. */
export function postLetter(deps: ApiDeps) {
  const { now, newId } = deps;
  const compile = compileOnce();

  /** The order of the checks is Notify's (`spec/public-api.md` 4). */
  async function prepareTemplated(request: SendRequest): Promise<Prepared> {
    const { body, service, apiKey } = request;
    const asked = readFields(LetterRequest, body);
    requirePermission(service, "letter");

    const template = await getSendableTemplate(deps, service.id, asked.template_id, "letter");
    const compiled = compile(template);
    const given = asked.personalisation;
    const personalisation = personalisationOf(given);
    refuseOversizedQrCode(compiled, personalisation);
    refuseMissing(missingInLetter(template, compiled, personalisation));

    const content = renderLetterForApi(compiled, personalisation);
    refuseFor(checkBodyNotEmpty(compiled.content, content.body));
    refuseFiles(given);
    requireLettersAllowed(service, apiKey);
    const address = getPostalAddress(addressIn(given), service);

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
        to: addressLines(address),
        normalisedTo: searchableAddress(address),
        clientReference: asked.reference ?? null,
        personalisation: personalisationText(given),
        replyToText: template.contactBlock,
        unsubscribeLink: null,
        international: address.abroad !== null,
        phonePrefix: null,
        rateMultiplier: null,
        createdAt: now(),
        letter: {
          reference: newLetterReference(),
          postage: postageTo(address, template.postage ?? "second"),
          original: null,
        },
      },
      countsAsInternational: false,
      response: describeSent(request, { id, reference: asked.reference, template, content }),
    };
  }

  return send(
    deps,
    "letter",
    async (request) =>
      isPrecompiled(request.body) ? await preparePrecompiled(request, deps) : await prepareTemplated(request),
    // Notify hands these from one route to another, and both count them.
    (body) => (isPrecompiled(body) ? 1 : 2),
  );
}

function refuseOversizedQrCode(compiled: CompiledTemplate, personalisation: Personalisation): void {
  const code = oversizedQrCode(compiled, personalisation);
  if (!code) return;
  const facts = { data: code.data, max_bytes: maximumQrCodeBytes, num_bytes: code.numBytes };
  throw new RequestError(400, [{ error: "ValidationError", message: letterFaults.qrCode, facts }]);
}

/** Those of the contact block come first; of a Welsh half nothing is asked. */
export function missingInLetter(
  { contactBlock }: SendableTemplate,
  { compiledSubject, compiledContent }: CompiledTemplate,
  personalisation: Personalisation,
): string[] {
  const texts = [compileContent(contactBlock ?? ""), compiledSubject, compiledContent];
  return missingIn(
    texts.filter((text) => text !== null),
    personalisation,
  );
}

function getPostalAddress(text: string, { permissions }: Service): PostalAddress {
  // It is stored as it is read.
  if (text.includes("\0")) throw validationError([`personalisation ${hasNul}`]);
  if (!text.isWellFormed()) throw validationError([`personalisation ${hasLoneSurrogate}`]);
  const address = parsePostalAddress(text);
  const fault = postalFault(address, { allowsInternational: permissions.has("international_letters") });
  if (fault !== null) throw validationError([postalFaultMessages[fault]]);
  return address;
}
