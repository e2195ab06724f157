import { secondsBetween } from "../../shared/metrics/metrics.ts";
import type { Claimed } from "../../shared/notification/delivery.ts";
import { chooseProvider } from "../../shared/provider/choose.ts";
import type { NewJob } from "../../shared/queue/enqueue.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { SesReceipt } from "../../shared/receipt/payload.ts";
import { RetryIn } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";
import { letGo, readMessage } from "./deliver.ts";
import { renderText } from "./deliver-sms.ts";
import { failUnsent } from "./finish.ts";

/**
 * Test keys: nothing is sent, and the receipts a provider would send are queued with the change to `sending`, so
 * that all after it is the real path (`spec/delivery.md` 1.3).
 */
export async function deliverResearch(
  { notificationId }: Payload<"deliver-research">,
  deps: WorkerDeps,
): Promise<void> {
  const claim = await deps.store.claim(notificationId);
  if (claim.outcome === "busy") throw new RetryIn(deps.claimSeconds, "Another worker has this notification");
  if (claim.outcome === "handled") return;
  const { notification } = claim;
  if (!notification.service.active) {
    await failUnsent(deps, notificationId, "The service is inactive");
    return;
  }
  try {
    await (notification.channel === "sms" ? pretendText : pretendEmail)(notification, deps);
  } catch (error) {
    await letGo(notification, error, deps);
    throw error;
  }
}

async function pretendText(notification: Claimed, deps: WorkerDeps): Promise<void> {
  const { fragments } = renderText(await readMessage(deps, notification));
  const by = await drawProvider(notification, deps);
  const at = deps.now();
  await deps.store.sent({
    id: notification.id,
    by,
    at,
    // As in earnest: from some countries no receipt is believed, an invented one neither.
    status: notification.international ? "sent" : "sending",
    reference: null,
    billableUnits: fragments,
    durationMs: null,
    next: textReceipts(notification, by, at.toISOString()),
  });
  deps.metrics.sent({ ...notification, provider: by }, secondsBetween(notification.createdAt, at));
}

type TextProvider = keyof typeof codes;
type Outcome = keyof (typeof codes)["mmg"];

/** Statuses with their substatuses and codes. Firetext tells of an absent subscriber in two: first that it waits. */
const codes = {
  mmg: {
    delivered: [["3", "5"]],
    "temporary-failure": [["4", "6"]],
    "permanent-failure": [["5", "6"]],
  },
  firetext: {
    delivered: [["0", "000"]],
    // With its code the last is right even where it is read first.
    "temporary-failure": [
      ["2", null],
      ["1", "102"],
    ],
    "permanent-failure": [["1", "101"]],
  },
} as const;

function textReceipts({ id, to }: Claimed, provider: TextProvider, at: string): NewJob[] {
  return codes[provider][textOutcome(to)].map(([providerStatus, detail]) => ({
    name: "sms-receipts",
    data: { v: 1, provider, reference: id, providerStatus, detail, deliveredAt: at, receivedAt: at },
  }));
}

/** By the recipient as it was typed, so that a space inside a number defeats it, as it does in Notify. */
function textOutcome(to: string): Outcome {
  if (to.endsWith("7700900003")) return "temporary-failure";
  if (to.endsWith("7700900002")) return "permanent-failure";
  return "delivered";
}

/** As in earnest; but a test key works where no provider is set up or switched on, and then MMG is pretended. */
async function drawProvider(
  { international, lastTried }: Claimed,
  { listActiveProviders, smsProviders, random }: WorkerDeps,
): Promise<TextProvider> {
  const configured = new Set(Object.keys(codes).filter((name) => smsProviders.has(name)));
  const active = await listActiveProviders("sms");
  const drawn = chooseProvider(active, { configured, international, lastTried, random: random() });
  return drawn === "firetext" ? "firetext" : "mmg";
}

async function pretendEmail(notification: Claimed, { store, now, metrics }: WorkerDeps): Promise<void> {
  const { id, to } = notification;
  const at = now();
  const reference = crypto.randomUUID();
  await store.sent({
    id,
    by: "ses",
    at,
    status: "sending",
    reference,
    billableUnits: 0,
    durationMs: null,
    next: [{ name: "ses-receipts", data: emailReceipt(to, reference, at.toISOString()) }],
  });
  metrics.sent({ ...notification, provider: "ses" }, secondsBetween(notification.createdAt, at));
}

function emailReceipt(to: string, reference: string, at: string): SesReceipt {
  const email = {
    v: 1,
    provider: "ses",
    reference,
    eventId: reference,
    mailedAt: at,
    happenedAt: at,
    receivedAt: at,
  } as const;
  const bounceType = bounces.get(to);
  if (bounceType === undefined) return { ...email, type: "delivery" };
  return { ...email, type: "bounce", bounceType, bounceSubType: "General", remoteMtaIp: null };
}

const bounces: ReadonlyMap<string, string> = new Map([
  ["perm-fail@simulator.notify", "Permanent"],
  ["temp-fail@simulator.notify", "Temporary"],
]);
