import * as v from "valibot";
import { fromBase64 } from "../base64.ts";
import { isAddress, parseRange } from "../egress/address.ts";
import type { EncryptionKey } from "../encryption.ts";

const largestPort = 65_535;
export const Text = v.pipe(v.string(), v.minLength(1));
// Messages of ours: the library's repeat the value, which may hold a password.
export const Url = v.pipe(v.string(), v.url("must be a URL"));
export const PostgresUrl = v.pipe(
  Text,
  v.regex(/^postgres(ql)?:\/\//, "must begin postgres://"),
  v.check(isPostgresUrl, "must be a URL, and what is not plain in its password %-encoded"),
);
export const Count = whole(1);
const CountOrNone = whole(0);
export const Milliseconds = whole(1);
export const Port = v.pipe(Count, v.maxValue(largestPort, `must be at most ${largestPort}`));
export const PortOrAny = v.pipe(CountOrNone, v.maxValue(largestPort, `must be at most ${largestPort}`));
export const Flag = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);
export const Price = v.pipe(
  v.string(),
  v.transform(Number),
  v.number("must be a number"),
  v.minValue(0, "must be at least 0"),
);
/** `user:password`, several separated by commas: the old and the new while a provider is moved over. */
export const Credentials = v.pipe(
  v.string(),
  v.transform((text) =>
    text.split(",").map((pair): [string, string] => {
      const [user = "", ...rest] = pair.split(":");
      return [user, rest.join(":")];
    }),
  ),
  v.check(
    (pairs) => pairs.every(([user, password]) => user !== "" && password !== ""),
    "must be user:password",
  ),
);
/** `name=points,…`, whole numbers that make 100. */
export const Points = v.pipe(
  v.string(),
  v.transform((text) => {
    const pairs = text.split(",").map((pair) => /^([a-z0-9-]+)=(\d{1,3})$/.exec(pair.trim()));
    return new Map(pairs.map((pair): [string, number] => [pair?.[1] ?? "", Number(pair?.[2])]));
  }),
  v.check(
    (points) => [...points.values()].reduce((sum, one) => sum + one, 0) === 100,
    "must be name=points for each provider, the points making 100",
  ),
);
const retrySchedules = new Map([
  ["default", { stepsSeconds: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400], jitter: 0.2 }],
  ["notify", { stepsSeconds: [300, 300, 300, 300, 300], jitter: 0 }],
  ["none", { stepsSeconds: [], jitter: 0 }],
]);
/** The name of a schedule, or seconds before each retry in turn. */
export const Retries = v.pipe(
  v.string(),
  v.regex(
    /^(default|notify|none|[1-9]\d{0,6}(,[1-9]\d{0,6}){0,99})$/,
    "must be default, notify, none, or seconds before each retry, separated by commas",
  ),
  v.transform((text) => {
    return retrySchedules.get(text) ?? { stepsSeconds: text.split(",").map(Number), jitter: 0.2 };
  }),
);
export const List = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  ),
);
export const Ranges = v.pipe(
  List,
  v.check(
    (texts) => texts.every((text) => parseRange(text) !== null),
    "must be addresses or ranges such as 10.1.0.0/16, separated by commas; IPv4 written as such",
  ),
  v.transform((texts) => texts.map(parseRange).filter((range) => range !== null)),
);
export const DnsServers = v.pipe(
  List,
  v.check(
    (servers) => servers.every((server) => isAddress(server) || isAddress(server.replace(/:\d{1,5}$/, ""))),
    "must be addresses of DNS servers, separated by commas; a port may follow an IPv4 address",
  ),
);
/** `id:base64 of 32 bytes`, the first encrypts. */
export const Keys = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const keys = parseKeys(dataset.value);
    if (keys) return keys;
    addIssue({ message: "must be id:key, the key being base64 of 32 bytes and each id another" });
    return NEVER;
  }),
);

/** Null where the text is not a value of ENCRYPTION_KEYS. */
export function parseKeys(value: string): EncryptionKey[] | null {
  const keys: EncryptionKey[] = [];
  for (const pair of value.split(",")) {
    const [id = "", text = ""] = pair.split(":", 2);
    const bytes = bytesOf(text);
    // Of two with one id the first would encrypt and the second decrypt.
    const isNew = !keys.some((key) => key.id === id);
    if (!/^[A-Za-z0-9_-]+$/.test(id) || bytes?.length !== 32 || !isNew) return null;
    keys.push({ id, bytes });
  }
  return keys;
}

export function whole(least: number) {
  const wanted = `must be a whole number, at least ${least}`;
  return v.pipe(v.string(), v.transform(Number), v.integer(wanted), v.minValue(least, wanted));
}

function isPostgresUrl(text: string): boolean {
  try {
    const { username, password, pathname } = new URL(text);
    decodeURIComponent(`${username}${password}${pathname}`);
    return true;
  } catch {
    return false;
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

const shortestSecret = 16;
export const Secrets = v.pipe(
  List,
  v.check(
    (secrets) => secrets.every(({ length }) => length >= shortestSecret),
    `must each have ${shortestSecret} characters or more`,
  ),
);
