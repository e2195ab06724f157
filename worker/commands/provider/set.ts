import * as v from "valibot";
import { changeProviders } from "../../../shared/provider/change.ts";
import { command, count, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { unknownProvider } from "./unknown.ts";

const Input = v.pipe(
  v.object({
    name: Text,
    priority: v.optional(count({ least: 0, most: 100 })),
    on: Flag,
    off: Flag,
    reason: v.optional(Text),
    json: Flag,
  }),
  v.check(({ on, off }) => !(on && off), "Give one of --on and --off"),
  v.check(({ on, off, priority }) => on || off || priority !== undefined, "Give --priority, --on or --off"),
);

export const setProviderCommand = command({
  name: "set",
  description: "Change how much a provider carries",
  args: {
    name: { type: "positional", description: 'See "provider list"' },
    priority: {
      type: "string",
      valueHint: "n",
      description: "0 to 100: of two, one with twice the priority carries twice as much",
    },
    on: { type: "boolean", description: "Use it" },
    off: { type: "boolean", description: "Use it no more" },
    reason: { type: "string", valueHint: "text", description: "Kept with the change" },
    json: jsonOption,
  },
  input: Input,
  run: set,
});

async function set(
  { name, priority, on, off, reason, json }: v.InferOutput<typeof Input>,
  { sql, print }: Deps,
) {
  const change = {
    name,
    priority: priority ?? null,
    active: on || off ? on : null,
    reason: reason ?? null,
    createdBy: null,
  };
  const [changed] = await changeProviders(sql, () => [change]);
  if (!changed) throw await unknownProvider(sql, "change", name);
  printFacts(changed, { print, json });
}
