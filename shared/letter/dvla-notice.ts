import * as v from "valibot";
import { parseJson } from "../receipt/parse-json.ts";

const Text = v.optional(v.pipe(v.string(), v.maxLength(2000)));
/** What a storage says of a new file; beside the key, what tells one content from another. */
const Notice = v.object({
  Records: v.array(
    v.object({ s3: v.object({ object: v.object({ key: v.string(), eTag: Text, versionId: Text }) }) }),
  ),
});

/** One file of a notice. */
export interface NoticedFile {
  /** As it is stored, folders and all. */
  key: string;
  /** The same for notices of the same content. */
  version: string;
}

/**
 * The files that a storage's notice names (`spec/letters.md` 5.1), all of its records; none where it is about something
 * else, as a storage's first message is. Keys come encoded as in a form.
 */
export function parseDvlaNotice(message: string): NoticedFile[] {
  const parsed = v.safeParse(Notice, parseJson(message));
  if (!parsed.success) return [];
  return parsed.output.Records.map(({ s3: { object } }) => ({
    key: decoded(object.key),
    version: object.versionId ?? object.eTag ?? "",
  }));
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return key;
  }
}
