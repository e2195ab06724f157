import * as v from "valibot";
import { addInboundNumber, addInboundNumbers } from "../../../shared/inbound/setup.ts";
import { inboundProviders } from "../../../shared/inbound/text.ts";
import { command, type Deps, Text, UsageError } from "../command.ts";
import { readText } from "../read-file.ts";
import { InboundNumber, numberArgument } from "./number.ts";

const Input = v.object({
  number: v.optional(InboundNumber),
  file: v.optional(Text),
  provider: v.picklist(inboundProviders, `must be one of ${inboundProviders.join(", ")}`),
});

export const addNumberCommand = command({
  name: "add",
  description: "Take up a number that a provider brings texts of, or many; each is free until it is assigned",
  args: {
    number: { ...numberArgument, required: false },
    file: { type: "string", valueHint: "path", description: "Numbers, one a line; - for standard input" },
    provider: {
      type: "string",
      required: true,
      valueHint: "name",
      description: `One of ${inboundProviders.join(", ")}`,
    },
  },
  input: Input,
  run: add,
});

async function add(
  { number, file, provider }: v.InferOutput<typeof Input>,
  { sql, print, readInput }: Deps,
): Promise<void> {
  if ((number === undefined) === (file === undefined))
    throw new UsageError("Either NUMBER or --file is needed");
  if (number !== undefined) {
    const added = await addInboundNumber(sql, number, provider);
    print(added ? `Added ${number}` : `${number} is there already`);
    return;
  }
  const numbers = parse(file === "-" ? await readInput() : await readText(file ?? ""));
  const added = await addInboundNumbers(sql, numbers, provider);
  print(`Added ${added.length} numbers; ${numbers.length - added.length} were there already`);
}

function parse(text: string): string[] {
  const numbers = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line, at) => {
      const result = v.safeParse(InboundNumber, line.trim());
      if (result.success) return result.output;
      throw new Error(
        `Cannot add the numbers: number ${at + 1} of the file must be a phone number of the UK`,
      );
    });
  return [...new Set(numbers)];
}
