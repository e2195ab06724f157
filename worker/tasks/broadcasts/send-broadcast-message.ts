import { type Alarm, raiseAlarm, resolveAlarms } from "../../../shared/broadcast/alarms.ts";
import type { Network } from "../../../shared/broadcast/broadcast.ts";
import {
  acknowledge,
  type Claim,
  claimProviderMessage,
  dropUntried,
  failProviderMessage,
  findSending,
  noteFailure,
  noteRefusal,
  provideProviderMessage,
  releaseClaim,
  renewClaim,
  type Sending,
  waitForEarlier,
} from "../../../shared/broadcast/sending.ts";
import { retrySeconds, type SendingStep, sendingSteps } from "../../../shared/broadcast/sending-steps.ts";
import type { Db } from "../../../shared/database.ts";
import { inTime } from "../../../shared/group.ts";
import { faultLine } from "../../../shared/log.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { payloadOf } from "../../broadcasts/cbc-payload.ts";
import { messageFor } from "../../broadcasts/network-message.ts";
import { outlastOutage } from "../../broadcasts/outlast.ts";
import { siteOrder } from "../../broadcasts/site-order.ts";
import { type Told, tellNetwork } from "../../broadcasts/tell-network.ts";
import { RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";

type Deps = Pick<WorkerDeps, "broadcasts" | "log" | "now">;

/** A statement that takes longer is tried again with the whole job. */
const databaseMs = 5_000;
/** Over what one site may take to answer. */
const claimSlackSeconds = 2;

/**
 * Tells one network of one event of an emergency alert, by the steps of `spec/broadcasts.md` 4.2. Throws `RetryIn` after
 * an attempt that failed, as often as it takes; what only a person can put right pages one, and is not tried again.
 */
export async function sendBroadcastMessage(
  { eventId, provider }: Payload<"send-broadcast-message">,
  deps: Deps,
  signal: AbortSignal,
): Promise<void> {
  const { broadcasts, log, now } = deps;
  const { sql, config } = broadcasts;
  if (!config.cbc.enabled) {
    log.info(
      { eventId, provider },
      `CBC Proxy disabled, not sending broadcast_provider_message for broadcast_event_id ${eventId} with provider ${provider}`,
    );
    await dropUntried(sql, { eventId, provider });
    return;
  }
  const sending = await inTime(findSending(sql, eventId, provider), databaseMs);
  if (!sending) {
    log.error({ eventId, provider }, "There is no such broadcast event");
    return;
  }
  const fault = sendingSteps(sending, provider, now()).find((step) => step.fault !== null);
  if (fault) {
    await giveUp(sending, provider, fault, deps);
    return;
  }

  const message = sending.message ?? (await provideProviderMessage(sql, { eventId, provider, at: now() }));
  await attempt({ ...sending, message }, provider, deps, signal);
}

/** A step before the call said no. */
async function giveUp(
  sending: Sending,
  provider: Network,
  { step, fault }: SendingStep,
  { broadcasts: { sql }, log, now }: Deps,
): Promise<void> {
  const { eventId, message } = sending;
  const reason = fault ?? "";
  if (message?.status === "returned-ack" && step === 5) {
    log.warn({ eventId, provider }, "The network has it already");
    return;
  }
  log.error({ eventId, provider, step, reason }, "A broadcast message is not sent");
  const isBlocked = await sql.begin(async (tx) => {
    const at = now();
    if (message && (step === 7 || step === 8)) {
      if (!(await waitForEarlier(tx, { ...sending, message }, { provider, at }))) return false;
    } else if (message && step === 6) {
      await failProviderMessage(tx, message.id, { to: "technical-failure", error: reason, at });
    } else if (message) {
      await noteRefusal(tx, message.id, { error: reason, at });
    }
    await raiseAlarm(tx, step === 6 ? "expired" : "fatal", { ...sending, provider }, { reason, at });
    return true;
  });
  if (!isBlocked) throw new RetryIn(1, "What was in its way has just been acknowledged");
}

type Provided = Omit<Sending, "message"> & { message: { id: string; number: number | null } };

async function attempt(sending: Provided, provider: Network, deps: Deps, signal: AbortSignal): Promise<void> {
  const { broadcasts, log, now } = deps;
  const { sql, config, callCbc } = broadcasts;
  const { eventId, type, message } = sending;
  const { cbc } = config;
  const payload = payloadOf(messageFor(sending, provider), cbc.referenceTimes);
  const order = await inTime(siteOrder(sql, provider, now()), databaseMs);
  const claim: Claim = {
    claim: crypto.randomUUID(),
    seconds: cbc.timeoutMs / 1000 + claimSlackSeconds,
  };
  const attempts = await inTime(claimProviderMessage(sql, message.id, claim), databaseMs);
  if (attempts === null) throw new RetryIn(1, "Another job is sending this message, or it has ended");
  log.info(
    { eventId, provider, providerMessageId: message.id, attempt: attempts },
    `Invoking cbc proxy to send broadcast_provider_message with ID of ${message.id} and broadcast_event ID of ${eventId} msgType ${type}`,
  );

  // The first site may have taken its time: the alert may be over by now.
  const mayGoOn = async () =>
    now() < sending.finishesAt && (await inTime(renewClaim(sql, message.id, claim), databaseMs));
  const told = await tellNetwork(
    { callCbc, log },
    { network: provider, order, payload, mayGoOn },
    signal,
  ).catch(async (error: unknown) => {
    await releaseClaim(sql, message.id, claim.claim).catch((fault) =>
      log.warn({ eventId, provider, reason: faultLine(fault) }, "Cannot let go of a broadcast message"),
    );
    throw error;
  });
  await conclude({ sending, provider, told, claim: claim.claim, attempts }, deps);
}

interface Attempted {
  sending: Provided;
  provider: Network;
  told: Told;
  claim: string;
  /** This one included. */
  attempts: number;
}

async function conclude({ sending, provider, told, claim, attempts }: Attempted, deps: Deps): Promise<void> {
  const { broadcasts, log, now } = deps;
  const { sql } = broadcasts;
  const { eventId, message } = sending;
  const facts = { eventId, provider, providerMessageId: message.id };
  switch (told.outcome) {
    case "acknowledged": {
      const { by } = told;
      await outlastOutage(() => acknowledge(sql, sending, { provider, by, at: now() }), log);
      log.info({ ...facts, by }, "A network has a broadcast message");
      await tell("that it arrived", deps, facts, (db) => resolveAlarms(db, eventId, provider, now()));
      return;
    }
    case "refused": {
      const { reason } = told;
      log.error({ ...facts, reason }, "A network refuses a broadcast message for good");
      await outlastOutage(
        () =>
          sql.begin(async (tx) => {
            const at = now();
            await failProviderMessage(tx, message.id, { to: "returned-error", error: reason, at });
            await raiseAlarm(tx, "fatal", { ...sending, provider }, { reason, at });
          }),
        log,
      );
      return;
    }
    case "lost":
      await releaseClaim(sql, message.id, claim);
      throw new RetryIn(1, "Another job has taken this message over, or its alert is over");
    case "failed": {
      const { reason } = told;
      const seconds = retrySeconds(attempts);
      const at = now();
      const nextAt = new Date(at.getTime() + seconds * 1000);
      await noteFailure(sql, message.id, { claim, error: reason, nextAt, at });
      // A ticket with the first retry, a page with the third.
      const alarm: Alarm = attempts < 3 ? "retrying" : "failing";
      await tell("of a retry", deps, facts, (db) =>
        raiseAlarm(db, alarm, { ...sending, provider }, { reason, at }),
      );
      throw new RetryIn(
        seconds,
        `Retrying send_broadcast_provider_message for broadcast event ${eventId}, provider message ${message.id}, provider ${provider} in ${seconds} seconds`,
      );
    }
  }
}

/** That people cannot be told must not change what becomes of the message. */
async function tell(
  what: string,
  { broadcasts: { sql }, log }: Deps,
  facts: object,
  work: (db: Db) => Promise<void>,
): Promise<void> {
  try {
    await work(sql);
  } catch (error) {
    log.error({ ...facts, reason: faultLine(error) }, `Cannot tell people ${what}`);
  }
}
