import { describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import { keys, openCli } from "./cli.ts";

const root = resolve(import.meta.dir, "../../..");
const encryptionKeys = `${keys.old.id}:${Buffer.from(keys.old.bytes).toString("base64")}`;

describe("bun run cli", () => {
  test("makes a service and a key that others can use, and takes a token from standard input", async () => {
    await using cli = await openCli();
    const env = { DATABASE_URL: cli.url, ENCRYPTION_KEYS: encryptionKeys };

    const service = await start(["service", "create", "Town Hall"], { env });
    const id = service.out.trim();
    const key = await start(["key", "create", id, "web", "--type", "test"], { env });
    const callback = await start(["callback", "set", id, "--url", "https://hall.example"], {
      env,
      input: "a-secret-token\n",
    });

    expect(service).toMatchObject({ code: 0, err: "" });
    expect(key).toMatchObject({ code: 0, err: "" });
    expect(key.out).toMatch(new RegExp(`^web-${id}-[0-9a-f-]{36}\n$`));
    expect(callback).toMatchObject({ code: 0, err: "" });
    expect(callback.out).toStartWith(`Callbacks of ${id} go to hall.example\n`);
    expect(await cli.sql`select from service_callback_api`).toHaveLength(1);
  });

  test("ends with 1 and one line where it cannot do it", async () => {
    await using cli = await openCli();
    const env = { DATABASE_URL: cli.url, ENCRYPTION_KEYS: encryptionKeys };

    const unset = await start(["queues"], { env: {} });
    const away = await start(["queues"], {
      env: { ...env, DATABASE_URL: "postgres://someone:secret-word@127.0.0.1:1/none" },
    });
    const wrong = await start(["queues"], {
      env: { ...env, DATABASE_URL: "postgres://x:secret-word@[/none" },
    });
    const short = await start(["queues"], { env: { ...env, ENCRYPTION_KEYS: "old:c2VjcmV0LXdvcmQ=" } });
    const none = await start(["template", "show", crypto.randomUUID()], { env });

    expect(unset.err).toBe(
      "Cannot find the database: set DATABASE_URL and ENCRYPTION_KEYS to those of the API and worker\n",
    );
    expect(away.err).toStartWith("Cannot reach the database: ");
    expect(wrong.err).toStartWith("Cannot read the environment: DATABASE_URL: must be a URL");
    expect(short.err).toStartWith("Cannot read the environment: ENCRYPTION_KEYS: must be id:key");
    for (const { code, out, err } of [unset, away, wrong, short, none]) {
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(/^Cannot [^\n]+\n$/);
      expect(err).not.toContain("secret-word");
    }
  });

  test("says that the database is not migrated", async () => {
    await using cli = await openCli();
    await cli.sql`drop table pillarbox_migrations`;

    const answer = await start(["queues"], {
      env: { DATABASE_URL: cli.url, ENCRYPTION_KEYS: encryptionKeys },
    });

    expect(answer.code).toBe(1);
    expect(answer.err).toContain('run "bun run migrate"');
  });
});

describe("help", () => {
  test("needs no database, shows every command and is plain text", async () => {
    const overview = await start(["--help"], { env: {} });
    const command = await start(["template", "create", "--help"], { env: {} });

    expect(overview).toMatchObject({ code: 0, err: "" });
    for (const group of [
      "service",
      "key",
      "template",
      "callback",
      "provider",
      "queues",
      "notification",
      "keys",
    ]) {
      expect(overview.out).toContain(group);
    }
    expect(command).toMatchObject({ code: 0, err: "" });
    expect(command.out).toContain("bun run cli template create");
    expect(command.out).toContain("--subject");
    expect(overview.out + command.out).not.toContain("\u001b");
  });

  test.each([[[]], [["service"]]])(
    "is shown on standard error where a command is missing: %j",
    async (argv) => {
      await using cli = await openCli();

      const { code, out, err } = await cli.run(...argv);

      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain("COMMANDS");
    },
  );

  test.each(["service", "key", "template", "callback", "provider", "queues", "notification", "keys"])(
    "of %s names each of its commands, and each has its own",
    async (group) => {
      await using cli = await openCli();

      const { code, out } = await cli.run(group, "-h");

      expect(code).toBe(0);
      expect(out).toContain(`USAGE bun run cli ${group} `);
      const [, list = ""] = out.split("COMMANDS");
      const names = [...list.matchAll(/^ +([a-z]+) {2}/gm)].map(([, name = ""]) => name);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) {
        const help = await cli.run(group, name, "--help");
        expect(help).toMatchObject({
          code: 0,
          err: "",
          out: expect.stringContaining(`bun run cli ${group} ${name}`),
        });
      }
    },
  );

  test.each([
    ["serivce", "bun run cli"],
    ["toString", "bun run cli"],
    ["service delete", "bun run cli service"],
    ["service constructor", "bun run cli service"],
  ])("is pointed to where %s is not known", async (line, nearest) => {
    await using cli = await openCli();

    const { code, err } = await cli.run(...line.split(" "));

    expect({ code, err }).toEqual({ code: 2, err: `Unknown command "${line}" (${nearest} --help)` });
  });
});

async function start(
  argv: string[],
  { env, input = "" }: { env: Record<string, string>; input?: string },
): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn([process.execPath, "worker/cli.ts", ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdin: new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}
