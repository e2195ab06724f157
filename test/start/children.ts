import { openSync } from "node:fs";
import { join } from "node:path";

export interface Child {
  name: string;
  /** The file it writes to. */
  log: string;
  /** Resolves when it has ended, with its exit code. */
  exited: Promise<number>;
  /** Asks it to stop, and resolves when it has ended. */
  stop(): Promise<void>;
}

interface ChildOptions {
  name: string;
  script: string;
  log: string;
  env: Record<string, string>;
}

/**
 * The shell is our process's parent and holds a pipe of ours: a line tells the process to stop, and when the pipe
 * closes, which is when we end in any way, it is killed. So no production process need watch for that.
 */
const keeper = `
exec 3<&0 </dev/null
"$@" 3<&- &
child=$!
{ read -r stop <&3 && kill -TERM $child && read -r stop <&3; kill -KILL $child; } 2>/dev/null &
watcher=$!
{ wait $child; code=$?; kill -KILL $watcher; } 2>/dev/null
exit $code
`;

/** Starts one of our processes as in production; what it writes is added to a file. */
export function startChild({ name, script, log, env }: ChildOptions): Child {
  const output = openSync(log, "a");
  const child = Bun.spawn(["/bin/sh", "-c", keeper, "sh", process.execPath, script], {
    cwd: join(import.meta.dir, "../.."),
    env: { ...process.env, ...env },
    stdin: "pipe",
    stdout: output,
    stderr: output,
    // Its own session: the terminal's Ctrl-C is for us, who stop one after the other.
    detached: true,
  });
  return {
    name,
    log,
    exited: child.exited,
    async stop() {
      if (child.exitCode === null) {
        child.stdin.write("stop\n");
        await child.stdin.flush();
      }
      await child.exited;
    },
  };
}

const readyMs = 30_000;

/** Waits until `url` answers 200. Throws when the child ends before, or takes too long. */
export async function untilReady({ name, log, exited }: Child, url: string): Promise<void> {
  const deadline = Date.now() + readyMs;
  let ended: number | null = null;
  void exited.then((code) => {
    ended = code;
  });
  while (Date.now() < deadline) {
    if (ended !== null)
      throw new Error(`Cannot start: the ${name} ended with exit code ${ended}; see ${log}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    if (response?.ok) return;
    await Bun.sleep(50);
  }
  throw new Error(`Cannot start: the ${name} was not ready in ${readyMs / 1000} s; see ${log}`);
}
