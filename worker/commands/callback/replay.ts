import * as v from "valibot";
import { type ReplayRequest, replayOutcomes, startReplay } from "../../../shared/callback/replay.ts";
import { command, type Deps, Id, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { AnyType, anyTypeOption } from "./attempts.ts";
import { Since, sinceOption } from "./since.ts";

const outcomes = `must be one of ${replayOutcomes.join(", ")}`;

const Input = v.object({
  service: Id,
  subject: v.optional(Id),
  type: AnyType,
  outcome: v.optional(v.picklist(replayOutcomes, outcomes)),
  since: v.optional(Since),
});

export const replayCallbacksCommand = command({
  name: "replay",
  description: "Tell a service again: one thing, or what ended since a time, little by little",
  args: {
    service: { type: "positional", description: "The service's id" },
    subject: { type: "string", valueHint: "id", description: "That alone, a notification say; needs --type" },
    type: anyTypeOption,
    outcome: {
      type: "string",
      valueHint: "outcome",
      description: `How it ended: ${replayOutcomes.join(", ")}; undelivered if not given`,
    },
    since: sinceOption,
  },
  input: Input,
  run: replay,
});

async function replay(input: v.InferOutput<typeof Input>, { sql, print }: Deps): Promise<void> {
  const request = requestOf(input);
  await assertService(sql, input.service);
  const started = await startReplay(sql, request, { id: crypto.randomUUID(), at: new Date() });
  if (!started.ok) throw new Error(`Cannot replay: ${started.fault}`);
  const { id, state } = started.replay;
  if (state === "done") print(`Queued as replay ${id}`);
  else print(`Began replay ${id}: see how far it is with "callback replays ${input.service}"`);
}

function requestOf({
  service: serviceId,
  subject,
  type,
  outcome,
  since,
}: v.InferOutput<typeof Input>): ReplayRequest {
  if (subject !== undefined) {
    if (type === undefined) throw new UsageError("Give --type with --subject");
    if (outcome !== undefined || since !== undefined)
      throw new UsageError("Give --subject, or --since and --outcome");
    return { serviceId, type, subjectId: subject };
  }
  if (since === undefined) throw new UsageError("Give --since, or --subject and --type");
  return { serviceId, type: type ?? null, outcome: outcome ?? "undelivered", since };
}
