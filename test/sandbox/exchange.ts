import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Faults } from "./faults.ts";
import type { Messages, NewMessage } from "./messages.ts";
import type { ReceiptPlan, Receipts } from "./receipts.ts";

/** What every server of the sandbox works with. */
export interface Desk {
  messages: Messages;
  faults: Faults;
  receipts: Receipts;
  /** The sandbox's own address, without a slash at the end. */
  url(): string;
  /** Aborted when the sandbox stops. */
  signal: AbortSignal;
}

/** A request to an HTTP provider that is in order, and what that provider makes of it. */
export interface Exchange {
  provider: "mmg" | "firetext" | "sns" | "ses";
  message: NewMessage;
  receipts: ReceiptPlan;
  accepted(): Response;
  /** As this provider words a refusal of that status. */
  refused(status: number): Response;
  /** Whether an answer below 400 with this body refuses all the same. */
  refusesIn?(body: string): boolean;
}

/** Takes the message and answers, unless a fault says otherwise. */
export async function exchange(desk: Desk, request: Exchange): Promise<Response> {
  const { provider, message, receipts: plan } = request;
  const fault = desk.faults.next(provider);
  const silent = fault?.hang || fault?.reset || fault?.accept_without_answer;
  const refuses = fault !== null && (silent || isRefusal(request, fault));

  if (refuses && !fault.accept_without_answer) {
    if (fault.delay_ms) await pause(fault.delay_ms, desk.signal);
  } else {
    desk.messages.add(message);
    await report(desk, plan, fault);
  }

  if (fault === null) return request.accepted();
  if (fault.hang) return unanswered();
  if (silent) return dropped();
  const { status = 200 } = fault;
  return answerWith(fault, status < 400 ? request.accepted() : request.refused(status));
}

function isRefusal({ refusesIn }: Exchange, { status = 200, body }: Fault): boolean {
  return status >= 400 || (body !== undefined && refusesIn?.(body) === true);
}

/** Sends the receipts of a message that was taken, and takes the time its provider does to answer. */
async function report({ faults, receipts, signal }: Desk, plan: ReceiptPlan, fault: Fault | null) {
  const garbled = faults.next("receipts");
  const lost = garbled?.status || garbled?.hang || garbled?.reset || garbled?.accept_without_answer;
  const early = fault?.early_receipts || garbled?.early_receipts;
  const delivery = {
    duplicates: (fault?.duplicate_receipts ?? 0) + (garbled?.duplicate_receipts ?? 0),
    delayMs: (garbled?.delay_ms ?? 0) + (fault?.receipt_delay_ms ?? 0),
    body: garbled?.body,
  };

  if (!lost && early) await receipts.sendNow(plan, delivery);
  if (fault?.delay_ms) await pause(fault.delay_ms, signal);
  if (!lost && !early) receipts.send(plan, delivery);
}

/** The usual answer with what the fault changes of it. */
export function answerWith({ status = 200, headers, body }: Fault, usual: Response): Response {
  const answer = new Response(mayHaveBody(status) ? (body ?? usual.body) : null, {
    status,
    headers: usual.headers,
  });
  for (const [name, value] of Object.entries(headers ?? {})) answer.headers.set(name, value);
  return answer;
}

function mayHaveBody(status: number): boolean {
  return ![204, 205, 304].includes(status);
}

/** Ends early, and without complaint, when the sandbox stops. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

/** The connection stays open until the client gives up. */
export function unanswered(): Promise<never> {
  return new Promise(() => {});
}

/** Resets the connection before a byte of an answer: what Bun does when a body fails before its first chunk. */
export function dropped(): Response {
  return new Response(new ReadableStream({ pull: (controller) => controller.error() }));
}

/** Null when it is not JSON. */
export async function readJson(request: Request): Promise<unknown> {
  return request.json().catch(() => null);
}
