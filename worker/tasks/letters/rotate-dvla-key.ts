import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import type { WorkerDeps } from "../../deps.ts";
import { newApiKey } from "../../letters/http/access.ts";
import type { Dvla } from "../../letters/http/dvla.ts";
import { isFirstTuesday, rotate } from "./rotate-dvla.ts";

/** Nobody can print with the key that is lost: that wakes somebody, whatever is open beside it. */
const subjects = { refused: "dvla-api-key", lost: "dvla-api-key-lost" } as const;

/**
 * Has DVLA make a new API key, on the first Tuesday of a month (`spec/letters.md` 9.1). DVLA alone knows the new one
 * until its answer is stored: that it was asked for is noted before, so that one which a worker took with it is missed
 * at once, and not when no letter is taken. Throws where another attempt may help.
 */
export async function rotateDvlaKey(deps: WorkerDeps, signal: AbortSignal, dueAt: string): Promise<string> {
  if (!isFirstTuesday(new Date(dueAt))) return "Not the day for it";
  return await rotate(deps, (dvla) => change(dvla, deps, { signal, dueAt: new Date(dueAt) }));
}

async function change(
  { credentials, sessions, door }: Dvla,
  { sql, log, now }: WorkerDeps,
  { signal, dueAt }: { signal: AbortSignal; dueAt: Date },
): Promise<string> {
  const { apiKeyChangedAt, askedForApiKey } = await credentials.read();
  if (apiKeyChangedAt && apiKeyChangedAt >= dueAt) return "Changed already";
  const access = await sessions.get(signal);
  if (access.outcome !== "given") throw new Error(`Cannot change DVLA's API key: ${access.reason}`);

  await credentials.noteAskingForApiKey(now());
  const answer = await newApiKey(door, access.value.headers, signal);
  switch (answer.outcome) {
    case "given":
      await credentials.changeApiKey(answer.value, now());
      // It holds the key that was.
      sessions.drop(access.value);
      for (const subject of Object.values(subjects)) await resolveAlert(sql, subject, now());
      log.info({}, "DVLA's API key was changed");
      return "Changed";
    case "unavailable":
      throw new Error(`Cannot change DVLA's API key: ${answer.reason}`);
    case "refused":
      sessions.drop(access.value);
      // Where an answer may have been lost, the note stays: our key is void.
      if (!askedForApiKey) await credentials.forgetAskingForApiKey();
      log.error({ reason: answer.reason, askedForApiKey }, "DVLA refused us a new API key");
      await raiseAlert(sql, {
        subject: askedForApiKey ? subjects.lost : subjects.refused,
        severity: askedForApiKey ? "page" : "ticket",
        title: askedForApiKey ? "DVLA's new API key was lost" : "DVLA refused us a new API key",
        facts: { reason: answer.reason, remedy: "Have DVLA make one, and set DVLA_HTTP_API_KEY" },
        at: now(),
      });
      return answer.reason;
  }
}
