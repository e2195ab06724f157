import { join } from "node:path";

const shared = join(import.meta.dir, "../../shared");

/** The sources in which every setting stands. */
export async function settingsText(): Promise<string> {
  const files = ["config.ts", ...new Bun.Glob("config/*.ts").scanSync({ cwd: shared })];
  const texts = await Promise.all(files.map((file) => Bun.file(join(shared, file)).text()));
  return texts.join("\n");
}
