import { userInfo } from "node:os";
import * as v from "valibot";
import { asReplayed, replayEvent } from "../../../shared/broadcast/replay.ts";
import { findSending, type Sending } from "../../../shared/broadcast/sending.ts";
import { sendingSteps } from "../../../shared/broadcast/sending-steps.ts";
import { payloadOf } from "../../broadcasts/cbc-payload.ts";
import { messageFor } from "../../broadcasts/network-message.ts";
import { command, type Deps, Flag, Id, jsonOption, Text, UsageError } from "../command.ts";
import { printRows } from "../print.ts";
import { eventArgument, Provider, providerArgument } from "./arguments.ts";

const Input = v.object({
  event: Id,
  provider: Provider,
  reason: v.optional(Text),
  by: v.optional(Text),
  dryRun: Flag,
  json: Flag,
});
type Input = v.InferOutput<typeof Input>;

export const replayBroadcastCommand = command({
  name: "replay",
  description: "Have one event sent to one network again, now; or see whether it would be",
  args: {
    event: eventArgument,
    provider: providerArgument,
    reason: { type: "string", valueHint: "text", description: "Why; kept with who asked" },
    by: { type: "string", valueHint: "name", description: "Who asks; the account's name if not given" },
    "dry-run": {
      type: "boolean",
      description: "Show the steps before the call and what would be sent; change nothing",
    },
    json: jsonOption,
  },
  input: Input,
  run: replay,
});

async function replay(input: Input, { sql, print, ...deps }: Deps): Promise<void> {
  const { event: eventId, provider, reason, dryRun } = input;
  if (dryRun) {
    const found = await findSending(sql, eventId, provider);
    if (!found) throw new Error(`Cannot replay ${eventId}: there is no such event`);
    if (!found.message) throw new Error(`Cannot replay ${eventId}: it is not for ${provider}`);
    showSteps({ ...asReplayed(found), message: found.message }, input, { sql, print, ...deps });
    return;
  }
  if (reason === undefined) throw new UsageError("Give --reason, or --dry-run");
  const requestedBy = input.by ?? userInfo().username;
  const replayed = await replayEvent(sql, { eventId, provider, reason, requestedBy, at: new Date() });
  if (replayed.outcome !== "queued") throw new Error(replayed.message);
  print(`Queued event ${eventId} for ${provider}`);
}

/** What a job would do until it calls, and with what: nothing leaves, and nothing is changed. */
function showSteps(
  sending: Sending & { message: NonNullable<Sending["message"]> },
  { provider, json }: Input,
  { broadcasts: { config }, print }: Deps,
): void {
  const { cbc } = config;
  const steps = [
    { step: 1, what: "CBC_PROXY_ENABLED", fault: cbc.enabled ? null : "CBC Proxy disabled" },
    ...sendingSteps(asReplayed(sending), provider, new Date()),
  ];
  const wouldSend = steps.every(({ fault }) => fault === null);
  const payload = wouldSend ? payloadOf(messageFor(sending, provider), cbc.referenceTimes) : null;
  if (json) {
    print(JSON.stringify({ would_send: wouldSend, steps, payload }, null, 2));
    return;
  }
  printRows(steps, { print, json, nothing: "" });
  print("");
  print(payload === null ? "It would not be sent" : `It would be sent:\n${JSON.stringify(payload, null, 2)}`);
}
