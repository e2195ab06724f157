import { readConfig } from "../../../shared/config.ts";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { parseRange } from "../../../shared/egress/address.ts";
import { checkCallbackUrl } from "../../../shared/egress/callback-url.ts";
import { type Cipher, createCipher } from "../../../shared/encryption.ts";
import { createService } from "../../../shared/service/setup.ts";
import { postgresStorage } from "../../../shared/storage/postgres.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { createCallCbc } from "../../../worker/broadcasts/cbc-proxy.ts";
import { runCli } from "../../../worker/commands/run.ts";
import { testDatabase } from "../../support/postgres.ts";

export interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Operators' commands on a database of their own, in this process. */
export interface Cli extends AsyncDisposable {
  url: string;
  sql: Pool;
  cipher: Cipher;
  run(...argv: string[]): Promise<Answer>;
  /** With something on standard input, under other keys, or where callbacks may reach an address. */
  runWith(given: Given, ...argv: string[]): Promise<Answer>;
  service(name?: string): Promise<string>;
  template(serviceId: string): Promise<string>;
}

interface Given {
  input?: string;
  cipher?: Cipher;
  /** As `CALLBACK_ALLOWED_CIDRS`. */
  allowed?: readonly string[];
  /** Settings that emergency alerts leave by. */
  /** The process's settings. */
  env?: Record<string, string>;
}

export const keys = {
  old: { id: "old", bytes: new Uint8Array(32).fill(1) },
  new: { id: "new", bytes: new Uint8Array(32).fill(2) },
};

/** An id that nothing has. */
export const unknownId = "99999999-9999-4999-8999-999999999999";

export async function openCli(): Promise<Cli> {
  const database = await testDatabase();
  const sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  const ownCipher = await createCipher([keys.old]);

  const runWith: Cli["runWith"] = async (
    { input = "", cipher = ownCipher, allowed = [], env = {} },
    ...argv
  ) => {
    const out: string[] = [];
    const err: string[] = [];
    const print = (text: string) => void out.push(text);
    const note = (text: string) => void err.push(text);
    const ranges = allowed.map(parseRange).filter((range) => range !== null);
    const callbackUrlFault = (url: string) =>
      checkCallbackUrl(url, { allowed: ranges, allowsPlainHttp: false });
    const storage = postgresStorage(sql, { timeoutMs: 10_000 });
    const { broadcasts: config } = readConfig({
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: `old:${Buffer.from(keys.old.bytes).toString("base64")}`,
      ...env,
    });
    const broadcasts = { config, callCbc: createCallCbc(config.cbc) };
    const deps = {
      sql,
      cipher,
      storage,
      broadcasts,
      callbackUrlFault,
      print,
      note,
      readInput: async () => input,
    };
    const code = await runCli(argv, { print, note, env, use: (work) => work(deps) });
    return { code, out: out.join("\n"), err: err.join("\n") };
  };

  return {
    url: database.url,
    sql,
    cipher: ownCipher,
    runWith,
    run: (...argv) => runWith({}, ...argv),
    service: (name = "Town Hall") =>
      createService(sql, { name, restricted: true, smsSender: "TownHall", replyTo: null }),
    template: (serviceId) =>
      createTemplate(sql, { serviceId, name: "Text", type: "sms", content: "Hello ((name))", subject: null }),
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}
