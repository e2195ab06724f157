import { type NewAlert, raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Whether letters are printed here at all: elsewhere it says nothing that the printer is silent. */
export function arePrinted({ via, sftp, http }: WorkerDeps["letters"]): boolean {
  return (via === "http" ? http : sftp) !== null;
}

/** Raises an alert, or closes the one of its subject where nothing is wrong any more. */
export async function judge(
  { sql, now }: Pick<WorkerDeps, "sql" | "now">,
  isWrong: boolean,
  alert: Omit<NewAlert, "at" | "severity">,
): Promise<void> {
  const at = now();
  if (isWrong) await raiseAlert(sql, { ...alert, severity: "ticket", at });
  else await resolveAlert(sql, alert.subject, at);
}

export const notPrinted = "Letters are not printed here";
