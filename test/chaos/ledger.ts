import * as v from "valibot";
import type { Sandbox } from "../sandbox/sandbox.ts";

const Callback = v.object({ id: v.string(), status: v.string() });

/** What reached the outside, by notification. */
export interface Ledger {
  /** How often a provider took it. */
  sent: ReadonlyMap<string, number>;
  /** How often its service was called back. */
  calledBack: ReadonlyMap<string, number>;
}

/** Reads what the sandbox received; it must have kept all of it. */
export function readLedger(sandbox: Sandbox): Ledger {
  const sent = new Map<string, number>();
  for (const { reference } of sandbox.messages("sms")) {
    if (reference !== null) sent.set(reference, (sent.get(reference) ?? 0) + 1);
  }
  const calledBack = new Map<string, number>();
  for (const { body } of sandbox.messages("callback")) {
    const { id } = v.parse(Callback, JSON.parse(body));
    calledBack.set(id, (calledBack.get(id) ?? 0) + 1);
  }
  return { sent, calledBack };
}
