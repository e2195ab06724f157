import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { findTrial, requestTrial, type TrialResult } from "../../../shared/callback/trial.ts";
import { command, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";
import { getCallback } from "./known.ts";
import { CallbackKind, typeOption } from "./type.ts";

const Input = v.object({ service: Id, type: CallbackKind, json: Flag });

export const testCallbackCommand = command({
  name: "test",
  description: "Have a worker send a sample now, and show what came of it",
  args: {
    service: { type: "positional", description: "The service's id" },
    type: typeOption,
    json: jsonOption,
  },
  input: Input,
  run: test,
});

const patienceMs = 10_000;
const everyMs = 100;

async function test({ service, type, json }: v.InferOutput<typeof Input>, deps: Deps) {
  const { sql, cipher, print } = deps;
  const key = await getCallback(sql, service, type);
  const trialId = crypto.randomUUID();
  await requestTrial(sql, key, trialId, new Date());
  let result: TrialResult | null = null;
  for (let waitedMs = 0; result === null; waitedMs += everyMs) {
    if (waitedMs >= patienceMs) {
      throw new Error(`Cannot tell what came of it: no worker has sent the sample in ${patienceMs} ms`);
    }
    await setTimeout(everyMs);
    const trial = await findTrial(sql, cipher, key, trialId);
    if (!trial) throw new Error(`Cannot test the callback of ${service}: it was just removed`);
    result = trial.result;
  }
  printFacts(result, { print, json });
  if (result.outcome !== "delivered") {
    throw new Error(`Cannot tell ${service} anything: ${result.reason ?? result.outcome}`);
  }
}
