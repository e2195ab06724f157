import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { groups } from "../../worker/commands/groups.ts";
import { settingsText } from "../support/settings.ts";

const root = join(import.meta.dir, "../..");
const guides = [
  "api/console/GUIDE.md",
  "worker/letters/GUIDE.md",
  "worker/providers/GUIDE.md",
  "worker/RUNNING.md",
];

/** `What stands between backticks`. */
async function quotedIn(guide: string): Promise<string[]> {
  const text = (await Bun.file(join(root, guide)).text()).replaceAll(/^```.*?^```$/gms, "");
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, words = ""]) => words);
}

describe.each(guides)("%s", (guide) => {
  test("names no setting that does not exist", async () => {
    const known = await settingsText();
    const settings = (await quotedIn(guide)).flatMap((words) => words.match(/^[A-Z]+(?:_[A-Z]+)+/) ?? []);

    expect(settings.length).toBeGreaterThan(2);
    for (const setting of settings)
      expect([setting, known.includes(`  ${setting}: `)]).toEqual([setting, true]);
  });

  test("names no command that does not exist", async () => {
    const named = (await quotedIn(guide)).flatMap((words) => {
      const [, group = "", name = ""] = /^(?:bun run cli )?([a-z][a-z-]+) ([a-z][a-z-]+)/.exec(words) ?? [];
      return Object.hasOwn(groups, group) ? [{ group, name }] : [];
    });

    expect(named.length).toBeGreaterThan(2);
    for (const { group, name } of named) {
      expect([group, name, Object.hasOwn(groups[group]?.commands ?? {}, name)]).toEqual([group, name, true]);
    }
  });
});
