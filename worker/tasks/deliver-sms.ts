import type { Payload } from "../../shared/queue/jobs.ts";
import { renderSms } from "../../shared/template/sms.ts";
import type { WorkerDeps } from "../deps.ts";
import { type Carriage, deliver } from "./deliver.ts";

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
    async send({ notification, template, personalisation }, name, signal) {
      const { service, normalisedTo, replyToText, international, id } = notification;
      const prefix = service.prefixSms ? service.name : null;
      const { text, fragments } = renderSms(template, personalisation, { prefix });
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
