import { readConfig } from "../shared/config.ts";
import { openDatabase } from "../shared/database.ts";
import { checkCallbackHost } from "../shared/egress/callback-url.ts";
import { createCipher } from "../shared/encryption.ts";
import { assertMigrated } from "../shared/migrations.ts";
import { openStorage } from "../shared/storage/open.ts";
import { createCallCbc } from "./broadcasts/cbc-proxy.ts";
import { UsageError, type Use } from "./commands/command.ts";
import { runCli } from "./commands/run.ts";
import { createResolver } from "./egress/resolve.ts";
import { openSealed } from "./open-sealed.ts";

/** For a person or a script, once. */
const use: Use = async (work) => {
  const { DATABASE_URL, ENCRYPTION_KEYS } = process.env;
  if (!DATABASE_URL || !ENCRYPTION_KEYS) {
    throw new Error(
      "Cannot find the database: set DATABASE_URL and ENCRYPTION_KEYS to those of the API and worker",
    );
  }
  const config = readConfig(process.env);
  const { policy, dnsServers: servers } = config.egress;
  const resolve = createResolver({ servers, timeoutMs: config.callbacks.timeoutMs });
  const sql = openDatabase(config.databaseUrl, {
    name: "pillarbox cli",
    connections: 2,
    statementTimeoutMs: 60_000,
    pooler: config.databasePooler,
  });
  try {
    await assertMigrated(sql);
    await work({
      sql,
      cipher: await createCipher(config.encryptionKeys, { open: openSealed }),
      storage: openStorage(config.storage, sql),
      broadcasts: { config: config.broadcasts, callCbc: createCallCbc(config.broadcasts.cbc) },
      callbackUrlFault: (url) => checkCallbackHost(url, policy, resolve),
      print,
      note,
      readInput,
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
};

function print(text: string): void {
  console.log(text);
}

function note(text: string): void {
  console.error(text);
}

async function readInput(): Promise<string> {
  // A terminal would show what is typed.
  if (process.stdin.isTTY) throw new UsageError("Nothing on standard input: pipe it in, or give the option");
  return await Bun.stdin.text();
}

process.exitCode = await runCli(process.argv.slice(2), { print, note, env: process.env, use });
