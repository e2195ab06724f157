import { createServer } from "node:net";

/** Throws, naming the setting, where something listens on the port already. */
export async function assertFree(port: number, setting: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      const why =
        "code" in error && error.code === "EADDRINUSE" ? "is in use" : `cannot be used (${error.message})`;
      reject(new Error(`Cannot start: port ${port} ${why}; choose another with ${setting}`));
    });
    server.listen(port, () => server.close(() => resolve()));
  });
}

export function readPort(setting: string, fallback: number): number {
  const text = process.env[setting];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`Cannot start: ${setting} must be a port number, not "${text}"`);
}
