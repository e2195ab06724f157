import { createServer } from "node:net";

/** The ports of the environment, else those given. Throws on what is no port, or twice the same. */
export function readPorts<Setting extends string>(
  fallbacks: Record<Setting, number>,
): Record<Setting, number> {
  const ports = { ...fallbacks };
  const settings = new Map<number, string>();
  for (const setting in fallbacks) {
    const port = readPort(setting, fallbacks[setting]);
    const other = settings.get(port);
    if (other) throw new Error(`Cannot start: ${other} and ${setting} are both ${port}`);
    settings.set(port, setting);
    ports[setting] = port;
  }
  return ports;
}

function readPort(setting: string, fallback: number): number {
  const text = process.env[setting];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`Cannot start: ${setting} must be a port number, not "${text}"`);
}

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
