/** Why no answer came, in a word that metrics, records and health are kept by. */
export type ErrorKind =
  | "timeout"
  | "dns"
  | "blocked-address"
  | "refused"
  | "unreachable"
  | "reset"
  | "tls"
  | "too-large"
  | "protocol"
  | "proxy"
  | "other";

/** Bun's codes, by what they mean to whoever mends it. */
const kinds: readonly (readonly [codes: RegExp, kind: ErrorKind])[] = [
  [/^(ECONNREFUSED|ConnectionRefused)$/, "refused"],
  [/^(E(HOST|NET|ADDR)[A-Z]+|EINVAL|EACCES|EPERM|FailedToOpenSocket)$/, "unreachable"],
  [/^ETIMEDOUT$/, "timeout"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ConnectionClosed)$/, "reset"],
  [/^ERR_PROXY/, "proxy"],
  [/^ResponseHeadersTooLarge$/, "too-large"],
  [/^(Malformed_HTTP_Response|Invalid\w*|UnrequestedUpgrade|\w*HTTP2?\w*)$/, "protocol"],
  // TLS's are many, and those of wrong certificates are named after OpenSSL's.
  [/^EPROTO$|TLS|SSL|CERT|SIGNATURE|ISSUER|CRL|CA$|PATH_LENGTH|HOSTNAME_MISMATCH/, "tls"],
];

export function kindOf(error: unknown): ErrorKind {
  const name = nameOf(error);
  return kinds.find(([codes]) => codes.test(name))?.[1] ?? "other";
}

/** Whether the error came before a connection: nothing was sent. */
export function neverConnected(error: unknown): boolean {
  const kind = kindOf(error);
  return kind === "refused" || kind === "unreachable";
}

/** The error's code or name: messages of connection errors may hold the whole URL. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return "Connection failed";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
