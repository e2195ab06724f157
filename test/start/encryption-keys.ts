import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { toBase64 } from "../../shared/base64.ts";
import { parseKeys } from "../../shared/config/values.ts";
import type { Pool } from "../../shared/database.ts";
import { createCipher, type EncryptionKey } from "../../shared/encryption.ts";
import { apiKeySecretOf } from "../../shared/service/queries.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * The value of ENCRYPTION_KEYS: the one given, else the data folder's own, made at the first start. Throws where what
 * the database holds was encrypted with others: new keys would make it unreadable for good.
 */
export async function openEncryptionKeys(dataDir: string, sql: Pool): Promise<string> {
  const path = join(dataDir, "encryption-keys");
  const given = process.env.ENCRYPTION_KEYS;
  const name = given ? "ENCRYPTION_KEYS" : path;
  const afresh = process.env.DATABASE_URL
    ? "give an empty database"
    : `remove ${join(dataDir, "postgres")} to start afresh`;

  const text = given || (await readKept(path));
  const secret = await findSecret(sql);
  if (text === null) {
    if (secret)
      throw new Error(
        `Cannot start: ${path} is missing, which opens what the database holds; put it back, or ${afresh}`,
      );
    const made = `demo:${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`;
    await writeWhole(path, `${made}\n`);
    return made;
  }
  const keys = parseKeys(text);
  if (!keys) {
    throw new Error(
      `Cannot start: ${name} must hold id:key[,id:key], the keys being base64 of 32 bytes; mend it, or ${afresh}`,
    );
  }
  if (secret && !(await opens(keys, secret))) {
    throw new Error(
      `Cannot start: ${name} does not open what the database holds; put back the one that did, or ${afresh}`,
    );
  }
  return text;
}

async function readKept(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new Error(`Cannot start: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Secret {
  id: string;
  secret: string;
}

async function findSecret(sql: Pool): Promise<Secret | undefined> {
  const [row] = await sql<Secret[]>`select id, secret from api_keys order by created_at limit 1`;
  return row;
}

async function opens(keys: EncryptionKey[], { id, secret }: Secret): Promise<boolean> {
  const cipher = await createCipher(keys);
  return cipher.decrypt(secret, apiKeySecretOf(id)).then(
    () => true,
    () => false,
  );
}
