import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import type { WorkerDeps } from "../../deps.ts";
import { authenticate, changePassword } from "../../letters/http/access.ts";
import type { Dvla } from "../../letters/http/dvla.ts";
import { newPassword } from "../../letters/http/new-password.ts";
import { isWednesdayAfter, rotate } from "./rotate-dvla.ts";

const subject = "dvla-password";

/**
 * Changes DVLA's password, on the day after the first Tuesday of a month (`spec/letters.md` 9.1). The new one is kept
 * before DVLA is asked to take it: wherever a worker dies, one of the two holds, and both are tried. Throws where
 * another attempt may help.
 */
export async function rotateDvlaPassword(
  deps: WorkerDeps,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!isWednesdayAfter(new Date(dueAt))) return "Not the day for it";
  return await rotate(deps, (dvla) => change(dvla, deps, { signal, dueAt: new Date(dueAt) }));
}

async function change(
  { credentials, door }: Dvla,
  deps: WorkerDeps,
  { signal, dueAt }: { signal: AbortSignal; dueAt: Date },
): Promise<string> {
  const { sql, log, now } = deps;
  const { username, password, nextPassword, passwordChangedAt } = await credentials.read();
  if (passwordChangedAt && passwordChangedAt >= dueAt) return "Changed already";

  const next = nextPassword ?? newPassword();
  if (nextPassword === null) await credentials.keepNextPassword(next, now());
  else {
    const access = await authenticate(door, { username, password: next }, signal);
    if (access.outcome === "given") return await changed("DVLA had taken it before");
    if (access.outcome === "unavailable") throw new Error(`Cannot learn DVLA's password: ${access.reason}`);
  }
  const answer = await changePassword(door, { username, password }, next, signal);
  switch (answer.outcome) {
    case "given":
      return await changed("Changed");
    case "unavailable":
      throw new Error(`Cannot change DVLA's password: ${answer.reason}`);
    case "refused":
      log.error({ reason: answer.reason }, "DVLA refused to change our password");
      await raiseAlert(sql, {
        subject,
        severity: "ticket",
        title: "DVLA refused to change our password",
        facts: { reason: answer.reason, consequence: "It expires 90 days after it was last changed" },
        at: now(),
      });
      return answer.reason;
  }

  async function changed(outcome: string): Promise<string> {
    await credentials.changePassword(next, now());
    await resolveAlert(sql, subject, now());
    log.info({ outcome }, "DVLA's password was changed");
    return outcome;
  }
}
