import * as v from "valibot";
import { replayDvlaFile } from "../../../shared/letter/dvla-file-list.ts";
import { fileParts, replayFault } from "../../../shared/letter/dvla-file-state.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { theFile } from "./known.ts";

const Input = v.object({
  file: Text,
  only: v.optional(v.picklist(fileParts, `must be ${fileParts.join(" or ")}`)),
  json: Flag,
});

export const replayDvlaFileCommand = command({
  name: "replay",
  description: "Have a worker read a file from the printer again: nothing moves or counts twice",
  args: {
    file: { type: "positional", description: "Its name or id" },
    only: {
      type: "string",
      valueHint: "part",
      description: `Of a response file: ${fileParts.join(" or ")} alone`,
    },
    json: jsonOption,
  },
  input: Input,
  run: replay,
});

async function replay(
  { file: nameOrId, only, json }: v.InferOutput<typeof Input>,
  { sql, print, note }: Deps,
) {
  const { id, name, kind } = await theFile(sql, nameOrId, "replay");
  const fault = replayFault({ kind }, only);
  if (fault !== null)
    throw new Error(`Cannot replay ${only === undefined ? "" : `${only} of `}${name}: ${fault}`);
  await replayDvlaFile(sql, id, only);
  printFacts({ id, name, part: only ?? "all", state: "waiting" }, { print, json });
  note(`See how far it is with "dvla-file show ${id}"`);
}
