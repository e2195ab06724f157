import { type CommandDef, renderUsage, runCommand } from "citty";
import { isUnreachable } from "../../shared/database.ts";
import { type Command, type Deps, type Surroundings, UsageError, type Use } from "./command.ts";
import { type Group, groups } from "./groups.ts";

export interface CliOptions {
  print: Deps["print"];
  note: Deps["note"];
  /** The settings of the process. */
  env: Surroundings["env"];
  use: Use;
}

const program = "bun run cli";

/** Answers the exit code: 0 done, 1 could not be done, 2 not understood. Says why in one line of `note`. */
export async function runCli(
  argv: readonly string[],
  { print, note, env, use }: CliOptions,
): Promise<number> {
  const options = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  const wantsHelp = options.includes("--help") || options.includes("-h");
  // What was understood, whose help to point to.
  let path = program;
  try {
    const [groupName, name, ...afterName] = argv;
    if (!isName(groupName)) return await help(overview, { print, note, wantsHelp });
    const group = Object.hasOwn(groups, groupName) ? groups[groupName] : undefined;
    if (!group) throw new UsageError(`Unknown command "${groupName}"`);
    path = `${program} ${groupName}`;
    const single = singleOf(group)?.(use, { print, note, env });
    if (single) {
      if (wantsHelp) return await help(single, { print, note, wantsHelp, parent: program });
      await runCommand(single, { rawArgs: argv.slice(1) });
      return 0;
    }

    if (!isName(name)) {
      if (wantsHelp || !group.otherwise) {
        return await help(overviewOf(group, path, { use, print, note, env }), { print, note, wantsHelp });
      }
      await runCommand(group.otherwise(use, { print, note, env }), { rawArgs: argv.slice(1) });
      return 0;
    }
    const command = Object.hasOwn(group.commands, name)
      ? group.commands[name]?.(use, { print, note, env })
      : undefined;
    if (!command) throw new UsageError(`Unknown command "${groupName} ${name}"`);
    if (wantsHelp) return await help(command, { print, note, wantsHelp, parent: path });
    path = `${path} ${name}`;
    await runCommand(command, { rawArgs: afterName });
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError || (error instanceof Error && error.name === "CLIError");
    note(isUsage ? `${firstLine(error)} (${path} --help)` : reasonOf(error));
    return isUsage ? 2 : 1;
  }
}

/** The command of a group that is no more than one, and may take arguments; null of any other. */
function singleOf({ commands, otherwise }: Group): Command | null {
  return otherwise && Object.keys(commands).length === 0 ? otherwise : null;
}

/** Rather than an option, or nothing. */
function isName(word: string | undefined): word is string {
  return word !== undefined && !word.startsWith("-");
}

interface HelpOptions {
  print: Deps["print"];
  note: Deps["note"];
  /** It was asked for, and so is the answer. */
  wantsHelp: boolean;
  /** What stands before the command's name. */
  parent?: string;
}

async function help(shown: CommandDef, { print, note, wantsHelp, parent }: HelpOptions): Promise<number> {
  const usage = await renderUsage(shown, parent === undefined ? undefined : { meta: { name: parent } });
  (wantsHelp ? print : note)(Bun.stripANSI(usage));
  return wantsHelp ? 0 : 2;
}

const overview: CommandDef = {
  meta: { name: program, description: "What an operator of Pillarbox does" },
  subCommands: Object.fromEntries(
    Object.entries(groups).map(([name, { description }]) => [name, { meta: { description } }]),
  ),
};

function overviewOf({ description, commands }: Group, name: string, options: CliOptions): CommandDef {
  const subCommands = Object.fromEntries(
    Object.entries(commands).map(([name, of]) => [name, of(options.use, options)]),
  );
  return { meta: { name, description }, subCommands };
}

function reasonOf(error: unknown): string {
  return isUnreachable(error) ? `Cannot reach the database: ${firstLine(error)}` : firstLine(error);
}

/** The code of a failed connection, whose message may be empty. */
function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [line = ""] = Bun.stripANSI(error.message).split("\n");
  return line || ("code" in error ? String(error.code) : error.name);
}
