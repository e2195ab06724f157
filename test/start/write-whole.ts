import { rename, writeFile } from "node:fs/promises";

/** Writes a file for its owner alone, which is never seen half written. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
