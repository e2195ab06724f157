import {
  addressFault,
  type CallbackDestination,
  type EgressPolicy,
  type Resolve,
  readCallbackUrl,
} from "../../shared/egress/callback-url.ts";
import { type ErrorKind, kindOf, nameOf, neverConnected } from "./errors.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface EgressRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface Unreached {
  ok: false;
  error: ErrorKind;
  reason: string;
  /** The one that was dialled last; null where none was, or where a proxy found it. */
  address: string | null;
}

export type EgressAnswer = { ok: true; response: Response; address: string | null } | Unreached;

/** The way out to receivers that services name: nothing but what the policy lets through is dialled. */
export interface Egress {
  /** Posts once. The answer's body is still to be read, under the same signal. Never rejects. */
  post(request: EgressRequest, signal: AbortSignal): Promise<EgressAnswer>;
}

export interface EgressOptions {
  policy: EgressPolicy;
  resolve: Resolve;
  /** Takes all requests; it finds the addresses itself and must guard them too. */
  proxyUrl: string | null;
  /** PEM: certificates to trust in place of the public ones. */
  ca?: string;
}

/** Of a host with many: a list of dead ones must not use up the deadline of a single attempt, nor our sockets. */
const mostDialled = 4;

export function createEgress({ policy, resolve, proxyUrl, ca }: EgressOptions): Egress {
  async function post(
    { url: text, headers, body }: EgressRequest,
    signal: AbortSignal,
  ): Promise<EgressAnswer> {
    const read = readCallbackUrl(text, policy);
    if (!read.ok) return unreached("blocked-address", `The URL ${read.fault}`);
    const found = await findAddresses(read.destination, signal);
    if (!found.ok) return found.answer;

    const { url, host, isAddress } = read.destination;
    const init = {
      method: "POST",
      body,
      headers: { ...headers, Host: url.host.replace(/\.(?=:|$)/, ""), "Accept-Encoding": "identity" },
      redirect: "manual",
      // An answer that unpacks to gigabytes stays packed.
      decompress: false,
      // Of Bun's own: false keeps HTTP_PROXY and its kind out. Bun keeps connections by address and server name.
      proxy: proxyUrl ?? false,
      // What one receiver left unread on a connection of the proxy must not answer for another.
      keepalive: proxyUrl === null,
      signal,
      tls: {
        // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
        rejectUnauthorized: true,
        ...(isAddress ? {} : { serverName: host }),
        ...(ca === undefined ? {} : { ca }),
      },
    } as const;
    let last = unreached("dns", "The host has no address");
    for (const address of found.addresses) {
      try {
        return { ok: true, response: await fetch(dialled(url, address), init), address };
      } catch (error) {
        if (signal.aborted) return { ...stopped, address };
        last = { ok: false, error: kindOf(error), reason: nameOf(error), address };
        // Once a byte may have been sent, another address could be told a second time.
        if (!neverConnected(error)) return last;
      }
    }
    return last;
  }

  /** The checked addresses; a single null where a proxy finds them. */
  async function findAddresses(
    { url, host, isAddress }: CallbackDestination,
    signal: AbortSignal,
  ): Promise<{ ok: true; addresses: readonly (string | null)[] } | { ok: false; answer: Unreached }> {
    if (isAddress) return { ok: true, addresses: [proxyUrl === null ? host : null] };
    let addresses: readonly string[] | null = null;
    try {
      addresses = await unlessAborted(resolve(host), signal);
    } catch {
      if (signal.aborted) return { ok: false, answer: stopped };
    }
    // Behind a proxy the names outside are often not to be found.
    if (addresses === null && proxyUrl !== null) return { ok: true, addresses: [null] };
    if (addresses === null) return { ok: false, answer: unreached("dns", "The host was not found in DNS") };
    const fault = addressFault(addresses, url, policy);
    if (fault !== null) return { ok: false, answer: unreached("blocked-address", `The URL ${fault}`) };
    return { ok: true, addresses: proxyUrl === null ? addresses.slice(0, mostDialled) : [null] };
  }

  return { post };
}

const stopped = unreached("timeout", "No answer in time");

function unreached(error: ErrorKind, reason: string): Unreached {
  return { ok: false, error, reason, address: null };
}

/** The URL with the checked address in its host's place, so that nobody asks DNS again. */
function dialled(url: URL, address: string | null): string {
  if (address === null) return url.href;
  const to = new URL(url);
  to.hostname = address.includes(":") ? `[${address}]` : address;
  return to.href;
}
