import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A run in a temporary folder of its own, so that what it leaves behind shows. */
async function runBench(
  name: string,
  {
    seconds,
    rows,
    env = {},
    stopAt,
  }: { seconds: string; rows?: string | undefined; env?: Record<string, string>; stopAt?: string },
) {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-bench-test-"));
  // Postgres runs as another user where this is root.
  await Bun.$`chmod 755 ${folder}`;
  try {
    const size = rows === undefined ? [] : ["--rows", rows];
    const script = [process.execPath, "test/bench/main.ts", name, "--seconds", seconds, ...size, "--json"];
    const child = Bun.spawn(script, {
      cwd: join(import.meta.dir, "../../.."),
      env: { ...process.env, ...env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const readOutput = async () => {
      let text = "";
      for await (const chunk of child.stdout) {
        text += Buffer.from(chunk).toString();
        if (stopAt !== undefined && text.includes(stopAt)) child.kill("SIGTERM");
      }
      return text;
    };
    const [output, errors] = await Promise.all([readOutput(), new Response(child.stderr).text()]);
    const code = await child.exited;
    return { code, output, errors, left: await readdir(folder), processes: await startedIn(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Processes whose environment or arguments name the folder; none where the system does not tell. */
async function startedIn(folder: string): Promise<string[]> {
  if (!existsSync("/proc/self/environ")) return [];
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const about = (file: string) =>
      Bun.file(`/proc/${pid}/${file}`)
        .text()
        .catch(() => "");
    const command = await about("cmdline");
    if ((command + (await about("environ"))).includes(folder)) found.push(command.replaceAll("\0", " "));
  }
  return found;
}

const keys: Record<string, string[]> = {
  accept: [
    "accepts_per_s_16",
    "accepts_per_s_64",
    "accepts_per_s_256",
    "baseline_per_s",
    "baseline_one_statement_per_s",
    "ratio",
    "p50_ms_at_10_per_s",
  ],
  broadcast: ["p99_ms_to_first_byte", "p99_ms_to_first_byte_alone"],
  batch: ["seconds_100k_rows", "others_p95_ms_before", "others_p95_ms_during", "peak_rss_mb"],
  callbacks: ["callbacks_per_s", "p99_ms_healthy_alone", "p99_ms_healthy_beside_dead"],
  console: ["p95_ms_overview", "p95_ms_search", "p95_ms_notification", "accept_ratio_watched"],
  deliver: ["p50_ms_at_100_per_s", "p99_ms_at_500_per_s", "end_to_end_per_s"],
  idle: ["api_queries_per_s", "worker_queries_per_s", "api_rss_mb", "worker_rss_mb"],
  letters: ["mb_per_s", "sftp_mb_per_s", "ratio", "peak_rss_mb"],
  queue: ["jobs_per_s_1k", "jobs_per_s_100k", "jobs_per_s_1m", "fetch_ms_beside_blocked_200k"],
  receipts: ["receipts_per_s"],
  responses: ["lines_per_s", "baseline_lines_per_s", "ratio", "peak_rss_mb"],
  retention: ["seconds_1m_rows", "accept_p99_ms_before", "accept_p99_ms_during"],
  render: ["sms_short_per_s", "sms_long_per_s", "email_long_per_s"],
};

/** Of those that begin with many. */
const fewRows: Record<string, string> = { batch: "2000", console: "2000", retention: "3000" };

describe("bun run bench", () => {
  for (const [name, wanted] of Object.entries(keys)) {
    test(`${name} tells its figures and leaves nothing behind`, async () => {
      const { code, output, errors, left, processes } = await runBench(name, {
        seconds: "0.3",
        rows: fewRows[name],
      });

      expect({ code, errors }).toMatchObject({ code: 0 });
      const figures = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
      expect(Object.keys(figures)).toEqual(expect.arrayContaining(wanted));
      for (const key of wanted) expect(figures[key]).toBeNumber();
      expect({ left, processes }).toEqual({ left: [], processes: [] });
    }, 120_000);
  }

  test("ends its processes when it is interrupted", async () => {
    const run = await runBench("deliver", { seconds: "30", stopAt: "100 requests a second" });

    expect(run).toMatchObject({ code: 130, left: [], processes: [] });
  }, 120_000);

  test("ends its processes when it fails", async () => {
    // The worker does not start with it, when sandbox and API are already there.
    const { code, left, processes } = await runBench("deliver", {
      seconds: "0.3",
      env: { WORKER_CONCURRENCY: "no-such-queue=1" },
    });

    expect(code).not.toBe(0);
    expect({ left, processes }).toEqual({ left: [], processes: [] });
  }, 120_000);
});
