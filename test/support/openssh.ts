import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { SftpSettings } from "../../shared/config/letters.ts";
import { freePort } from "./free-port.ts";

export interface OpenSsh extends AsyncDisposable {
  /** Where logins land; holds `notify` and `dispatch`. */
  home: string;
  settings: SftpSettings;
  /** In a file, for OpenSSH's own client. */
  keyFile: string;
  knownHostsFile: string;
}

/**
 * Debian's own SSH server, with SFTP for the user that runs this. `more` are lines of its configuration, the first of
 * a kind being what counts.
 */
export async function startOpenSsh(more: readonly string[] = []): Promise<OpenSsh> {
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "pillarbox-ssh-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const home = join(dir, "home");
  for (const folder of ["notify", "dispatch"]) await mkdir(join(home, folder), { recursive: true });
  const [hostKey, keyFile] = [join(dir, "host-key"), join(dir, "key")];
  for (const file of [hostKey, keyFile]) await Bun.$`ssh-keygen -q -t ed25519 -N "" -C "" -f ${file}`.quiet();
  const fingerprint = (await Bun.$`ssh-keygen -l -f ${hostKey}.pub`.text()).split(" ")[1] ?? "";
  // As root it wants this folder, which Debian makes at boot.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true });

  const port = freePort();
  const config = [
    ...more,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `PidFile none`,
    `AuthorizedKeysFile ${keyFile}.pub`,
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "UsePAM no",
    "StrictModes no",
    "Subsystem sftp internal-sftp",
    `ForceCommand internal-sftp -d ${home}`,
  ];
  await writeFile(join(dir, "config"), `${config.join("\n")}\n`);
  await writeFile(
    join(dir, "known-hosts"),
    `[127.0.0.1]:${port} ${await readFile(`${hostKey}.pub`, "utf8")}`,
  );
  const server = Bun.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", join(dir, "config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  stack.defer(async () => {
    server.kill();
    await server.exited;
  });
  await untilListening(server.stderr);
  const parts = stack.move();

  return {
    home,
    keyFile,
    knownHostsFile: join(dir, "known-hosts"),
    settings: {
      host: "127.0.0.1",
      port,
      // What Bun calls this user comes from the environment.
      user: (await Bun.$`id -un`.text()).trim(),
      password: null,
      privateKey: await readFile(keyFile, "utf8"),
      hostKeys: [fingerprint],
      uploadDir: "notify",
      dispatchDir: "dispatch",
      renames: true,
      timeoutMs: 10_000,
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Goes on reading, so that the server never waits for us. */
async function untilListening(log: ReadableStream<Uint8Array>): Promise<void> {
  const listening = Promise.withResolvers<void>();
  void (async () => {
    let text = "";
    for await (const piece of log) {
      text += Buffer.from(piece).toString();
      if (text.includes("Server listening")) listening.resolve();
    }
    listening.reject(new Error(`Cannot start OpenSSH: ${text}`));
  })();
  await listening.promise;
}
