import { deliveryStatusCallback } from "../../shared/callback/delivery-status.ts";
import { isDataFault } from "../../shared/database.ts";
import { isJsonObject } from "../../shared/json/json.ts";
import { parseJson } from "../../shared/json/parse.ts";
import { secondsBetween } from "../../shared/metrics/metrics.ts";
import { personalisationOf as personalisationPurpose } from "../../shared/notification/admit.ts";
import type { Claimed, Sent } from "../../shared/notification/delivery.ts";
import type { AttemptStep } from "../../shared/notification/timeline.ts";
import { chooseProvider, type ProviderDetails } from "../../shared/provider/choose.ts";
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

/** What must be known of a notification to make its message. */
type MessageKey = "id" | "templateId" | "templateVersion" | "personalisation";

export interface Message<Stored = Claimed> {
  notification: Stored;
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

  const call = await callProvider(notification, claimedAt, deps, carriage, signal);
  const { provider, result, billableUnits, began, durationMs } = call;
  const failed = (outcome: "rejected" | "unavailable", words: string): AttemptStep => {
    return { kind: "attempt", at: began, provider, outcome, durationMs, words };
  };
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
        durationMs,
      };
      const record = async () =>
        store.sent({ ...sent, next: isLastWord ? await tellDelivered(deps, notificationId, at) : [] });
      await untilStored(record, deps, signal);
      deps.metrics.sent({ ...notification, provider }, secondsBetween(notification.createdAt, at));
      // Where no receipt comes, this is the line that tells how it ended.
      log[isLastWord ? "info" : "debug"]({ notificationId, provider }, "Provider accepted");
      return;
    }
    case "rejected":
      log.error({ notificationId, provider, reason: result.reason }, "Provider rejected");
      await failUnsent(deps, notificationId, result.reason, [failed("rejected", result.reason)]);
      return;
    case "unavailable":
      await store.release({
        id: notificationId,
        claim: notification.claim,
        tried: { by: provider, billableUnits },
        attempt: failed("unavailable", result.reason),
      });
      throw new Error(`${provider} is unavailable: ${result.reason}`);
  }
}

/** The callback that follows where no receipt will. */
async function tellDelivered({ store, cipher }: WorkerDeps, id: string, at: Date): Promise<NewJob[]> {
  const notification = await store.find(id);
  if (!notification) return [];
  const job = await deliveryStatusCallback({ ...notification, sentAt: at }, "delivered", at, cipher);
  return job ? [job] : [];
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
    const active = await deps.listActiveProviders(notification.channel);
    // Another worker may claim it once the claim lapses; a call that might last until then is not begun.
    if (performance.now() - claimedAt > (deps.claimSeconds * 1000) / 2)
      throw new Error("Too slow to the provider");
    const began = deps.now();
    const startedAt = performance.now();
    const provider = draw(deps, notification, active, carriage.providers);
    const { result, billableUnits } = await deps.breaker.watch(provider, () =>
      carriage.send(message, provider, signal),
    );
    const durationMs = performance.now() - startedAt;
    deps.metrics.asked(provider, result.outcome, durationMs / 1000);
    if (result.outcome !== "accepted") deps.failedSends.add(provider);
    return { provider, result, billableUnits, began, durationMs };
  } catch (error) {
    // After our own abort the provider may have it: the claim stays until it lapses.
    if (!signal.aborted) await letGo(notification, error, deps);
    throw error;
  }
}

/** Lets another attempt have what no provider was asked to take. */
export async function letGo(
  { id, claim }: Claimed,
  error: unknown,
  { store, now }: WorkerDeps,
): Promise<void> {
  const attempt: AttemptStep = {
    kind: "attempt",
    at: now(),
    provider: null,
    outcome: "failed",
    durationMs: null,
    words: faultOf(error),
  };
  await store.release({ id, claim, tried: null, attempt });
}

/** What is not of our own making may quote what it stumbled on: only its name or code is told. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return "Unknown fault";
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.constructor === Error ? error.message : error.name;
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
export async function readMessage<Stored extends Pick<Claimed, MessageKey>>(
  { cipher, findCompiledTemplate }: Pick<WorkerDeps, "cipher" | "findCompiledTemplate">,
  notification: Stored,
): Promise<Message<Stored>> {
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

function draw(
  { breaker, random }: WorkerDeps,
  { channel, international, lastTried }: Claimed,
  active: readonly ProviderDetails[],
  providers: ReadonlyMap<string, unknown>,
): string {
  const need = { configured: new Set(providers.keys()), international, lastTried, random: random() };
  const provider = chooseProvider(active, need);
  if (!provider) throw new Error(`Cannot send: no ${channel} provider is configured and active`);
  return breaker.reroute(provider, active, (open) => chooseProvider(open, need));
}
