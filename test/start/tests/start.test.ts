import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { NotifyClient } from "notifications-node-client";
import * as v from "valibot";
import { until } from "../../chaos/until.ts";
import { testDatabase } from "../../support/postgres.ts";
import type { Demo } from "../demo.ts";
import { assertFree } from "../ports.ts";
import { type Folder, temporaryFolder } from "./folder.ts";
import {
  mainCommand,
  ordinaryUser,
  ownEnvironment,
  processesOf,
  type Run,
  root,
  run,
  untilGone,
} from "./run.ts";
import { untilListed } from "./sandbox-messages.ts";

setDefaultTimeout(120_000);

const personalisation = { name: "Ada", day: "Monday", time: "9am" };

/** Of what the client's `data` is, which its types leave open. */
const Data = v.looseObject({
  id: v.string(),
  status: v.optional(v.string()),
  body: v.optional(v.string()),
});

async function dataOf(answer: Promise<{ data: unknown }>) {
  return v.parse(Data, (await answer).data);
}

/** What one of the programs says that the start prints for copying; counts from 0. */
async function runPrinted(started: Run, which: number): Promise<string> {
  const programs = [...started.stdout().matchAll(/^ {2}bun -e '$(.*?)^ {2}'$/gms)];
  const request = Bun.spawn([process.execPath, "-e", programs[which]?.[1] ?? ""], {
    cwd: root,
    env: ownEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  return await new Response(request.stdout).text();
}

async function untilPortsFree({ ports }: Run): Promise<void> {
  for (const [setting, port] of Object.entries(ports)) await assertFree(port, setting);
}

// One after the other, on one data folder.
describe("bun start", () => {
  let folder: Folder;
  let dataDir: string;
  let started: Run;
  let demo: Demo;
  let textId: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    dataDir = join(folder.path, "the data");
    started = run({ dataDir });
    demo = await started.untilReady();
  });

  afterAll(async () => {
    await started[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("makes everything from nothing, saying what it does, and prints addresses and keys", () => {
    const { API_PORT, SANDBOX_PORT } = started.ports;
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);

    expect(demo).toEqual({
      api_url: `http://localhost:${API_PORT}`,
      sandbox_url: `http://127.0.0.1:${SANDBOX_PORT}`,
      service_id: id,
      api_keys: {
        normal: expect.stringMatching(new RegExp(`^demo-normal-${demo.service_id}-[0-9a-f-]{36}$`)),
        team: expect.stringMatching(new RegExp(`^demo-team-${demo.service_id}-[0-9a-f-]{36}$`)),
        test: expect.stringMatching(new RegExp(`^demo-test-${demo.service_id}-[0-9a-f-]{36}$`)),
      },
      templates: { sms: id, email: id, letter: id },
      callback: { url: `http://127.0.0.1:${SANDBOX_PORT}/callback`, bearer_token: id },
      inbound_number: expect.stringMatching(/^07700900[5-9]\d\d$/),
      admin: { client_id: "notify-admin", secret: id },
      broadcast: {
        service_id: id,
        api_key: expect.stringMatching(
          new RegExp(`^demo-alerts-${demo.broadcast.service_id}-[0-9a-f-]{36}$`),
        ),
        channel: "test",
        user_ids: { creator: id, approver: id },
      },
      console: {
        url: `http://localhost:${API_PORT}/console`,
        email: "operator@demo-council.example",
        password: expect.stringMatching(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/),
      },
    });
    const [steps = "", block = ""] = started.stdout().split("Pillarbox is ready.");
    expect(steps.trim().split("\n")).toEqual([
      `· Starting Postgres in ${dataDir}/postgres`,
      "· Bringing the database up to date",
      "· Starting the sandbox, the API and the worker",
    ]);
    const { normal, team, test } = demo.api_keys;
    const { url, password } = demo.console;
    for (const shown of [demo.api_url, demo.sandbox_url, normal, team, test, url, password])
      expect(block).toContain(shown);
    expect(started.stderr()).not.toContain("rror");
  });

  test("keeps what is secret from other users of the machine", async () => {
    for (const name of ["demo.json", "encryption-keys", "env"]) {
      const { mode } = await stat(join(dataDir, name));
      expect([name, (mode & 0o077).toString(8)]).toEqual([name, "0"]);
    }
  });

  test("prints a first request that works when it is copied", async () => {
    const said = await runPrinted(started, 0);

    expect(said).toMatch(/^[0-9a-f-]{36} Dear Ada, your appointment is on Monday at 9am\.\n$/);
    textId = said.slice(0, 36);
    const text = await untilListed(demo.sandbox_url, "sms", "447700900123");
    expect(said).toEndWith(` ${text.body}\n`);
  });

  test("tells the demo service what became of it", async () => {
    const callback = await untilListed(demo.sandbox_url, "callback", textId);

    expect(callback.headers).toMatchObject({ authorization: `Bearer ${demo.callback.bearer_token}` });
    expect(JSON.parse(callback.body)).toMatchObject({ id: textId, status: "delivered" });
  });

  test("carries an email of the official client, and calls back", async () => {
    const client = new NotifyClient(demo.api_url, demo.api_keys.normal);

    const { id } = await dataOf(
      client.sendEmail(demo.templates.email, "ada@example.com", { personalisation }),
    );
    const email = await untilListed(demo.sandbox_url, "email", "ada@example.com");
    const callback = await untilListed(demo.sandbox_url, "callback", id);

    expect(email).toMatchObject({ subject: "Your appointment on Monday" });
    expect(JSON.parse(callback.body)).toMatchObject({ id, status: "delivered" });
  });

  test("sends a file by email, and shows it", async () => {
    const client = new NotifyClient(demo.api_url, demo.api_keys.normal);
    const file = client.prepareUpload(Buffer.from("hello"), { confirmEmailBeforeDownload: false });

    await client.sendEmail(demo.templates.email, "file@example.com", {
      personalisation: { ...personalisation, day: file },
    });
    const email = await untilListed(demo.sandbox_url, "email", "file@example.com");

    const [link = ""] = /http\S+\/d\/\S+key=[\w-]+/.exec(email.body) ?? [];
    expect((await fetch(link)).status).toBe(200);
  });

  test("prints a first letter that works when it is copied, and prints it before its time", async () => {
    const client = new NotifyClient(demo.api_url, demo.api_keys.normal);

    const said = await runPrinted(started, 1);
    expect(said).toMatch(/^[0-9a-f-]{36} Your appointment\n$/);
    const isMade = () => client.getPdfForLetterNotification(said.slice(0, 36)).then(Boolean, () => false);
    await until(isMade, { what: "The letter's PDF is made", timeoutMs: 20_000 });
    const pressed = await fetch(`${demo.sandbox_url}/dvla/print`, { method: "POST" });

    expect(await pressed.json()).toEqual({ said: expect.stringMatching(/^Began print run /) });
    const letter = await untilListed(demo.sandbox_url, "letter", "ADA EXAMPLE");
    expect(letter.to).toBe("ADA EXAMPLE, 1 EXAMPLE ROAD, SW1A 1AA");
  });

  test("takes a text to the demo service, and tells it", async () => {
    const text = { provider: "mmg", from: "07700900321", to: demo.inbound_number, message: "Can I come?" };
    const sent = await fetch(`${demo.sandbox_url}/inbound`, { method: "POST", body: JSON.stringify(text) });
    const callback = await untilListed(demo.sandbox_url, "callback", "447700900321");

    expect(sent.status).toBe(200);
    expect(callback.headers).toMatchObject({ authorization: `Bearer ${demo.callback.bearer_token}` });
    expect(JSON.parse(callback.body)).toMatchObject({
      destination_number: demo.inbound_number,
      message: "Can I come?",
    });
  });

  test("gives each key what its name says", async () => {
    const send = (key: string, to: string) =>
      new NotifyClient(demo.api_url, key).sendSms(demo.templates.sms, to, { personalisation }).then(
        ({ status }) => status,
        () => "refused",
      );

    expect(await send(demo.api_keys.team, "07700900123")).toBe(201);
    expect(await send(demo.api_keys.team, "07700900456")).toBe("refused");
    expect(await send(demo.api_keys.test, "07700900456")).toBe(201);
  });

  test("is not started twice on one folder", async () => {
    await using second = run({ dataDir, command: mainCommand });

    expect(await second.exited).toBe(1);
    expect(second.stderr()).toBe(
      `Cannot start: another "bun start" uses ${dataDir}; choose another folder with PILLARBOX_DATA_DIR\n`,
    );
    // The first was not disturbed.
    expect((await fetch(`${demo.api_url}/_ready`)).status).toBe(200);
  });

  test("stops everything on Ctrl-C, and leaves no process and no port taken", async () => {
    expect((await processesOf(dataDir)).length).toBeGreaterThan(process.platform === "linux" ? 5 : -1);

    started.interrupt();

    expect(await started.exited).toBe(0);
    await untilGone(dataDir);
    await untilPortsFree(started);
    expect(started.stdout()).toEndWith("· Stopping; Ctrl-C once more ends it at once\n");
    expect(started.stderr()).not.toContain("rror");
    // Each in its turn, with time to finish.
    const logs = await Bun.file(join(dataDir, "worker.log")).text();
    expect(logs).toContain("Worker stopped");
    expect(await Bun.file(join(dataDir, "postgres", "postmaster.pid")).exists()).toBe(false);
  });

  test("keeps keys and messages for the next start, on other ports and from another folder", async () => {
    started = run({ dataDir: "the data", cwd: folder.path, command: mainCommand });
    await started.untilSaid("Ctrl-C stops everything");
    const again: Demo = await Bun.file(join(dataDir, "demo.json")).json();

    const { API_PORT, SANDBOX_PORT } = started.ports;
    const sandbox_url = `http://127.0.0.1:${SANDBOX_PORT}`;
    expect(again).toEqual({
      ...demo,
      api_url: `http://localhost:${API_PORT}`,
      sandbox_url,
      callback: { ...demo.callback, url: `${sandbox_url}/callback` },
      console: { ...demo.console, url: `http://localhost:${API_PORT}/console` },
    });
    const client = new NotifyClient(again.api_url, demo.api_keys.normal);
    expect(await dataOf(client.getNotificationById(textId))).toMatchObject({
      status: "delivered",
      body: expect.stringContaining("Dear Ada"),
    });
    // To where the sandbox is now.
    const { id } = await dataOf(client.sendSms(demo.templates.sms, "07700900456", { personalisation }));
    await untilListed(sandbox_url, "callback", id);
  });

  test("leaves nothing when it is killed itself, and starts again at once", async () => {
    process.kill(started.pid, "SIGKILL");
    await started.exited;
    // As an older version left it.
    const { broadcast, ...older } = await Bun.file(join(dataDir, "demo.json")).json();
    await Bun.write(join(dataDir, "demo.json"), JSON.stringify(older));

    // No wait: nothing may stand in its way.
    const { API_PORT, SANDBOX_PORT, WORKER_METRICS_PORT } = started.ports;
    started = run({
      dataDir,
      env: {
        API_PORT: `${API_PORT}`,
        SANDBOX_PORT: `${SANDBOX_PORT}`,
        WORKER_METRICS_PORT: `${WORKER_METRICS_PORT}`,
      },
    });
    const again = await started.untilReady();

    expect(again.api_keys).toEqual(demo.api_keys);
    expect(broadcast).toEqual(demo.broadcast);
    expect(again.broadcast).toMatchObject({
      service_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      channel: "test",
    });
    expect(again.broadcast.service_id).not.toBe(demo.broadcast.service_id);
    const client = new NotifyClient(`http://localhost:${API_PORT}`, demo.api_keys.normal);
    expect(await dataOf(client.getNotificationById(textId))).toMatchObject({ status: "delivered" });
  });

  test("stops when only the `bun run` before it is killed", async () => {
    process.kill(started.pid, "SIGKILL");

    await untilGone(dataDir);

    expect(await Bun.file(join(dataDir, "postgres", "postmaster.pid")).exists()).toBe(false);
  });

  test("makes a new demo service where demo.json or the database was lost", async () => {
    await using database = await testDatabase();
    await using other = await testDatabase();
    const first = join(folder.path, "first");
    const services: string[] = [];
    const startOn = async (url: string) => {
      await using again = run({ dataDir: first, command: mainCommand, env: { DATABASE_URL: url } });
      const { service_id, api_url, api_keys, templates } = await again.untilReady();
      services.push(service_id);
      const client = new NotifyClient(api_url, api_keys.normal);
      await client.sendSms(templates.sms, "07700900123", { personalisation });
      again.interrupt();
      await again.exited;
    };

    await startOn(database.url);
    await rm(join(first, "demo.json"));
    await startOn(database.url);
    await startOn(other.url);

    expect(new Set(services).size).toBe(3);
  });
});

test.skipIf(ordinaryUser === null)("bun start works for an ordinary user too", async () => {
  await using folder = await temporaryFolder();
  if (process.getuid?.() === 0) await Bun.$`chown 65534:65534 ${folder.path}`;
  const dataDir = join(folder.path, "data");
  await using started = run({
    dataDir,
    command: [...(ordinaryUser ?? []), ...mainCommand],
    env: { HOME: folder.path, TMPDIR: folder.path },
  });

  const demo = await started.untilReady();
  const client = new NotifyClient(demo.api_url, demo.api_keys.normal);
  await client.sendSms(demo.templates.sms, "07700900123", { personalisation });
  await untilListed(demo.sandbox_url, "sms", "447700900123");
  started.interrupt();

  expect(await started.exited).toBe(0);
  expect((await stat(join(dataDir, "postgres"))).uid).toBe((await stat(folder.path)).uid);
});
