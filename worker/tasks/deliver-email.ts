import type { Payload } from "../../shared/queue/jobs.ts";
import { asciiEmail } from "../../shared/recipient/email-address.ts";
import { renderEmail } from "../../shared/template/email.ts";
import type { WorkerDeps } from "../deps.ts";
import { type Carriage, deliver } from "./deliver.ts";

/** Hands one email to a provider. Throws only to ask for another attempt. */
export async function deliverEmail(
  payload: Payload<"deliver-email">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  await deliver(payload, deps, emailCarriage(deps), signal);
}

function emailCarriage({ emailProviders, emailDomain, createUnsubscribeUrl }: WorkerDeps): Carriage {
  return {
    providers: emailProviders,
    reports: (name) => emailProviders.get(name)?.reports ?? true,
    async send({ notification, template, personalisation }, name, signal) {
      const { service, to, replyToText, unsubscribeLink, id } = notification;
      const unsubscribeUrl = template.hasUnsubscribeLink ? await createUnsubscribeUrl(notification) : null;
      const { subject, text, html } = renderEmail(template, personalisation, { unsubscribeUrl });
      const provider = emailProviders.get(name);
      if (!provider) throw new Error(`Cannot send: ${name} is not configured`);
      const email = {
        to: asciiEmail(to),
        from: { name: service.emailFrom.name, address: `${service.emailFrom.localPart}@${emailDomain}` },
        replyTo: replyToText === null ? null : asciiEmail(replyToText),
        subject,
        text,
        html,
        // The service's own, where its request named one, is for mail programs alone.
        unsubscribeUrl: unsubscribeLink ?? unsubscribeUrl,
        reference: id,
      };
      return { result: await provider.send(email, signal), billableUnits: 0 };
    },
  };
}
