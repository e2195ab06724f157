import * as v from "valibot";
import { listProviderVersions } from "../../../shared/provider/queries.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printRows } from "../print.ts";
import { unknownProvider } from "./unknown.ts";

const Input = v.object({ name: Text, json: Flag });

export const showProviderHistoryCommand = command({
  name: "history",
  description: "Show the newest hundred changes of a provider",
  args: {
    name: { type: "positional", description: 'See "provider list"' },
    json: jsonOption,
  },
  input: Input,
  run: show,
});

async function show({ name, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const versions = await listProviderVersions(sql, name);
  if (versions.length === 0) throw await unknownProvider(sql, "show", name);
  printRows(versions, { print, json, nothing: "No versions" });
}
