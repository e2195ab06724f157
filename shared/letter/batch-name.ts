import { toBase64Url } from "../base64.ts";
import type { Postage } from "../recipient/postage.ts";

/*
 * What the printer reads off names (`spec/letters.md` 1.6 and 4.4, as of 2021). They are made of what is stored, never of
 * the moment of sending.
 */

const postageCodes: Readonly<Record<Postage, string>> = {
  first: "1",
  second: "2",
  economy: "ECONOMY",
  europe: "E",
  "rest-of-world": "N",
};

/** A letter's in its zip: `NOTIFY.7QK2M9ZD41XTB06H.D.2.C.20211002173402.PDF`, D for duplex, C for colour. */
export function letterFileName({
  reference,
  postage,
  createdAt,
}: {
  reference: string;
  postage: Postage;
  createdAt: Date;
}): string {
  const moment = createdAt
    .toISOString()
    .slice(0, 19)
    .replace(/[^0-9]/g, "");
  return `NOTIFY.${reference}.D.${postageCodes[postage]}.C.${moment}.PDF`.toUpperCase();
}

interface ZipFacts {
  /** As `2026-11-21`. */
  printDate: string;
  postage: Postage;
  /** From 1 within the print date and postage, over all runs of the date: alone it makes the name unique. */
  number: number;
  /** As `contentHash` makes it. */
  hash: string;
  serviceId: string;
}

/** `NOTIFY.2026-11-21.2.001.q7Zt0bWm-4Xc1LrUe_Ka.<service's id>.None.ZIP`; services of ours have no organisation. */
export function zipName({ printDate, postage, number, hash, serviceId }: ZipFacts): string {
  const nnn = String(number).padStart(3, "0");
  return `NOTIFY.${printDate}.${postageCodes[postage]}.${nnn}.${hash}.${serviceId}.None.ZIP`;
}

/** 20 characters of URL-safe base64 of a SHA-512 over what is in the zip: each letter's name and its PDF's SHA-256. */
export async function contentHash(letters: readonly { fileName: string; sha256: string }[]): Promise<string> {
  const text = letters.map(({ fileName, sha256 }) => `${fileName} ${sha256}\n`).join("");
  const digest = await crypto.subtle.digest("SHA-512", new TextEncoder().encode(text));
  return toBase64Url(new Uint8Array(digest)).slice(0, 20);
}
