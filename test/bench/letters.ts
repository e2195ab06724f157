import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sealLetter } from "../../shared/letter/files.ts";
import { startPrintRun } from "../../shared/letter/print-run.ts";
import { newLetterReference } from "../../shared/letter/reference.ts";
import { postgresStorage } from "../../shared/storage/postgres.ts";
import { freePort } from "../support/free-port.ts";
import { type OpenSsh, startOpenSsh } from "../support/openssh.ts";
import type { Bench } from "./bench.ts";
import { type Ground, openGround } from "./ground.ts";
import { until } from "./system.ts";

/** Of one letter's PDF. */
const letterBytes = 50_000;
/** For each second that a measurement may take: 10,000 letters by default. */
const lettersPerSecond = 1_250;

/** How fast a worker brings an evening's letters to the printer, beside OpenSSH's own client with the same bytes. */
export const letters: Bench = {
  describe:
    "megabytes a second of letters planned, zipped and uploaded, beside plain sftp; the worker's memory",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const ssh = ground.use(await startOpenSsh());
    const count = Math.round(lettersPerSecond * seconds);
    say(`storing ${count.toLocaleString("en-GB")} letters`);
    await storeLetters(ground, count);
    const metricsPort = freePort();
    const worker = await ground.start("worker/main.ts", metricsPort, {
      WORKER_METRICS_PORT: String(metricsPort),
      ...sftpEnv(ssh),
    });

    say("planning, zipping and uploading them");
    const { planSeconds, totalSeconds, zips } = await print(ground);
    const peakRssMb = await peakResidentMb(worker.pid);
    const bytes = await sizeOf(join(ssh.home, "notify"), zips);
    say("the same bytes with sftp");
    // The better of two: what else the machine did is not to flatter us.
    const plainSeconds = Math.min(await putPlainly(ssh, zips), await putPlainly(ssh, zips));

    const [mbPerS, sftpMbPerS] = [bytes / 1e6 / totalSeconds, bytes / 1e6 / plainSeconds];
    return {
      mb_per_s: mbPerS,
      sftp_mb_per_s: sftpMbPerS,
      ratio: mbPerS / sftpMbPerS,
      peak_rss_mb: peakRssMb,
      letters: count,
      zips: zips.length,
      mb: bytes / 1e6,
      plan_seconds: planSeconds,
      seconds: totalSeconds,
    };
  },
};

const chunk = 100;

async function storeLetters({ sql, cipher, addService }: Ground, count: number): Promise<void> {
  const service = await addService("Bench");
  const storage = postgresStorage(sql, { timeoutMs: 60_000 });
  const createdAt = new Date(Date.now() - 3_600_000);
  for (let from = 0; from < count; from += chunk) {
    const made = await Promise.all(
      Array.from({ length: Math.min(chunk, count - from) }, async () => {
        const id = crypto.randomUUID();
        const pdf = crypto.getRandomValues(new Uint8Array(letterBytes));
        return {
          id,
          reference: newLetterReference(),
          sha256: createHash("sha256").update(pdf).digest("hex"),
          file: await sealLetter(cipher, id, "letter", pdf),
        };
      }),
    );
    await storage.put(made.map(({ file }) => file));
    const rows = JSON.stringify(made.map(({ id, reference, sha256 }) => ({ id, reference, sha256 })));
    await sql`
      with made as (
        select * from json_to_recordset(${rows}::text::json) as r (id uuid, reference text, sha256 text)
      ), stored as (
        insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
          recipient, normalised_to, billable_units, created_at)
        select id, ${service.id}, ${service.smsTemplate}, 1, 'normal', 'letter', 'created', 'Ada', 'ada', 1, ${createdAt}
        from made
      )
      insert into letters (notification_id, service_id, reference, postage, created_at, pages, bytes, sha256, made_at)
      select id, ${service.id}, reference, 'second', ${createdAt}, 1, ${letterBytes}, decode(sha256, 'hex'), ${createdAt}
      from made`;
  }
}

function sftpEnv({ settings }: OpenSsh): Record<string, string> {
  return {
    DVLA_SFTP_HOST: settings.host,
    DVLA_SFTP_PORT: String(settings.port),
    DVLA_SFTP_USER: settings.user,
    DVLA_SFTP_PRIVATE_KEY: settings.privateKey ?? "",
    DVLA_SFTP_HOST_KEYS: settings.hostKeys.join(","),
  };
}

/** A print run, until all its letters are `sending`. */
async function print({ sql }: Ground) {
  const startedAt = performance.now();
  const secondsSince = () => (performance.now() - startedAt) / 1000;
  const at = new Date();
  const id = crypto.randomUUID();
  const printDate = at.toISOString().slice(0, 10);
  await startPrintRun(sql, { id, printDate, deadline: at, kind: "manual", reason: "Bench", at });
  const isPlanned = async () => {
    const [run] = await sql<{ status: string }[]>`select status from print_runs where id = ${id}`;
    return run?.status === "planned";
  };
  const isSent = async () => {
    const [run] = await sql<{ left: number }[]>`
      select count(*)::int as left from letter_batches where run_id = ${id} and state <> 'uploaded'`;
    return run?.left === 0;
  };
  await until(isPlanned, "the run is planned", 300_000);
  const planSeconds = secondsSince();
  await until(isSent, "all batches are uploaded", 600_000);
  const totalSeconds = secondsSince();

  const [left] = await sql<{ left: number }[]>`
    select count(*)::int as left from notifications where notification_type = 'letter' and status <> 'sending'`;
  if (left?.left !== 0) throw new Error(`Not all letters were sent: ${left?.left} were not`);
  const batches = await sql<
    { name: string }[]
  >`select name from letter_batches where run_id = ${id} order by name`;
  return { planSeconds, totalSeconds, zips: batches.map(({ name }) => name) };
}

async function sizeOf(folder: string, names: readonly string[]): Promise<number> {
  const there = await readdir(folder);
  if (there.length !== names.length) throw new Error(`There are ${there.length} files, not ${names.length}`);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Seconds that OpenSSH's client takes for these zips, as it comes. */
async function putPlainly(ssh: OpenSsh, zips: readonly string[]): Promise<number> {
  const batch = join(ssh.home, "..", "batch");
  const lines = zips.map((name) => `put ${join(ssh.home, "notify", name)} dispatch/${name}\n`);
  await writeFile(batch, lines.join(""));
  const { port, user, host } = ssh.settings;
  const options = [
    ...["-b", batch, "-P", String(port), "-i", ssh.keyFile],
    ...["-o", `UserKnownHostsFile=${ssh.knownHostsFile}`, "-o", "IdentitiesOnly=yes", "-F", "none"],
  ];
  const startedAt = performance.now();
  await Bun.$`sftp ${options} ${user}@${host}`.quiet();
  return (performance.now() - startedAt) / 1000;
}

/** The most that it ever had, where the system tells; else what it has. */
export async function peakResidentMb(pid: number): Promise<number> {
  const status = `/proc/${pid}/status`;
  const peak = existsSync(status) && /VmHWM:\s+(\d+) kB/.exec(await readFile(status, "utf8"))?.[1];
  return Number(peak || (await Bun.$`ps -o rss= -p ${pid}`.text())) / 1024;
}
