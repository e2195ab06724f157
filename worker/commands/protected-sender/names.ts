import { smsSenderFault } from "../../../shared/recipient/sms-sender.ts";
import { normaliseSender } from "../../../shared/service/protected-senders.ts";
import { UsageError } from "../command.ts";

/** Names, one a line, each way of writing one once. Throws for one that no text could come from, and where there is none. */
export function parseSenders(text: string): string[] {
  const names = text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (names.length === 0) throw new UsageError("NAME or --file is needed");
  for (const name of names) {
    const fault = smsSenderFault(name);
    if (fault !== null || normaliseSender(name) === "") {
      throw new Error(`Cannot protect "${name}": ${fault ?? "it has no letter or digit"}`);
    }
  }
  return [...new Map(names.map((name) => [normaliseSender(name), name])).values()];
}
