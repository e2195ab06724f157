import type { Sftp } from "../sftp/sftp.ts";

/** Names on the printer's side, with their folder. */
export interface Places {
  /** What the printer looks for. */
  final: string;
  /** What it does not look at; null where a zip goes straight under its name. */
  temporary: string | null;
}

/**
 * What has become of a zip that was there whole. `there`: it has its name. `named-otherwise`: only the temporary one
 * yet. `taken`: neither is there, so the printer took it, for it takes zips by their names and nobody else removes them.
 * `spoilt`: what is there is not what was sent, as a server that lost power may leave it.
 */
export type Whereabouts = "there" | "named-otherwise" | "taken" | "spoilt";

/** Looks for a zip that was sent whole (`spec/letters.md` 4.8 tells what comes of looking in the wrong place). */
export async function findZip(sftp: Sftp, places: Places, bytes: number): Promise<Whereabouts> {
  const final = await sftp.stat(places.final);
  if (final) return final.size === bytes ? "there" : "spoilt";
  const temporary = places.temporary === null ? null : await sftp.stat(places.temporary);
  if (temporary) return temporary.size === bytes ? "named-otherwise" : "spoilt";
  // It may have got its name between the two looks.
  const again = await sftp.stat(places.final);
  return again && again.size !== bytes ? "spoilt" : "taken";
}
