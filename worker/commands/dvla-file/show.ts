import * as v from "valibot";
import { stateOf } from "../../../shared/letter/dvla-file-state.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { theFile } from "./known.ts";

const Input = v.object({ file: Text, json: Flag });

export const showDvlaFileCommand = command({
  name: "show",
  description: "Show how the reading of a file from the printer went, or how far it is",
  args: { file: { type: "positional", description: "Its name or id" }, json: jsonOption },
  input: Input,
  run: show,
});

async function show({ file: nameOrId, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const { outcome, ...file } = await theFile(sql, nameOrId, "show");
  printFacts({ ...file, state: stateOf({ ...file, outcome }), outcome }, { print, json });
}
