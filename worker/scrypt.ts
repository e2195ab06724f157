import { scrypt as derive } from "node:crypto";
import { promisify } from "node:util";
import type { Scrypt } from "../shared/user/passwords.ts";

type Options = { N: number; r: number; p: number; maxmem: number };
const promised = promisify<string, Uint8Array, number, Options, Uint8Array>(derive);

/** `Scrypt` for commands. */
export const scrypt: Scrypt = (password, salt, { n: N, r, p }) =>
  promised(password, salt, 32, { N, r, p, maxmem: 256 * N * r });
