import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { utils } from "ssh2";

export interface HostKey {
  /** In OpenSSH's form. */
  privateKey: string;
  /** As `ssh-keygen -l` shows it. */
  fingerprint: string;
}

/** The key of this file, which is made where there is none. */
export async function openHostKey(path: string): Promise<HostKey> {
  if (!existsSync(path)) await writeFile(path, newHostKey().privateKey, { mode: 0o600 });
  return withFingerprint(await readFile(path, "utf8"));
}

export function newHostKey(): HostKey {
  for (;;) {
    // About one in six hundred of those that the library writes it cannot read.
    const { private: privateKey } = utils.generateKeyPairSync("ed25519");
    if (!(utils.parseKey(privateKey) instanceof Error)) return withFingerprint(privateKey);
  }
}

function withFingerprint(privateKey: string): HostKey {
  const key = utils.parseKey(privateKey);
  if (key instanceof Error) throw new Error("Cannot read the host key", { cause: key });
  const hash = createHash("sha256").update(key.getPublicSSH()).digest("base64");
  return { privateKey, fingerprint: `SHA256:${hash.replace(/=+$/, "")}` };
}
