import { deliveryStatusCallback } from "../../shared/callback/delivery-status.ts";
import { isDataFault } from "../../shared/database.ts";
import { isJsonObject } from "../../shared/json/json.ts";
import { parseJson } from "../../shared/json/parse.ts";
import { personalisationOf as personalisationPurpose } from "../../shared/notification/admit.ts";
import type { Claimed, Sent } from "../../shared/notification/delivery.ts";
import { chooseProvider } from "../../shared/provider/choose.ts";
import type { SendResult } from "../../shared/provider/provider.ts";
import type { NewJob } from "../../shared/queue/enqueue.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { clean } from "../../shared/receipt/clean.ts";
import { type Personalisation, personalisationOf } from "../../shared/template/placeholders.ts";
import type { CompiledTemplate } from "../../shared/template/template.ts";
import { RetryIn } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";
import { failUnsent } from "./finish.ts";

/** How one channel makes its message and who carries it. */
export interface Carriage {
  providers: ReadonlyMap<string, unknown>;
  /** False where the provider's acceptance is all that will ever be known. */
  reports(provider: string): boolean;
  /** Renders, calls the provider of that name once, and says what became of it. */
  send(
    message: Message,
    provider: string,
    signal: AbortSignal,
  ): Promise<{ result: SendResult; billableUnits: number }>;
}

export interface Message {
  notification: Claimed;
  template: CompiledTemplate;
  personalisation: Personalisation;
}

/**
 * Takes one notification to a provider: claim, render, call, note what became of it. No connection is held during
 * the call. Throws only to ask for another attempt.
 */
export async function deliver(
  { notificationId }: Payload<"deliver-sms">,
  deps: WorkerDeps,
  carriage: Carriage,
  signal: AbortSignal,
): Promise<void> {
  const { store, log, now } = deps;
  const claimedAt = performance.now();
  const claim = await store.claim(notificationId);
  // It may have died over it: then its claim lapses.
  if (claim.outcome === "busy") throw new RetryIn(deps.claimSeconds, "Another worker has this notification");
  if (claim.outcome === "handled") {
    log.warn({ notificationId, status: claim.status }, "Already handled");
    return;
  }
  const { notification } = claim;
  if (!notification.service.active) {
    log.warn({ notificationId, serviceId: notification.serviceId }, "Not sent: the service is inactive");
    await failUnsent(deps, notificationId, "The service is inactive");
    return;
  }

  const { provider, result, billableUnits } = await callProvider(
    notification,
    claimedAt,
    deps,
    carriage,
    signal,
  );
  switch (result.outcome) {
    case "accepted": {
      const isLastWord = !carriage.reports(provider);
      const at = now();
      const sent: Omit<Sent, "next"> = {
        id: notificationId,
        by: provider,
        at,
        status: isLastWord ? "delivered" : notification.international ? "sent" : "sending",
        // As its receipts' references are, or they would not meet.
        reference: result.reference && clean(result.reference),
        billableUnits,
      };
      const record = async () =>
        store.sent({ ...sent, next: isLastWord ? await tellDelivered(deps, notificationId, at) : null });
      await untilStored(record, deps, signal);
      log.debug({ notificationId, provider }, "Provider accepted");
      return;
    }
    case "rejected":
      log.error({ notificationId, provider, reason: result.reason }, "Provider rejected");
      await failUnsent(deps, notificationId, result.reason);
      return;
    case "unavailable":
      await store.release({ id: notificationId, tried: { by: provider, billableUnits } });
      throw new Error(`${provider} is unavailable: ${result.reason}`);
  }
}

/** The callback that follows where no receipt will. */
async function tellDelivered({ store, cipher }: WorkerDeps, id: string, at: Date): Promise<NewJob | null> {
  const notification = await store.find(id);
  return notification && deliveryStatusCallback({ ...notification, sentAt: at }, "delivered", at, cipher);
}

async function callProvider(
  notification: Claimed,
  claimedAt: number,
  deps: WorkerDeps,
  carriage: Carriage,
  signal: AbortSignal,
) {
  try {
    const message = await readMessage(deps, notification);
    const provider = await draw(deps, notification, carriage.providers);
    // Another worker may claim it once the claim lapses; a call that might last until then is not begun.
    if (performance.now() - claimedAt > (deps.claimSeconds * 1000) / 2)
      throw new Error("Too slow to the provider");
    const startedAt = performance.now();
    const { result, billableUnits } = await carriage.send(message, provider, signal);
    deps.metrics.asked(provider, result.outcome, (performance.now() - startedAt) / 1000);
    return { provider, result, billableUnits };
  } catch (error) {
    // After our own abort the provider may have it: the claim stays until it lapses.
    if (!signal.aborted) await deps.store.release({ id: notification.id, tried: null });
    throw error;
  }
}

/**
 * Notes that a provider took a message, however often the database must be asked and whatever ails it: another
 * attempt at the job would send it again.
 */
async function untilStored(
  store: () => Promise<unknown>,
  { log }: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await store();
      return;
    } catch (error) {
      if (signal.aborted || isDataFault(error)) throw error;
      log.warn({ err: error }, "Cannot store that a message was sent: trying again");
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** Throws where the template's version is missing or the personalisation cannot be decrypted. */
export async function readMessage(
  { cipher, findCompiledTemplate }: WorkerDeps,
  notification: Claimed,
): Promise<Message> {
  const { id, templateId, templateVersion } = notification;
  const template = await findCompiledTemplate(templateId, templateVersion);
  if (!template) throw new Error(`Cannot find version ${templateVersion} of template ${templateId}`);
  if (notification.personalisation === null)
    return { notification, template, personalisation: personalisationOf({}) };
  const json = parseJson(await cipher.decrypt(notification.personalisation, personalisationPurpose(id)));
  if (!isJsonObject(json)) {
    throw new Error(`Cannot read the personalisation of ${id}: not an object`);
  }
  return { notification, template, personalisation: personalisationOf(json) };
}

async function draw(
  { listActiveProviders, random }: WorkerDeps,
  { channel, international, lastTried }: Claimed,
  providers: ReadonlyMap<string, unknown>,
): Promise<string> {
  const active = await listActiveProviders(channel);
  const need = { configured: new Set(providers.keys()), international, lastTried, random: random() };
  const provider = chooseProvider(active, need);
  if (!provider) throw new Error(`Cannot send: no ${channel} provider is configured and active`);
  return provider;
}
