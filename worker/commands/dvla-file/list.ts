import * as v from "valibot";
import { type ListedDvlaFile, listDvlaFiles } from "../../../shared/letter/dvla-file-list.ts";
import { stateOf } from "../../../shared/letter/dvla-file-state.ts";
import { command, count, type Deps, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";

const kinds = ["acknowledgement", "response", "other"] as const;

const Input = v.object({
  kind: v.optional(v.picklist(kinds, `must be one of ${kinds.join(", ")}`)),
  limit: v.optional(count({ least: 1, most: 1000 }), "50"),
  json: Flag,
});

export const listDvlaFilesCommand = command({
  name: "list",
  description: "List files from the printer, newest first",
  args: {
    kind: { type: "string", valueHint: "kind", description: `Of one kind: ${kinds.join(", ")}` },
    limit: { type: "string", valueHint: "count", description: "At most so many; 50 if not given" },
    json: jsonOption,
  },
  input: Input,
  run: list,
});

async function list({ kind = undefined, limit, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const files = await listDvlaFiles(sql, { kind: kind ?? null, limit });
  printRows(files.map(rowOf), { print, json, nothing: "No files from the printer" });
}

function rowOf({ outcome, processedAt, ...file }: ListedDvlaFile) {
  return { ...file, state: stateOf({ outcome, processedAt }), processedAt };
}
