import { scrypt as derive } from "node:crypto";
import type { Scrypt } from "../shared/user/passwords.ts";

const keyBytes = 32;

/** `Scrypt` by OpenSSL, which Bun, Deno and workerd all have. */
export const scrypt: Scrypt = (password, salt, { n, r, p }) => {
  // What it is expected to need, and a little for itself; it refuses more than 32 MiB unless told.
  const maxmem = 128 * r * (n + p) + 1024 * 1024;
  return new Promise((resolve, reject) => {
    derive(password, salt, keyBytes, { N: n, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
};
