import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

/** One of our processes, run as in production, that can be ended in any way and started again. */
export interface Part {
  name: string;
  /** Its own HTTP address: the API, or the worker's health server. */
  url: string;
  start(): void;
  /** Resolves when it answers `/_ready` with 200. Throws when it has ended instead. */
  ready(): Promise<void>;
  signal(signal: "SIGTERM" | "SIGINT" | "SIGSTOP" | "SIGCONT"): void;
  /** Resolves with its exit code when it has ended by itself or by a signal. */
  exited(): Promise<number>;
  /** kill −9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Its log so far, over all its starts. */
  log(): string;
}

interface PartOptions {
  name: string;
  script: string;
  port: number;
  logFolder: string;
  env: Record<string, string>;
}

/** Describes a process; `start` begins it. */
export function createPart({ name, script, port, logFolder, env }: PartOptions): Part {
  const logPath = join(logFolder, `${name}.log`);
  const url = `http://127.0.0.1:${port}`;
  let child: Bun.Subprocess | undefined;

  function running(): Bun.Subprocess {
    if (!child) throw new Error(`${name} was never started`);
    return child;
  }

  return {
    name,
    url,
    start() {
      const log = openSync(logPath, "a");
      child = Bun.spawn([process.execPath, script], {
        cwd: join(import.meta.dir, "../.."),
        env: { ...process.env, ...env },
        stdin: "ignore",
        stdout: log,
        stderr: log,
      });
      closeSync(log);
    },
    async ready() {
      await until(
        async () => {
          if (running().exitCode !== null) {
            throw new Error(`${name} ended: ${readFileSync(logPath, "utf8").slice(-2000)}`);
          }
          const answer = await fetch(`${url}/_ready`, {
            keepalive: false,
            signal: AbortSignal.timeout(2000),
          }).catch(() => null);
          await answer?.arrayBuffer();
          return answer?.ok === true;
        },
        { what: `${name} is ready`, timeoutMs: 60_000 },
      );
    },
    signal: (signal) => running().kill(signal),
    exited: () => running().exited,
    async kill() {
      if (!child) return;
      child.kill("SIGKILL");
      await child.exited;
    },
    log: () => readFileSync(logPath, "utf8"),
  };
}
