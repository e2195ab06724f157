import { runCli } from "../../worker/commands/run.ts";
import type { World } from "./world.ts";

export interface CliAnswer {
  code: number;
  out: string;
  err: string;
}

/** Runs an operator's command on a world, in this process. */
export async function runInWorld({ sql, cipher, deps }: World, ...argv: string[]): Promise<CliAnswer> {
  const out: string[] = [];
  const err: string[] = [];
  const say = { print: (text: string) => void out.push(text), note: (text: string) => void err.push(text) };
  const { storage, broadcasts } = deps;
  const lent = { sql, cipher, storage, broadcasts, callbackUrlFault: () => null, readInput: async () => "" };
  const code = await runCli(argv, { ...say, env: {}, use: (work) => work({ ...lent, ...say }) });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
