import { freePort } from "./free-port.ts";

/** A real UDP server, as StatsD is one, that keeps what it is sent. */
export interface StatsdServer extends Disposable {
  host: string;
  port: number;
  /** One for each metric: `name:value|type`. */
  lines: readonly string[];
  /** As they came. */
  datagrams: readonly string[];
}

export async function openStatsdServer(port = freePort()): Promise<StatsdServer> {
  const lines: string[] = [];
  const datagrams: string[] = [];
  const socket = await Bun.udpSocket({
    port,
    hostname: "127.0.0.1",
    socket: {
      data(_socket, data) {
        const text = data.toString();
        datagrams.push(text);
        lines.push(...text.split("\n").filter((line) => line !== ""));
      },
    },
  });
  return { host: "127.0.0.1", port, lines, datagrams, [Symbol.dispose]: () => socket.close() };
}
