import * as v from "valibot";
import { rescan } from "../../letters/precompiled/queries.ts";
import { command, type Deps, Flag, jsonOption, Text, UsageError } from "../command.ts";

const Ids = v.pipe(
  Text,
  v.transform((text) => text.split(",").map((id) => id.trim())),
  v.array(v.pipe(v.string(), v.uuid("must be ids, UUIDs, separated by commas"))),
);
const Input = v.object({ ids: v.optional(Ids), errors: Flag, json: Flag });

export const rescanLettersCommand = command({
  name: "rescan",
  description: "Scan precompiled letters again that failed because scanning or checking did",
  args: {
    ids: { type: "positional", required: false, description: "Ids of notifications, separated by commas" },
    errors: { type: "boolean", description: "All there are" },
    json: jsonOption,
  },
  input: Input,
  run,
});

async function run({ ids, errors, json }: v.InferOutput<typeof Input>, { sql, print, note }: Deps) {
  if ((ids === undefined) !== errors) throw new UsageError("Give either IDS or --errors");
  const queued = await rescan(sql, ids ?? "all");
  const others = (ids ?? []).filter((id) => !queued.includes(id.toLowerCase()));
  for (const id of others) note(`${id} is no precompiled letter that failed before it was checked`);
  if (json) print(JSON.stringify({ queued }));
  else print(`Queued ${queued.length} scans`);
}
