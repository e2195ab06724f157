import { Database, SQLiteError } from "bun:sqlite";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Takes the data folder for this process, made where it is missing. Throws where another start has it. SQLite's lock
 * and not a file with a process id: the system gives it back however the process ends.
 */
export async function lockFolder(dataDir: string): Promise<Disposable> {
  try {
    await mkdir(dataDir, { recursive: true });
    const database = new Database(join(dataDir, "start.lock"));
    database.run("pragma locking_mode = exclusive");
    database.run("begin exclusive");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") {
      throw new Error(
        `Cannot start: another "bun start" uses ${dataDir}; choose another folder with PILLARBOX_DATA_DIR`,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot start: ${dataDir} cannot be used: ${why}`);
  }
}
