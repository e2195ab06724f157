import type { Context } from "hono";
import { beginEntry, endEntry, type NewEntry, noteEntry } from "../../shared/audit/audit.ts";
import type { ApiDeps } from "../deps.ts";
import type { ConsoleEnv } from "./env.ts";

type AuditDeps = Pick<ApiDeps, "ask" | "now" | "newId">;

/** What is done, and to what: `template.change`, `template 5b2a1c3d-…`. */
export interface Deed {
  action: string;
  /** Ids and kinds only: never a recipient, content or secret. */
  subject: string;
  before?: object | null;
}

/** How it ended: `after` for a change that was made, `refused` for one that the rules did not allow. */
export type Deeds<T> = { value: T; after?: object | null; refused?: boolean };

/**
 * Makes a change, noted before it begins and when it has ended: no change is without a note. What it throws is thrown on,
 * and noted as failed.
 */
export async function audited<T>(
  c: Context<ConsoleEnv>,
  deps: AuditDeps,
  deed: Deed,
  change: () => Promise<Deeds<T>>,
): Promise<T> {
  const entry = entryOf(c, deps, deed);
  await deps.ask((sql) => beginEntry(sql, entry));
  const end = (outcome: "done" | "refused" | "failed", after: object | null) =>
    deps.ask((sql) => endEntry(sql, { id: entry.id, outcome, after, at: deps.now() }));
  let made: Deeds<T>;
  try {
    made = await change();
  } catch (error) {
    await end("failed", null);
    throw error;
  }
  await end(made.refused ? "refused" : "done", made.after ?? null);
  return made.value;
}

/** Notes that somebody looked at what is not for every eye: a message, a file. */
export async function noteLook(c: Context<ConsoleEnv>, deps: AuditDeps, deed: Deed): Promise<void> {
  await deps.ask((sql) => noteEntry(sql, entryOf(c, deps, deed)));
}

function entryOf(
  c: Context<ConsoleEnv>,
  { now, newId }: AuditDeps,
  { action, subject, before = null }: Deed,
): NewEntry {
  const { user, service } = c.var;
  return {
    id: newId(),
    at: now(),
    userId: user.id,
    userName: user.name,
    serviceId: service?.id ?? null,
    action,
    subject,
    before,
  };
}
