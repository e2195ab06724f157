import { createHash } from "node:crypto";
import { type Algorithms, Client, type SFTPWrapper } from "ssh2";
import type { SftpSettings } from "../../../shared/config/letters.ts";
import { createLine, type Line, reasonOf } from "./line.ts";
import { HostKeyRefused, SftpUnavailable } from "./sftp.ts";

export interface Connection {
  sftp: SFTPWrapper;
  line: Line;
  close(): Promise<void>;
}

/** Nothing with SHA-1, CBC or a group that a state could break; ciphers in the order of their speed here. */
const algorithms: Algorithms = {
  kex: [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
  ],
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  cipher: ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr"],
  hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
  compress: ["none"],
};

/** How long a server may take to hear that we leave. */
const leaveMs = 1_000;

/** Connects, checks the host key, and only then signs in. Throws `HostKeyRefused` or `SftpUnavailable`. */
export async function connect(settings: SftpSettings, signal: AbortSignal): Promise<Connection> {
  const { host, port, user, password, privateKey, hostKeys, timeoutMs } = settings;
  if (signal.aborted) throw new SftpUnavailable("Cannot sign in: it was called off");
  const trusted = new Set(hostKeys.map(withoutPadding));
  const client = new Client();
  const line = createLine(timeoutMs);
  const shown: { refusedKey: string | null } = { refusedKey: null };

  const callOff = () => line.fail("it was called off");
  signal.addEventListener("abort", callOff);
  client.on("error", (error) => line.fail(reasonOf(error)));
  client.on("close", () => line.fail("the connection was lost"));
  line.onEnd(() => {
    signal.removeEventListener("abort", callOff);
    client.destroy();
  });

  try {
    await line.ask<void>("sign in", (answer) => {
      client.once("ready", () => answer(null, undefined));
      client.connect({
        host,
        port,
        username: user,
        ...(privateKey === null ? { password: password ?? "" } : { privateKey }),
        algorithms,
        // A key exchange and a login take several answers: they get the time of one.
        readyTimeout: timeoutMs,
        // While nothing is asked, so that a dead connection is not taken for a quiet one.
        keepaliveInterval: Math.ceil(timeoutMs / 3),
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          const fingerprint = `SHA256:${withoutPadding(createHash("sha256").update(key).digest("base64"))}`;
          if (trusted.has(fingerprint)) return true;
          shown.refusedKey = `${typeOf(key)} ${fingerprint}`;
          return false;
        },
      });
    });
    const sftp = await line.ask<SFTPWrapper>("begin SFTP", (answer) => client.sftp(answer));
    // The server may end the channel and keep the connection.
    sftp.on("close", () => line.fail("the server ended the session"));
    sftp.on("error", (error: unknown) => line.fail(reasonOf(error)));
    return { sftp, line, close: () => leave(client, line) };
  } catch (error) {
    line.fail("it did not begin");
    if (shown.refusedKey === null) throw error;
    throw new HostKeyRefused(
      `Cannot sign in: the server's host key, ${shown.refusedKey}, is not among those configured`,
    );
  }
}

async function leave(client: Client, line: Line): Promise<void> {
  const left = Promise.withResolvers<void>();
  const stopWaiting = line.onEnd(left.resolve);
  const timer = setTimeout(left.resolve, leaveMs);
  client.end();
  await left.promise;
  clearTimeout(timer);
  stopWaiting();
  line.fail("it was closed");
}

/** As a host key begins: its length and its name. */
function typeOf(key: Buffer): string {
  return key.toString("latin1", 4, 4 + Math.min(key.readUInt32BE(0), 64)).replaceAll(/[^\w@.-]/g, "?");
}

function withoutPadding(text: string): string {
  return text.replace(/=+$/, "");
}
