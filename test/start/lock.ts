import { Database, SQLiteError } from "bun:sqlite";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * Takes the data folder for this process, made where it is missing. Throws where another start has it. SQLite's lock
 * and not a file with a process id: the system gives it back however the process ends.
 */
export async function lockFolder(dataDir: string): Promise<Disposable> {
  const path = join(dataDir, "start.lock");
  await mkdir(dataDir, { recursive: true }).catch((error: unknown) => {
    throw new Error(`Cannot start: ${dataDir} cannot be made: ${reason(error)}`);
  });
  try {
    const database = new Database(path);
    database.run("pragma locking_mode = exclusive");
    database.run("begin exclusive");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") {
      throw new Error(
        `Cannot start: another "bun start" uses ${dataDir}; choose another folder with PILLARBOX_DATA_DIR`,
      );
    }
    throw new Error(`Cannot start: ${path} cannot be locked: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
