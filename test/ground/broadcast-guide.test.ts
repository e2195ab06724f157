import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { networks } from "../../shared/broadcast/broadcast.ts";
import { alertSettings } from "../../shared/config/alerts.ts";
import { broadcastSettings } from "../../shared/config/broadcasts.ts";
import type { Demo } from "../start/demo.ts";
import { type Folder, temporaryFolder } from "../start/tests/folder.ts";
import { mainCommand, ownEnvironment, type Run, root, run } from "../start/tests/run.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(120_000);

const guide = await Bun.file(join(root, "worker/broadcasts/GUIDE.md")).text();
const shell = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);
const quoted = [...guide.matchAll(/`([^`\n]+)`/g)].map(([, words = ""]) => words);

/** What the only block with these words says. */
function blockWith(words: string): string {
  const [block, ...others] = shell.filter((text) => text.includes(words));
  if (block === undefined || others.length > 0) throw new Error(`Not one block has "${words}"`);
  return block;
}

describe("worker/broadcasts/GUIDE.md", () => {
  test("is short", () => {
    expect(guide.split("\n").length).toBeLessThan(150);
  });

  test("names every setting of alerts, and none that does not exist", () => {
    const known = new Set([...Object.keys(broadcastSettings), ...Object.keys(alertSettings)]);
    const named = new Set(
      quoted.flatMap((words) => words.match(/\b(?:CBC|BROADCAST|GOVUK|ALERT|ZENDESK)_[A-Z0-9_]+/g) ?? []),
    );

    expect([...named].filter((setting) => !known.has(setting))).toEqual([]);
    expect(Object.keys(broadcastSettings).filter((setting) => !named.has(setting))).toEqual([]);
  });
});

const Listed = v.object({
  messages: v.array(v.object({ provider: v.string(), subject: v.string() })),
});

// One after the other, in a folder that has our packages and the data, as a clone has.
describe("worker/broadcasts/GUIDE.md, tried", () => {
  let folder: Folder;
  let started: Run;
  let demo: Demo;
  let alert: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await symlink(join(root, "node_modules"), join(folder.path, "node_modules"));
    started = run({ dataDir: join(folder.path, ".data"), command: mainCommand });
    demo = await started.untilReady();
  });
  afterAll(async () => {
    started.interrupt();
    await started.exited;
    await folder[Symbol.asyncDispose]();
  });

  async function type(command: string, cwd: string) {
    const child = Bun.spawn(["sh", "-c", command], {
      cwd,
      env: ownEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code: await child.exited, out, err };
  }

  async function untilTold(subject: "alert" | "cancel", those: readonly string[]): Promise<void> {
    await until(
      async () => {
        const response = await fetch(`${demo.sandbox_url}/messages?channel=broadcast`);
        const { messages } = v.parse(Listed, await response.json());
        const told = messages.filter((message) => message.subject === subject);
        return Bun.deepEquals(told.map(({ provider }) => provider).sort(), [...those].sort());
      },
      `${those.join(", ")} were told of the ${subject}`,
    );
  }

  /** A line of the block of commands, against the demo. */
  async function command(words: string, { alert, event = "" }: { alert: string; event?: string }) {
    const [line = "", ...others] = blockWith("cli broadcast")
      .split("\n")
      .filter((each) => each.includes(words));
    expect(others).toEqual([]);
    expect(line).toStartWith("bun run cli broadcast ");
    const here = line.replace("bun run cli", `bun --env-file='${join(folder.path, ".data/env")}' run cli`);
    return await type(here.replace("ALERT", alert).replace("EVENT", event), root);
  }

  test("a service asks for an alert", async () => {
    const { code, out, err } = await type(blockWith("/v2/broadcast"), folder.path);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toStartWith("201 ");
    expect(out).toContain('"pending-approval"');
  });

  test("a person approves it, and every network is told but one that refuses", async () => {
    const refusal = {
      provider: "ee-1-proxy",
      status: 422,
      body: '{"errorType": "CBCValidationError"}',
      count: 1,
    };
    await fetch(`${demo.sandbox_url}/faults`, { method: "POST", body: JSON.stringify(refusal) });

    const { code, out, err } = await type(blockWith("approver"), folder.path);
    await untilTold("alert", ["o2", "three", "vodafone"]);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain('status: "broadcasting"');
    [, alert = ""] = /\bid: "([0-9a-f-]{36})"/.exec(out) ?? [];
  });

  test("its commands show how far it is, have it sent again, and call it off", async () => {
    const listed = await command("list", { alert });
    let event = "";
    await until(async () => {
      const { out } = await command("show", { alert });
      [, event = ""] = /([0-9a-f-]{36}).* ee +returned-error/.exec(out) ?? [];
      return event !== "";
    }, "the network has refused it");
    const dry = await command("--dry-run", { alert, event });
    const replayed = await command("--reason", { alert, event });
    await untilTold("alert", networks);
    const again = await command("--dry-run", { alert, event });
    const cancelled = await command("cancel", { alert });
    await untilTold("cancel", networks);
    const tested = await command("link-test", { alert });

    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining(alert) });
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('"identifier"') });
    expect(replayed).toMatchObject({ code: 0, out: `Queued event ${event} for ee\n` });
    expect(again.out).toContain("It is in status returned-ack");
    expect(cancelled).toMatchObject({ code: 0, out: expect.stringContaining(`Cancelled ${alert}`) });
    expect(tested).toMatchObject({ code: 0, out: expect.stringContaining("vodafone-2-proxy") });
  });
});
