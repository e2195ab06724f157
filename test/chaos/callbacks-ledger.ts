import * as v from "valibot";
import type { Sandbox } from "../sandbox/sandbox.ts";

/** What receivers heard of one event. */
export interface ToldEvent {
  calls: number;
  /** Calls that were answered 200. */
  taken: number;
  webhookIds: ReadonlySet<string>;
  bodies: ReadonlySet<string>;
}

const Callback = v.object({ id: v.string() });

/** By notification; the sandbox must have kept all of it. */
export function readToldEvents(sandbox: Sandbox): Map<string, ToldEvent> {
  const told = new Map<string, ToldEvent & { webhookIds: Set<string>; bodies: Set<string> }>();
  for (const { body, status, headers } of sandbox.messages("callback")) {
    const { id } = v.parse(Callback, JSON.parse(body));
    const event = told.get(id) ?? { calls: 0, taken: 0, webhookIds: new Set(), bodies: new Set() };
    event.calls++;
    if (status === 200) event.taken++;
    const webhookId = headers?.["webhook-id"];
    if (webhookId !== undefined) event.webhookIds.add(webhookId);
    event.bodies.add(body);
    told.set(id, event);
  }
  return told;
}
