import type { Payload } from "../../shared/queue/jobs.ts";
import { type RenderedSms, renderSms } from "../../shared/template/sms.ts";
import type { WorkerDeps } from "../deps.ts";
import { type Carriage, deliver, type Message } from "./deliver.ts";

/** Hands one text message to a provider. Throws only to ask for another attempt. */
export async function deliverSms(
  payload: Payload<"deliver-sms">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  await deliver(payload, deps, smsCarriage(deps), signal);
}

function smsCarriage({ smsProviders }: WorkerDeps): Carriage {
  return {
    providers: smsProviders,
    reports: () => true,
    async send(composed, name, signal) {
      const { normalisedTo, replyToText, international, id } = composed.notification;
      const { text, fragments } = renderText(composed);
      const provider = smsProviders.get(name);
      if (!provider) throw new Error(`Cannot send: ${name} is not configured`);
      const message = {
        to: normalisedTo,
        body: text,
        sender: replyToText ?? "",
        reference: id,
        international,
      };
      return { result: await provider.send(message, signal), billableUnits: fragments };
    },
  };
}

/** The text as sent, and what it costs. */
export function renderText({
  notification: { service },
  template,
  personalisation,
}: Message<{ service: { name: string; prefixSms: boolean } }>): RenderedSms {
  return renderSms(template, personalisation, { prefix: service.prefixSms ? service.name : null });
}
