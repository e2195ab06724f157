import * as v from "valibot";
import { assignInboundNumber } from "../../../shared/inbound/setup.ts";
import { command, type Deps, Id } from "../command.ts";
import { assertService } from "../service/known.ts";
import { InboundNumber, numberArgument } from "./number.ts";

const Input = v.object({ number: InboundNumber, service: Id });

export const assignNumberCommand = command({
  name: "assign",
  description: "Give a free number to a service: it may receive texts, and its own come from the number",
  args: { number: numberArgument, service: { type: "positional", description: "The service's id" } },
  input: Input,
  run: assign,
});

const faults = {
  "not free": "it is another's, retired, or was not added",
  "has one": "the service has a number already",
} as const;

async function assign({ number, service }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  await assertService(sql, service);
  const outcome = await sql.begin((tx) => assignInboundNumber(tx, number, service));
  if (outcome !== "assigned") throw new Error(`Cannot assign ${number}: ${faults[outcome]}`);
  print(`Texts to ${number} go to ${service}`);
}
