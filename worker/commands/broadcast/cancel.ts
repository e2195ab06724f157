import * as v from "valibot";
import { cancelAsOperator } from "../../../shared/broadcast/change-status.ts";
import { findBroadcastDetails } from "../../../shared/broadcast/overview.ts";
import type { Log } from "../../../shared/log.ts";
import { command, type Deps, Id } from "../command.ts";
import { broadcastArgument, noBroadcast } from "./arguments.ts";

const Input = v.object({ id: Id });

export const cancelBroadcastCommand = command({
  name: "cancel",
  description: "Call off an emergency alert that is on air",
  args: { id: broadcastArgument },
  input: Input,
  run: cancel,
});

async function cancel({ id }: v.InferOutput<typeof Input>, { sql, print, note, broadcasts }: Deps) {
  const details = await findBroadcastDetails(sql, id);
  if (!details) throw noBroadcast("cancel", id);
  const { enabled, pagesApprovals } = broadcasts.config;
  const cancelled = await cancelAsOperator(
    sql,
    { serviceId: details.serviceId, id, at: new Date() },
    { log: logTo(note), enabled, pagesApprovals },
  );
  switch (cancelled.outcome) {
    case "changed":
      print(`Cancelled ${id}: see how far networks are with "broadcast show ${id}"`);
      return;
    case "refused":
      throw new Error(cancelled.message);
    case "unknown":
    case "suspended":
      throw noBroadcast("cancel", id);
  }
}

/** What went wrong beside it; the rest is the answer's to say. */
function logTo(note: Deps["note"]): Log {
  const tell = (_facts: object, message: string) => note(message);
  return { debug() {}, info() {}, warn: tell, error: tell };
}
