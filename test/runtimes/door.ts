import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** The way to a database, for a test to shut and open again. */
export interface Door extends AsyncDisposable {
  /** As the one it stands before. */
  url: string;
  /** Ends what goes through it; whoever comes is refused. */
  shut(): void;
  open(): Promise<void>;
}

/** A port that passes everything on to the database's. */
export async function openDoor(databaseUrl: string): Promise<Door> {
  const { hostname, port } = new URL(databaseUrl);
  const inside = new Set<Socket>();
  const enter = (socket: Socket) => {
    inside.add(socket);
    // What goes wrong on one side ends the other.
    socket.on("error", () => {}).on("close", () => inside.delete(socket));
  };
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) enter(socket);
    client.pipe(server).pipe(client);
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
  });
  const listen = async (at: number) => {
    listener.listen(at, "127.0.0.1");
    await once(listener, "listening");
  };
  await listen(0);
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("Cannot find the door's port");

  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  const shut = () => {
    listener.close();
    for (const socket of inside) socket.destroy();
  };
  return {
    url: url.href,
    shut,
    open: () => listen(address.port),
    [Symbol.asyncDispose]: async () => shut(),
  };
}
