import * as v from "valibot";
import { findBroadcastDetails, listNetworkStates } from "../../../shared/broadcast/overview.ts";
import { command, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { printFacts, printRows } from "../print.ts";
import { broadcastArgument, noBroadcast } from "./arguments.ts";

const Input = v.object({ id: Id, json: Flag });

export const showBroadcastCommand = command({
  name: "show",
  description: "Show an emergency alert, and how far each network has got with it",
  args: { id: broadcastArgument, json: jsonOption },
  input: Input,
  run: show,
});

async function show({ id, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const details = await findBroadcastDetails(sql, id);
  if (!details) throw noBroadcast("show", id);
  const states = await listNetworkStates(sql, id);
  if (json) {
    const networks = states.map(
      ({ eventId, nextRetryAt, acknowledgedAt, acknowledgedBy, blockedBy, lastError, ...rest }) => ({
        event_id: eventId,
        ...rest,
        next_retry_at: nextRetryAt,
        acknowledged_at: acknowledgedAt,
        acknowledged_by: acknowledgedBy,
        blocked_by: blockedBy,
        last_error: lastError,
      }),
    );
    printFacts({ ...details, networks }, { print, json });
    return;
  }
  printFacts(details, { print, json });
  print("");
  printRows(states, { print, json, nothing: "Nothing was sent to networks" });
}
