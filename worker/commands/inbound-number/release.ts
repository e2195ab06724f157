import * as v from "valibot";
import { releaseInboundNumber } from "../../../shared/inbound/setup.ts";
import { command, type Deps, Flag } from "../command.ts";
import { SmsSender, senderFor } from "../service/sms-sender.ts";
import { InboundNumber, numberArgument } from "./number.ts";

const Input = v.object({ number: InboundNumber, smsSender: v.optional(SmsSender), retire: Flag });

export const releaseNumberCommand = command({
  name: "release",
  description: "Take a number from its service, which may receive no more texts; what it received stays",
  args: {
    number: numberArgument,
    "sms-sender": {
      type: "string",
      valueHint: "name",
      description:
        "Whom the service's texts come from then, if it has no other sender; made of its name if not given",
    },
    retire: { type: "boolean", description: "Nobody gets the number again" },
  },
  input: Input,
  run: release,
});

async function release({ number, smsSender, retire }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const onlySender = (name: string) => smsSender ?? senderFor(name);
  const service = await sql.begin((tx) => releaseInboundNumber(tx, number, { retire, onlySender }));
  if (service === null) throw new Error(`Cannot release ${number}: no service has it`);
  print(`Released ${number} of ${service}`);
}
