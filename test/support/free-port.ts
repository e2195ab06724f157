/** A port of this machine's own address that nobody listens on now. */
export function freePort(): number {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    try {
      using listener = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
      return listener.port;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    }
  }
}

/**
 * Below those that systems give to whoever asks for any port: it stays free until its user has started, though tests
 * beside this one listen and connect.
 */
const lowest = 20_000;
const count = 10_000;
