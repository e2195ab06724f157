import * as v from "valibot";
import { type Config, readConfig } from "../../../shared/config.ts";
import { openDatabase } from "../../../shared/database.ts";
import { createCipher } from "../../../shared/encryption.ts";
import { openStorage } from "../../../shared/storage/open.ts";
import { bareCommand, Flag, jsonOption, type Surroundings } from "../command.ts";
import { printRows } from "../print.ts";
import { checkDatabase, checkKeys, checkListener, checkMigrations, checkPlatform } from "./database.ts";
import { type Finding, fault, inWords, ok } from "./finding.ts";
import { checkApi, checkLetters, checkProviders, checkStorage } from "./outside.ts";
import { checkAlerts, checkQueues, checkSchedules, checkWorkers } from "./work.ts";

export const doctorCommand = bareCommand({
  name: "doctor",
  description:
    "Look at everything Pillarbox needs and say what to do about what is amiss; exits with 1 where something does not work. Changes nothing: bun run cli doctor --json",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { env, print, note }) {
    const findings = await examine(env, (check) => note(`Looking at ${check}`));
    printRows(findings, { print, json, nothing: "Nothing was looked at" });
    const faults = findings.filter(({ result }) => result === "fault").length;
    if (faults > 0) throw new Error(`${faults} of ${findings.length} checks found a fault`);
  },
});

/** Goes on as far as it can: what needs what is amiss is not looked at. */
async function examine(env: Surroundings["env"], looking: (check: string) => void): Promise<Finding[]> {
  looking("the configuration");
  let config: Config;
  try {
    config = readConfig(env);
  } catch (error) {
    return [
      fault("configuration", inWords(error), "Set what it names; shared/config.ts lists every setting"),
    ];
  }
  const read = ok("configuration", `Environment ${config.environment}`);
  const sql = openDatabase(config.databaseUrl, {
    name: "pillarbox doctor",
    connections: 2,
    statementTimeoutMs: 10_000,
    pooler: config.databasePooler,
  });
  try {
    looking("the database");
    const database = await checkDatabase(sql);
    if (database.some(({ check, result }) => check === "database" && result === "fault")) {
      return [read, ...database];
    }
    const migrations = await checkMigrations(sql);
    if (migrations.result === "fault") return [read, ...database, migrations];
    const cipher = await createCipher(config.encryptionKeys);
    const storage = openStorage(config.storage, sql);
    const findings = [read, ...database, migrations, await checkKeys(sql, cipher)];
    findings.push(await checkPlatform(sql), await checkListener(sql, config.databasePooler));
    looking("the queues and schedules");
    findings.push(await checkWorkers(sql), ...(await checkQueues(sql)));
    findings.push(...(await checkSchedules(sql, new Date())), await checkAlerts(sql));
    looking("the storage, the API and the providers");
    const outside = await Promise.all([
      checkStorage(storage),
      checkApi(config),
      checkProviders(sql, config),
      checkLetters(config),
    ]);
    return [...findings, ...outside.flat()];
  } finally {
    await sql.end({ timeout: 1 });
  }
}
