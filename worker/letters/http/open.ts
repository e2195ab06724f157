import type { Config } from "../../../shared/config.ts";
import type { Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { createCredentialStore } from "./credentials.ts";
import { type Dvla, openDvla } from "./dvla.ts";

/** DVLA by HTTP; null where nobody can sign in there. */
export function openDvlaHttp(
  http: Config["letters"]["http"],
  { sql, cipher, now }: { sql: Pool; cipher: Cipher; now: () => Date },
): Dvla | null {
  return http && openDvla(http, { credentials: createCredentialStore(sql, cipher, http), now });
}
