import * as v from "valibot";
import { addInboundNumber } from "../../../shared/inbound/setup.ts";
import { inboundProviders } from "../../../shared/inbound/text.ts";
import { command } from "../command.ts";
import { InboundNumber, numberArgument } from "./number.ts";

export const addNumberCommand = command({
  name: "add",
  description: "Take up a number that a provider brings texts of; it is free until it is assigned",
  args: {
    number: numberArgument,
    provider: {
      type: "string",
      required: true,
      valueHint: "name",
      description: `One of ${inboundProviders.join(", ")}`,
    },
  },
  input: v.object({
    number: InboundNumber,
    provider: v.picklist(inboundProviders, `must be one of ${inboundProviders.join(", ")}`),
  }),
  async run({ number, provider }, { sql, print }) {
    const added = await addInboundNumber(sql, number, provider);
    print(added ? `Added ${number}` : `${number} is there already`);
  },
});
