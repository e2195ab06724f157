import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { untilGone } from "./run.ts";

export interface Folder extends AsyncDisposable {
  path: string;
}

/**
 * A folder of its own, which everybody may enter, for Postgres runs as another user than root. Removed when nobody
 * uses it any more.
 */
export async function temporaryFolder(): Promise<Folder> {
  // With a space, as people have them.
  const path = await mkdtemp(join(tmpdir(), "pillarbox start-"));
  await Bun.$`chmod 755 ${path}`;
  return {
    path,
    async [Symbol.asyncDispose]() {
      await untilGone(path);
      await rm(path, { recursive: true, force: true });
    },
  };
}
