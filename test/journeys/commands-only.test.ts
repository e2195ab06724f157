import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { scrypt } from "../../api/serve.scrypt.ts";
import { startApi } from "../../api/start.ts";
import { readConfig } from "../../shared/config.ts";
import { startWorker } from "../../worker/worker.ts";
import { startSandbox } from "../sandbox/sandbox.ts";
import { createListLog } from "../support/list-log.ts";
import { emptyDatabase } from "../support/postgres.ts";

const root = resolve(import.meta.dir, "../..");

/** Runs one command as an operator does; answers what it printed. Throws where it ends with another code than 0. */
async function run(argv: readonly string[], env: Record<string, string>): Promise<string> {
  const child = Bun.spawn([process.execPath, ...argv], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  if ((await child.exited) !== 0) throw new Error(`${argv.join(" ")}: ${err}`);
  return out.trim();
}

test("from an empty database to a message delivered, by commands alone", async () => {
  await using database = await emptyDatabase();
  let handle: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 });
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => handle(request) });
  const apiUrl = `http://127.0.0.1:${server.port}`;
  await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl } });
  const env = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `first:${Buffer.alloc(32, 5).toString("base64")}`,
    API_HOST: apiUrl,
    MMG_URL: `${sandbox.url}/mmg`,
    MMG_API_KEY: "key",
    FIRETEXT_URL: `${sandbox.url}/firetext`,
    FIRETEXT_API_KEY: "key",
    SES_URL: `${sandbox.url}/ses`,
    SES_ACCESS_KEY_ID: "id",
    SES_SECRET_ACCESS_KEY: "secret",
    SES_TOPIC_ARNS: "arn:aws:sns:eu-west-1:000000000000:sandbox",
    SNS_TRUSTED_ORIGINS: sandbox.url,
  };
  const cli = (...argv: string[]) => run(["worker/cli.ts", ...argv], env);

  await run(["sql/migrate.ts"], env);
  const config = readConfig(env);
  const { log } = createListLog();
  const api = await startApi({ config, log, scrypt });
  handle = (request) => api.app.fetch(request);
  const worker = await startWorker({ config, log });
  try {
    // What an operator sets up.
    const service = await cli("service", "create", "Town Hall", "--live", "--sms-sender", "TownHall");
    const [template] = await Promise.all([
      cli("template", "create", service, "--type=sms", "--name=Visit", "--content", "Hello ((name))"),
      cli("key", "create", service, "operator", "--type", "normal"),
      cli("key", "create", service, "tests", "--type", "test"),
    ]);
    await cli("platform", "setup");
    const values = JSON.stringify({ name: "Ada" });

    // What is sent, and what is only looked at.
    const preview = await cli("send", template, "--to", "07700900123", "--values", values, "--dry-run");
    const id = await cli("send", template, "--to", "07700900123", "--values", values);
    const steps = await cli("tail", id, "--until-over", "--seconds", "30", "--every", "100", "--json");

    expect(preview).toBe("Hello Ada");
    expect(sandbox.messages("sms")).toMatchObject([{ body: "Hello Ada" }]);

    // What an operator sees of it.
    const [followed, findings] = await Promise.all([
      cli("tail", "--service", service, "--seconds", "0", "--json"),
      cli("doctor", "--json"),
    ]);
    const lines = (text: string) => text.split("\n").map((line) => JSON.parse(line));
    expect(lines(steps).map(({ event }) => event)).toEqual(["accepted", "attempt", "receipt"]);
    expect(lines(followed)).toMatchObject([{ id, status: "delivered", channel: "sms", service }]);
    expect(steps + followed + findings).not.toContain("07700900123");
    const amiss = JSON.parse(findings).filter(({ result }: { result: string }) => result !== "ok");
    expect(amiss.map(({ check }: { check: string }) => check)).toEqual(
      // It has only just started.
      amiss.map(() => "schedules"),
    );
  } finally {
    await worker.stop(5000);
    await api.close();
    await server.stop(true);
  }
}, 120_000);
