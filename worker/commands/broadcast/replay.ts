import { userInfo } from "node:os";
import * as v from "valibot";
import { asReplayed, replayProviderMessage } from "../../../shared/broadcast/replay.ts";
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

async function replay(input: Input, deps: Deps): Promise<void> {
  const { event: eventId, provider, reason, dryRun } = input;
  const { sql, print } = deps;
  const found = await findSending(sql, eventId, provider);
  if (!found) throw new Error(`Cannot replay ${eventId}: there is no such event`);
  const { message } = found;
  if (!message) throw new Error(`Cannot replay ${eventId}: it is not for ${provider}`);
  const sending = { ...asReplayed(found), message };
  if (dryRun) {
    showSteps(sending, input, deps);
    return;
  }
  if (reason === undefined) throw new UsageError("Give --reason, or --dry-run");
  const at = new Date();
  const fault = sendingSteps(asReplayed(found), provider, at).find((step) => step.fault !== null);
  if (fault) throw new Error(fault.fault ?? "");
  const request = {
    providerMessageId: message.id,
    eventId,
    provider,
    reason,
    requestedBy: input.by ?? userInfo().username,
    at,
  };
  const isQueued = await sql.begin((tx) => replayProviderMessage(tx, request));
  if (!isQueued) throw new Error(`Cannot replay ${eventId}: ${provider} has just acknowledged it`);
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
