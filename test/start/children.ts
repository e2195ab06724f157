import { openSync } from "node:fs";
import { join } from "node:path";

export interface Child {
  name: string;
  /** Resolves when it has ended, with its exit code. */
  exited: Promise<number>;
  stop(): Promise<void>;
}

interface ChildOptions {
  name: string;
  script: string;
  dataDir: string;
  env: Record<string, string>;
}

/** Starts one of our processes as in production; its log goes to a file in the data folder. */
export function startChild({ name, script, dataDir, env }: ChildOptions): Child {
  const log = openSync(join(dataDir, `${name}.log`), "a");
  const child = Bun.spawn([process.execPath, script], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  return {
    name,
    exited: child.exited,
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** Waits until `url` answers 200. Throws when the child ends first or `timeoutMs` is over. */
export async function untilReady(child: Child, url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let ended: number | null = null;
  void child.exited.then((code) => {
    ended = code;
  });
  while (Date.now() < deadline) {
    if (ended !== null) throw new Error(`the ${child.name} ended with exit code ${ended}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (response?.ok) return;
    await Bun.sleep(50);
  }
  throw new Error(`the ${child.name} was not ready in ${timeoutMs / 1000} s`);
}
