import { idIn } from "./client.ts";
import { readLedger } from "./ledger.ts";
import { openPostgres } from "./own-postgres.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

/** Providers' time-out is short, so that the run is; the first retry of a text is at once. One provider: MMG. */
export const noAnswerSettings = {
  SMS_TIMEOUT_MS: "1000",
  EMAIL_TIMEOUT_MS: "1000",
  FIRETEXT_API_KEY: "",
  LOG_LEVEL: "error",
};

export const noAnswer: Scenario = {
  describe: "providers take texts and never answer, with their receipts sent and lost",
  sends: 200,
  async run(options) {
    await using database = await openPostgres();
    await using system = await openSystem({ databaseUrl: database.url, env: noAnswerSettings });
    return await leaveUnanswered(system, options);
  },
};

/**
 * A text that a provider took without an answer is sent again, unless its receipt says before that that it arrived:
 * the one duplicate that a time-out can cost, and no more than one for each lost answer.
 */
export async function leaveUnanswered(system: System, { sends, say }: ScenarioOptions): Promise<Outcome> {
  const { sandbox } = system;
  const { client } = await system.addService("Chaos Council", "/callback");
  const half = Math.floor(sends / 2);
  const faults: string[] = [];

  async function round(name: string, expected: number): Promise<number> {
    const ids = new Set<string>();
    for (let n = 0; n < half; n++) ids.add(idIn(await client.sendSms(`${name}-${n}`)));
    let missing = ids.size;
    await until(
      () => {
        const { calledBack } = readLedger(sandbox);
        missing = [...ids].filter((id) => !calledBack.has(id)).length;
        return missing === 0;
      },
      { what: () => `All is called back (${missing} missing)`, timeoutMs: 60_000, everyMs: 100 },
    ).catch((error: Error) => faults.push(`${name}: ${error.message}`));
    sandbox.clearFaults();
    const { sent, calledBack } = readLedger(sandbox);
    const duplicates = [...ids].filter((id) => (sent.get(id) ?? 0) > 1).length;
    if (duplicates > expected) faults.push(`${name}: ${duplicates} duplicates`);
    const thrice = [...ids].filter((id) => (sent.get(id) ?? 0) > 2).length;
    if (thrice > 0) faults.push(`${name}: ${thrice} sent more than twice`);
    const repeated = [...ids].filter((id) => (calledBack.get(id) ?? 0) > 1).length;
    if (repeated > 0) faults.push(`${name}: ${repeated} called back twice`);
    return duplicates;
  }

  say(`${half} texts without an answer, receipts sent`);
  sandbox.setFault({ provider: "mmg", accept_without_answer: true, hang: true });
  const withReceipts = await round("answer lost", 0);

  say(`${half} texts, some without answer and receipt`);
  const lost = Math.floor(half / 2);
  sandbox.setFault({ provider: "mmg", accept_without_answer: true, hang: true, count: lost });
  sandbox.setFault({ provider: "receipts", hang: true, count: lost });
  const withoutReceipts = await round("answer and receipt lost", lost);
  return {
    figures: {
      sends: 2 * half,
      answers_lost: half + lost,
      receipts_lost: lost,
      duplicates_with_receipts: withReceipts,
      duplicates_without_receipts: withoutReceipts,
    },
    faults,
  };
}
