import { fromBase64, toBase64 } from "../base64.ts";
import { inTurns } from "../turns.ts";

/** RFC 7914: memory is 128 bytes × n × r, work p times that. */
export interface ScryptCost {
  n: number;
  r: number;
  p: number;
}

/** A runtime's own scrypt, away from the thread that answers requests; 32 bytes. */
export type Scrypt = (password: string, salt: Uint8Array, cost: ScryptCost) => Promise<Uint8Array>;

/** What passwords are kept as. A process hashes two at once, lets 20 wait, and refuses more with `Busy`. */
export interface Passwords {
  /** `$scrypt$ln=15,r=8,p=3$salt$key`, in base64 without padding: the PHC string format. */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the password of this hash, at whatever cost that was made. Null for somebody who has none: takes as
   * long, and is never right. Throws for what is no hash of ours.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
  /** Whether it was made at another cost than today's: then hash anew what has just been verified. */
  needsRehash(stored: string): boolean;
}

/** OWASP's Password Storage Cheat Sheet names it as one of its equals; of these it needs 32 MiB, which an edge has. */
const today: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };

const saltBytes = 16;

export function createPasswords(scrypt: Scrypt): Passwords {
  const turn = inTurns({ atOnce: 2, waiting: 20 });
  const derive = (password: string, salt: Uint8Array, cost: ScryptCost) =>
    turn(() => scrypt(normalise(password), salt, cost));

  return {
    async hash(password) {
      const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
      return write({ cost: today, salt, key: await derive(password, salt, today) });
    },
    async verify(password, stored) {
      if (stored === null) {
        await derive(password, new Uint8Array(saltBytes), today);
        return false;
      }
      const { cost, salt, key } = read(stored);
      return isEqual(await derive(password, salt, cost), key);
    },
    needsRehash(stored) {
      const { n, r, p } = read(stored).cost;
      return n !== today.n || r !== today.r || p !== today.p;
    },
  };
}

/** Keyboards differ in how they write the same letter (NIST SP 800-63B, section 3.1.1.2). */
export function normalise(password: string): string {
  return password.normalize("NFKC");
}

interface Hash {
  cost: ScryptCost;
  salt: Uint8Array;
  key: Uint8Array;
}

function write({ cost: { n, r, p }, salt, key }: Hash): string {
  return `$scrypt$ln=${Math.log2(n)},r=${r},p=${p}$${unpadded(salt)}$${unpadded(key)}`;
}

function unpadded(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("=", "");
}

/** Up to 128 MiB, and 16 times the work. */
const format = /^\$scrypt\$ln=(1[0-7]),r=(8),p=(\d|1[0-6])\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

function read(stored: string): Hash {
  const [, ln, r, p, salt = "", key = ""] = format.exec(stored) ?? [];
  // Not repeated: it may be a password.
  if (ln === undefined) throw new Error("Cannot read a password's hash: it is not of our format");
  return {
    cost: { n: 2 ** Number(ln), r: Number(r), p: Number(p) },
    salt: fromBase64(salt),
    key: fromBase64(key),
  };
}

/** In constant time. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [at, byte] of other.entries()) difference |= byte ^ (one[at] ?? 0);
  return difference === 0;
}
