import { until } from "../support/until.ts";

export interface ServerCommand {
  name: string;
  command: string[];
  env: Record<string, string>;
  /** Where it listens. */
  url: string;
}

/** A process that serves the API, in whichever runtime. */
export interface Server extends AsyncDisposable {
  url: string;
  /** From the start of its process to its first answer. */
  startMs: number;
  signal(name: "SIGTERM" | "SIGINT"): void;
  exited: Promise<number>;
  /** What it wrote so far. */
  output(): string;
}

const root = new URL("../..", import.meta.url).pathname;

/** Resolves when it answers. */
export async function startServer({ name, command, env, url }: ServerCommand): Promise<Server> {
  const startedAt = performance.now();
  const child = Bun.spawn(command, {
    cwd: root,
    // Nothing of ours but what is said: DATABASE_URL may be a developer's.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  const written = Promise.all([collect(child.stdout), collect(child.stderr)]);

  const stop = async () => {
    child.kill("SIGKILL");
    await child.exited;
    await written;
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${output.slice(-2000)}`);
      return await fetch(`${url}/_status?simple=1`, { keepalive: false }).then(
        () => true,
        () => false,
      );
    }, `${name} answers`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    startMs: performance.now() - startedAt,
    signal: (signal) => child.kill(signal),
    exited: child.exited,
    output: () => output,
    [Symbol.asyncDispose]: stop,
  };
}
