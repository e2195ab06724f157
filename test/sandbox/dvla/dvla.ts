import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SftpSettings } from "../../../shared/config/letters.ts";
import type { NextFault } from "./fault.ts";
import { openHostKey } from "./host-key.ts";
import { createPdfReader, type LetterText, type PdfReader } from "./pdf.ts";
import { createPrinter, type Printer, type ReceivedZip } from "./printer.ts";
import { hostname, startSsh } from "./ssh-server.ts";

export interface DvlaOptions {
  /** 0, for any, by default. */
  port?: number | undefined;
  /** Keeps its host key, and what it has and did, over a restart; one of its own, gone at the end, by default. */
  dir?: string | undefined;
  /** Whether zips are taken out of the upload folder, as DVLA does; false by default. */
  picksUp?: boolean | undefined;
  /** Answers by itself, so long after a zip came; only when asked by default. */
  answers?: { acknowledgeAfterMs: number; respondAfterMs: number } | undefined;
  nextFault?: NextFault | undefined;
  onZip?: ((zip: ReceivedZip, texts: readonly LetterText[]) => void) | undefined;
  /** Tells of each file that it writes for us. */
  onDispatched?: ((file: string) => void) | undefined;
}

export interface Dvla extends Omit<Printer, "look">, AsyncDisposable {
  host: string;
  port: number;
  user: string;
  password: string;
  /** As `ssh-keygen -l` shows it. */
  fingerprint: string;
  /** What leads here, and the same as settings of ours. */
  settings: SftpSettings;
  pdfs: PdfReader;
  env: Record<string, string>;
  /** How many have connected since the start. */
  connections(): number;
  /** How often somebody offered a name and a password. */
  logins(): number;
  /** Ends all connections there are, without a word. */
  dropAll(): void;
}

/** A printer of letters: an SFTP server, and what DVLA does with the files on it. */
export async function startDvla(options: DvlaOptions = {}): Promise<Dvla> {
  const { port = 0, picksUp = false, answers, nextFault = () => null } = options;
  await using stack = new AsyncDisposableStack();
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "pillarbox-dvla-")));
  if (options.dir === undefined) stack.defer(() => rm(dir, { recursive: true, force: true }));
  const timers = new Set<NodeJS.Timeout>();
  stack.defer(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  const later = (ms: number, work: () => Promise<unknown>) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      // The folder may be gone: we are stopping.
      void work().catch(() => {});
    }, ms);
    timers.add(timer);
  };

  const pdfs = createPdfReader();
  const printer = createPrinter({
    dir,
    picksUp,
    pdfs,
    onZip(zip, texts) {
      options.onZip?.(zip, texts);
      if (!answers) return;
      later(answers.acknowledgeAfterMs, () => printer.acknowledge([zip.name]));
      later(answers.respondAfterMs, () => printer.respond());
    },
    onDispatched: (file) => options.onDispatched?.(file),
  });
  stack.defer(printer.settled);
  const hostKey = await openHostKey(join(dir, "host-key"));
  const user = "notify";
  const password = "sandbox-printer";
  const ssh = stack.use(
    await startSsh({ port, hostKey, user, password, root: printer.home, nextFault, onFile: printer.look }),
  );
  const parts = stack.move();

  return {
    ...printer,
    host: hostname,
    port: ssh.port,
    user,
    password,
    fingerprint: hostKey.fingerprint,
    pdfs,
    settings: {
      host: hostname,
      port: ssh.port,
      user,
      password,
      privateKey: null,
      hostKeys: [hostKey.fingerprint],
      uploadDir: "notify",
      dispatchDir: "dispatch",
      renames: true,
      timeoutMs: 10_000,
    },
    env: {
      DVLA_SFTP_HOST: hostname,
      DVLA_SFTP_PORT: String(ssh.port),
      DVLA_SFTP_USER: user,
      DVLA_SFTP_PASSWORD: password,
      DVLA_SFTP_HOST_KEYS: hostKey.fingerprint,
    },
    connections: ssh.connections,
    logins: ssh.logins,
    dropAll: ssh.dropAll,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
