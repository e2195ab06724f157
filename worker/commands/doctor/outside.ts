import { connect } from "node:net";
import type { Config } from "../../../shared/config.ts";
import type { Db } from "../../../shared/database.ts";
import { listProviders } from "../../../shared/provider/queries.ts";
import type { Storage } from "../../../shared/storage/storage.ts";
import { type Finding, fault, inWords, ok, warning } from "./finding.ts";

const timeoutMs = 5000;

/** Whether a file that is stored is read again. */
export async function checkStorage(storage: Storage): Promise<Finding> {
  const key = `doctor/${crypto.randomUUID()}`;
  const content = new Uint8Array([112, 98]);
  try {
    await storage.put([{ key, content }]);
    const found = await storage.get(key);
    await storage.delete([key]);
    if (found?.join() === content.join()) return ok("storage", "A file was stored, read and deleted");
    return fault("storage", "A file was stored and not found again", "See that all use the same storage");
  } catch (error) {
    return fault("storage", inWords(error), "See STORAGE_S3_URL and its keys");
  }
}

/** Where each provider is called, and whether we have what it wants of us; those without an address are not called. */
function callsOf({ mmg, firetext, ses, sns, smtp }: Config): Record<string, string | null> {
  return {
    mmg: mmg.apiKey === null ? null : mmg.url,
    firetext: firetext.apiKey === null ? null : firetext.url,
    ses: ses.accessKeyId === null ? null : (ses.url ?? `https://email.${ses.region}.amazonaws.com`),
    sns: sns.accessKeyId === null ? null : (sns.url ?? `https://sns.${sns.region}.amazonaws.com`),
    smtp: smtp.url,
  };
}

/** Whether every provider that is to carry messages can be reached. Nothing is sent. */
export async function checkProviders(db: Db, config: Config): Promise<Finding[]> {
  const calls = callsOf(config);
  const providers = (await listProviders(db)).filter(({ active }) => active);
  const findings = await Promise.all(
    providers.map(async ({ name }): Promise<Finding[]> => {
      // Of others, and of those without credentials, nothing is known to call.
      const url = calls[name] ?? null;
      return url === null ? [] : [await checkReachable(`provider ${name}`, url)];
    }),
  );
  const carries = (channel: string) =>
    providers.some((provider) => provider.channel === channel && (calls[provider.name] ?? null) !== null);
  const idle = (["sms", "email"] as const)
    .filter((channel) => !carries(channel))
    .map((channel) =>
      warning(
        `provider of ${channel}`,
        "None that is active has credentials here",
        "Give the credentials of one, or switch one on: bun run cli provider list",
      ),
    );
  return [...findings.flat(), ...idle];
}

/** What letters need: the printer, and what looks for viruses. Nothing is looked at where none are sent. */
export async function checkLetters({ letters: { sftp, http, scanner } }: Config): Promise<Finding[]> {
  const where: [string, string | null][] = [
    ["printer by SFTP", sftp && `tcp://${sftp.host}:${sftp.port}`],
    ["printer by HTTP", http?.url ?? null],
    ["virus scanner", scanner?.address ?? null],
  ];
  return await Promise.all(
    where.flatMap(([check, url]) => (url === null ? [] : [checkReachable(check, url)])),
  );
}

/** Any answer will do: what is asked for matters less than who answers. */
async function checkReachable(check: string, url: string): Promise<Finding> {
  const { protocol, origin } = new URL(url);
  const isHttp = protocol === "http:" || protocol === "https:";
  const socket = socketOf(new URL(url));
  const where = isHttp ? origin : (socket.path ?? `${socket.host}:${socket.port}`);
  try {
    await (isHttp ? ask(origin) : dial(socket));
    return ok(check, `${where} answers`);
  } catch (error) {
    return fault(
      check,
      `${where}: ${inWords(error)}`,
      "See the network, its firewall and the provider's status",
    );
  }
}

type SocketAddress = { path: string } | { path?: never; host: string; port: number };

function socketOf({ protocol, hostname, port, pathname }: URL): SocketAddress {
  if (protocol === "unix:") return { path: pathname };
  return { host: hostname, port: Number(port || (protocol === "smtps:" ? 465 : 25)) };
}

async function ask(url: string): Promise<void> {
  const response = await fetch(url, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  });
  await response.body?.cancel();
}

function dial(address: SocketAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ ...address, timeout: timeoutMs });
  socket.once("connect", resolve);
  socket.once("timeout", () => reject(new Error("No answer in time")));
  socket.once("error", reject);
  return promise.finally(() => socket.destroy());
}

/** Whether the API serves requests where links say it is. */
export async function checkApi({ api }: Config): Promise<Finding> {
  const url = `${api.url}_status?simple=1`;
  const advice = "Start it, or set API_HOST to where it is";
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
    if (response.ok) return ok("api", `${api.url} serves`);
    return warning("api", `${api.url} answered ${response.status}`, advice);
  } catch (error) {
    return warning("api", `${api.url}: ${inWords(error)}`, advice);
  }
}
