import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import type { Service } from "../../../shared/service/service.ts";
import {
  checkBodyNotEmpty,
  checkEmailLength,
  checkSmsLength,
  checkSmsNotEmpty,
} from "../../../shared/template/checks.ts";
import { renderEmailForApi } from "../../../shared/template/email.ts";
import { renderLetterForApi } from "../../../shared/template/letter.ts";
import { missingPlaceholders, type Personalisation } from "../../../shared/template/placeholders.ts";
import { oversizedQrCode } from "../../../shared/template/qr-code.ts";
import { renderSms } from "../../../shared/template/sms.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";
import { letterFaults } from "../../v2/notifications/letter-words.ts";
import { missingInLetter } from "../../v2/notifications/post-letter.ts";
import { Refusal } from "../refusal.ts";

/** Throws why a template cannot be sent with these values. */
export function refuseContent(
  template: SendableTemplate,
  values: Personalisation,
  { prefixSms, name }: Service,
): void {
  if (template.archived) throw new Refusal(400, "Template has been deleted");
  const compiled = compileTemplate(template);
  const missing =
    template.type === "letter"
      ? missingInLetter(template, compiled, values)
      : missingPlaceholders(compiled, values);
  if (missing.length > 0) throw new Refusal(400, `Missing personalisation: ${missing.join(", ")}`);
  const fault = contentFault(compiled, values, prefixSms ? name : null);
  if (fault !== null) throw new Refusal(400, fault);
}

function contentFault(template: CompiledTemplate, values: Personalisation, prefix: string | null) {
  switch (template.type) {
    case "sms": {
      const { lengthWithoutPrefix: length } = renderSms(template, values, { prefix });
      return checkSmsNotEmpty(length) ?? checkSmsLength(length);
    }
    case "email": {
      const { body } = renderEmailForApi(template, values);
      return checkBodyNotEmpty(template.content, body) ?? checkEmailLength(body);
    }
    case "letter": {
      if (oversizedQrCode(template, values) !== null) return letterFaults.qrCode;
      return checkBodyNotEmpty(template.content, renderLetterForApi(template, values).body);
    }
  }
}
