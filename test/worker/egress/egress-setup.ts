import { readConfig } from "../../../shared/config.ts";
import { createEgress, type Egress } from "../../../worker/egress/egress.ts";
import { openEgress } from "../../../worker/egress/open.ts";
import { createResolver } from "../../../worker/egress/resolve.ts";
import { expiredReceiver, validReceiver } from "../../support/receiver-certificates.ts";

export interface EgressSettings {
  /** `CALLBACK_ALLOWED_CIDRS`, none by default. */
  allowed?: string;
  /** `address:port` of the DNS server; the system's by default. */
  dns?: string;
  proxyUrl?: string;
  production?: boolean;
}

/** The way out of an installation with these settings. */
export function egressOf(settings: EgressSettings = {}): Egress {
  return openEgress(configOf(settings));
}

/** The same, trusting the certificates that the tests' receivers have. */
export function trustingEgressOf(settings: EgressSettings = {}): Egress {
  const { egress, callbacks } = configOf(settings);
  const resolve = createResolver({ servers: egress.dnsServers, timeoutMs: callbacks.timeoutMs });
  const ca = validReceiver.cert + expiredReceiver.cert;
  return createEgress({ policy: egress.policy, proxyUrl: egress.proxyUrl, resolve, ca });
}

function configOf({ allowed = "", dns = "", proxyUrl = "", production = false }: EgressSettings) {
  return readConfig({
    DATABASE_URL: "postgres://nobody@localhost/none",
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
    NOTIFY_ENVIRONMENT: production ? "production" : "development",
    CALLBACK_ALLOWED_CIDRS: allowed,
    CALLBACK_DNS_SERVERS: dns,
    CALLBACK_PROXY_URL: proxyUrl,
  });
}

export interface CountingListener extends Disposable {
  port: number;
  connections(): number;
}

/** Answers 200 to whatever comes, and counts those who connect. */
export function countConnections(hostname: string, port = 0): CountingListener {
  let connections = 0;
  const server = Bun.listen({
    hostname,
    port,
    socket: {
      open: () => {
        connections++;
      },
      data: (socket) => {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      },
      error() {},
    },
  });
  return { port: server.port, connections: () => connections, [Symbol.dispose]: () => server.stop(true) };
}
