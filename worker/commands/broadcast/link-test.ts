import * as v from "valibot";
import { sites } from "../../broadcasts/cbc-proxy.ts";
import { testAllLinks } from "../../broadcasts/test-all-links.ts";
import { command, type Deps, Flag, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { Provider, providerArgument } from "./arguments.ts";

const Input = v.object({
  provider: Provider,
  site: v.optional(v.picklist(["1", "2"], "must be 1 or 2")),
  json: Flag,
});

export const linkTestCommand = command({
  name: "link-test",
  description: "Try the ways to a network, which no phone shows",
  args: {
    provider: providerArgument,
    site: { type: "string", valueHint: "n", description: "1 or 2; both if not given" },
    json: jsonOption,
  },
  input: Input,
  run: linkTest,
});

async function linkTest(
  { provider, site, json }: v.InferOutput<typeof Input>,
  { sql, print, broadcasts: { config, callCbc } }: Deps,
) {
  if (!config.cbc.enabled) throw new Error("Cannot test links: CBC_PROXY_ENABLED is false");
  const ways = sites
    .filter((each) => site === undefined || String(each) === site)
    .map((each) => ({ network: provider, site: each }));
  const signal = new AbortController().signal;
  const tests = await testAllLinks({ sql, callCbc, now: () => new Date() }, ways, signal);
  printRows(
    tests.map(({ function: name, succeeded, durationMs, error }) => ({
      function: name,
      succeeded,
      durationMs,
      error,
    })),
    { print, json, nothing: "Nothing was tested" },
  );
  const failed = tests.filter(({ succeeded }) => !succeeded);
  if (failed.length > 0)
    throw new Error(`Cannot reach ${failed.map(({ function: name }) => name).join(", ")}`);
}
