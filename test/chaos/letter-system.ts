import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type Cipher, createCipher } from "../../shared/encryption.ts";
import { createService } from "../../shared/service/setup.ts";
import { postgresStorage } from "../../shared/storage/postgres.ts";
import { openHostKey } from "../sandbox/dvla/host-key.ts";
import { type JournalEntry, readJournal } from "../sandbox/dvla/journal.ts";
import { freePort } from "../support/free-port.ts";
import { storeLetters } from "../support/letters.ts";
import { assertNoSecrets } from "../support/log-secrets.ts";
import { createPart, type Part } from "./part.ts";

/** A worker and a printer in processes of their own, and letters for them. */
export interface LetterSystem extends AsyncDisposable {
  worker: Part;
  printer: Part;
  sql: Pool;
  /** Stores letters of a few services and postages; answers their ids by what the printer knows them by. */
  addLetters(count: number): Promise<Map<string, string>>;
  /** Each zip that came whole, with the references in it. */
  zips(): { name: string; references: string[] }[];
}

/** Resolves when both are ready. Batches are small, so that there are many. */
export async function openLetterSystem({
  databaseUrl,
  picksUp,
}: {
  /** Migrated. */
  databaseUrl: string;
  /** Whether the printer takes zips out of the folder. */
  picksUp: boolean;
}): Promise<LetterSystem> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "pillarbox-chaos-letters-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const { fingerprint } = await openHostKey(join(dir, "host-key"));
  const [printerPort, controlPort, metricsPort] = [freePort(), freePort(), freePort()];
  const key = new Uint8Array(32).fill(5);

  const printer = createPart({
    name: "printer",
    script: "test/chaos/printer-process.ts",
    port: controlPort,
    logFolder: dir,
    env: {
      PRINTER_PORT: String(printerPort),
      PRINTER_DIR: dir,
      PRINTER_PICKS_UP: String(picksUp),
      CONTROL_PORT: String(controlPort),
    },
  });
  const worker = createPart({
    name: "worker",
    script: "worker/main.ts",
    port: metricsPort,
    logFolder: dir,
    env: {
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEYS: `chaos:${Buffer.from(key).toString("base64")}`,
      WORKER_METRICS_PORT: String(metricsPort),
      DVLA_SFTP_HOST: "127.0.0.1",
      DVLA_SFTP_PORT: String(printerPort),
      DVLA_SFTP_USER: "notify",
      DVLA_SFTP_PASSWORD: "sandbox-printer",
      DVLA_SFTP_HOST_KEYS: fingerprint,
      DVLA_SFTP_TIMEOUT_MS: "3000",
      LETTER_BATCH_COUNT: "12",
    },
  });
  const sql = openDatabase(databaseUrl, { name: "chaos", connections: 3, statementTimeoutMs: 20_000 });
  stack.defer(() => sql.end({ timeout: 1 }));
  stack.defer(async () => {
    await Promise.all([worker.kill(), printer.kill()]);
    assertNoSecrets([worker.log()], new Map([["Ada Archer", "a recipient"]]));
  });
  const cipher = await createCipher([{ id: "chaos", bytes: key }]);
  const services = await addServices(sql);
  for (const part of [printer, worker]) part.start();
  await Promise.all([printer.ready(), worker.ready()]);
  const everything = stack.move();

  return {
    worker,
    printer,
    sql,
    addLetters: (count) => addLetters({ sql, cipher, services }, count),
    zips: () =>
      readJournal(join(dir, "journal"))
        .filter((entry): entry is JournalEntry & { type: "zip" } => entry.type === "zip")
        .map(({ name, letters }) => ({ name, references: letters.map(({ reference }) => reference) })),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function addServices(sql: Pool): Promise<string[]> {
  const services: string[] = [];
  for (const name of ["Town Hall", "Library", "Harbour"]) {
    services.push(await createService(sql, { name, restricted: false, smsSender: "Chaos", replyTo: null }));
  }
  return services;
}

async function addLetters(
  { sql, cipher, services }: { sql: Pool; cipher: Cipher; services: readonly string[] },
  count: number,
): Promise<Map<string, string>> {
  const storage = postgresStorage(sql, { timeoutMs: 10_000 });
  const facts = Array.from({ length: count }, (_, n) => ({
    serviceId: services[n % services.length] ?? "",
    postage: n % 2 === 0 ? ("first" as const) : ("second" as const),
    bytes: 5000 + (n % 7) * 4000,
  }));
  const letters = await storeLetters({ sql, cipher, storage, service: { id: services[0] ?? "" } }, facts);
  return new Map(letters.map(({ id, reference }) => [reference, id]));
}
