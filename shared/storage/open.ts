import type { Config } from "../config.ts";
import type { Pool } from "../database.ts";
import { postgresStorage } from "./postgres.ts";
import { s3Storage } from "./s3.ts";
import type { Storage } from "./storage.ts";

/** Postgres, unless S3 is configured. A file stays where it was put: one put before a change is not found after it. */
export function openStorage({ s3, timeoutMs }: Config["storage"], sql: Pool): Storage {
  return s3 ? s3Storage({ ...s3, timeoutMs }) : postgresStorage(sql, { timeoutMs });
}
