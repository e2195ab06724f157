import type { ListedDvlaFile } from "./dvla-file-list.ts";

/** How far the reading of a file is. */
export function stateOf({ outcome, processedAt }: Pick<ListedDvlaFile, "outcome" | "processedAt">): string {
  if (processedAt !== null) return "read";
  const lines = outcome?.lines_read;
  return typeof lines === "number" ? `${lines} lines read` : "waiting";
}

export const fileParts = ["statuses", "counts"] as const;
export type FilePart = (typeof fileParts)[number];

/** Why a file, or one part of it, cannot be read again; null where it can. */
export function replayFault({ kind }: Pick<ListedDvlaFile, "kind">, only?: FilePart): string | null {
  if (kind === "other") return "it is neither acknowledgement nor response";
  return kind === "acknowledgement" && only !== undefined ? "it is an acknowledgement" : null;
}
