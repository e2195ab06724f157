import { timingSafeEqual } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { type AuthContext, type Connection, Server } from "ssh2";
import type { DvlaFault, NextFault } from "./fault.ts";
import { type HostKey, newHostKey } from "./host-key.ts";
import { serveSftp } from "./sftp-session.ts";

export interface SshOptions {
  /** 0 for any. */
  port: number;
  hostKey: HostKey;
  user: string;
  password: string;
  /** The folder a login lands in. */
  root: string;
  nextFault: NextFault;
  onFile: (path: string) => void;
}

export interface SshServer extends AsyncDisposable {
  port: number;
  /** How many have connected since the start. */
  connections(): number;
  /** How often somebody offered a name and a password. */
  logins(): number;
  /** Ends all connections there are, without a word. */
  dropAll(): void;
}

export const hostname = "127.0.0.1";

/** An SSH server that offers SFTP to one user, and nothing else. */
export async function startSsh({ port, hostKey, ...options }: SshOptions): Promise<SshServer> {
  const { user, password, root, nextFault, onFile } = options;
  const sockets = new Map<number, { socket: Socket; fault: DvlaFault | null }>();
  let connections = 0;
  let logins = 0;

  const serveOn = (key: HostKey) =>
    new Server({ hostKeys: [key.privateKey], ident: "sandbox" }, (client, { port: clientPort }) => {
      const { socket, fault } = sockets.get(clientPort) ?? {};
      if (socket) serve(client, fault ?? null, () => socket.destroy());
    });
  const genuine = serveOn(hostKey);
  const impostor = serveOn(newHostKey());

  function serve(client: Connection, fault: DvlaFault | null, drop: () => void) {
    // A client that goes away mid-sentence is no concern of ours.
    client.on("error", () => {});
    client.on("authentication", (attempt) => {
      if (attempt.method === "password") logins++;
      const isRight = attempt.method === "password" && matches(attempt, user, password);
      if (isRight && !fault?.refuse_login) attempt.accept();
      else attempt.reject(["password"]);
    });
    client.on("session", (acceptSession) => {
      acceptSession().on("sftp", (acceptSftp) => {
        serveSftp(acceptSftp(), { root, fault, onFile, drop });
      });
    });
  }

  const listener = createServer((socket) => {
    connections++;
    const clientPort = socket.remotePort ?? 0;
    const fault = nextFault();
    sockets.set(clientPort, { socket, fault });
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(clientPort));
    if (fault?.reset) socket.destroy();
    else if (!fault?.hang) (fault?.wrong_host_key ? impostor : genuine).injectSocket(socket);
  });
  const dropAll = () => {
    for (const { socket } of sockets.values()) socket.destroy();
  };
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, hostname, resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen for SSH: no port");

  return {
    port: address.port,
    connections: () => connections,
    logins: () => logins,
    dropAll,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
      dropAll();
      await closed;
    },
  };
}

function matches(attempt: Extract<AuthContext, { method: "password" }>, user: string, password: string) {
  const given = Buffer.from(attempt.password);
  const wanted = Buffer.from(password);
  return attempt.username === user && given.length === wanted.length && timingSafeEqual(given, wanted);
}
