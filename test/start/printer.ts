import { resolve } from "node:path";

/** As DVLA does, but in seconds in place of a day: zips are taken, acknowledged and answered, and we are told. */
export const printerHabits = {
  picksUp: true,
  answers: { acknowledgeAfterMs: 2_000, respondAfterMs: 5_000 },
  notices: true,
};

/** Prints what waits for the evening, as an operator would; answers what the command said. */
export async function printNow(envFile: string): Promise<string> {
  const command = Bun.spawn(
    [
      process.execPath,
      `--env-file=${envFile}`,
      "worker/cli.ts",
      "letter",
      "run",
      ...["--deadline", "now"],
      ...["--reason", "Asked for on the sandbox's page"],
    ],
    { cwd: resolve(import.meta.dir, "../.."), stdio: ["ignore", "pipe", "pipe"], timeout: 30_000 },
  );
  const [said, wrong, code] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
    command.exited,
  ]);
  if (code !== 0) throw new Error(`Cannot print: ${wrong.trim()}`);
  return said.trim();
}
