import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";

/** Reads or writes what an internal route is about. Throws `Busy` where the database takes too long. */
export type Ask = <T>(work: (sql: Pool, cipher: Cipher) => Promise<T>) => Promise<T>;
