import { type ArgsDef, type CommandDef, defineCommand } from "citty";
import * as v from "valibot";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import type { Storage } from "../../shared/storage/storage.ts";
import type { BroadcastDeps } from "../deps.ts";

/** What commands work with. */
export interface Deps {
  sql: Pool;
  cipher: Cipher;
  /** Where files are. */
  storage: Storage;
  /** How emergency alerts leave. */
  broadcasts: Pick<BroadcastDeps, "config" | "callCbc">;
  /** What is wrong with a URL that services are to be told at, or null. */
  callbackUrlFault(url: string): Promise<string | null> | string | null;
  /** To standard output: the answer. */
  print(text: string): void;
  /** To standard error: what is not the answer. */
  note(text: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
}

/** Lends what a command works with, for as long as it works. */
export type Use = (work: (deps: Deps) => Promise<void>) => Promise<void>;

/** What there is around a command before anything is lent. */
export interface Surroundings extends Pick<Deps, "print" | "note"> {
  /** The settings of the process, unread. */
  env: Readonly<Record<string, string | undefined>>;
}

export type Command = (use: Use, around: Surroundings) => CommandDef;

/** The command line is at fault, not the world. */
export class UsageError extends Error {}

/**
 * A command of citty's that takes nothing it does not name. `args` is what its help shows, `input` what it
 * understands; an option that is two words is `like-this` in one and `likeThis` in the other.
 */
export function command<const Input extends v.GenericSchema>({
  run,
  ...described
}: Described<Input> & {
  run(input: v.InferOutput<Input>, deps: Deps, around: Surroundings): Promise<void>;
}): Command {
  return (use, around) => define(described, (input) => use((deps) => run(input, deps, around)));
}

/** The same of one to which nothing is lent: it works where there is no database to be had. */
export function bareCommand<const Input extends v.GenericSchema>({
  run,
  ...described
}: Described<Input> & {
  run(input: v.InferOutput<Input>, around: Surroundings): Promise<void>;
}): Command {
  return (_use, around) => define(described, (input) => run(input, around));
}

interface Described<Input extends v.GenericSchema> {
  name: string;
  description: string;
  args: ArgsDef;
  input: Input;
}

function define<const Input extends v.GenericSchema>(
  { name, description, args, input }: Described<Input>,
  run: (input: v.InferOutput<Input>) => Promise<void>,
): CommandDef {
  return defineCommand({
    meta: { name, description },
    args,
    async run({ args: given }) {
      refuseUnknown(given, args);
      const result = v.safeParse(input, given);
      if (!result.success) {
        throw new UsageError(result.issues.map((issue) => faultOf(issue, args)).join("; "));
      }
      await run(result.output);
    },
  });
}

function refuseUnknown(given: Record<string, unknown> & { _: string[] }, args: ArgsDef): void {
  const known = new Set(Object.keys(args).flatMap((name) => [name, camelCase(name)]));
  const option = Object.keys(given).find((name) => name !== "_" && !known.has(name));
  if (option !== undefined) throw new UsageError(`Unknown option ${option.length > 1 ? "--" : "-"}${option}`);
  const positionals = Object.values(args).filter(({ type }) => type === "positional").length;
  const extra = given._[positionals];
  if (extra !== undefined)
    throw new UsageError(`Unexpected argument "${extra}": quote what has spaces in it`);
}

function faultOf(issue: v.BaseIssue<unknown>, args: ArgsDef): string {
  const path = v.getDotPath(issue);
  if (path === null) return issue.message;
  const name = path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${args[name]?.type === "positional" ? name.toUpperCase() : `--${name}`} ${issue.message}`;
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A row's id, and a text that is not empty: messages follow the argument's name. */
export const Id = v.pipe(v.string("must be an id"), v.uuid("must be an id, a UUID"));
export const Text = v.pipe(
  v.string("must be a text"),
  v.check((text) => text.trim() !== "", "must not be empty"),
);
export const Name = v.pipe(Text, v.maxLength(255, "must not be longer than 255 characters"));
export const Flag = v.optional(v.boolean("takes no value"), false);

/** A whole number up to `most`. */
export function count({ least, most }: { least: number; most: number }) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(
    v.string(message),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** Of commands whose answer a script may read. */
export const jsonOption = { type: "boolean", description: "Print JSON" } as const;
