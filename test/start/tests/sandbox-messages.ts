import * as v from "valibot";
import { until } from "../../chaos/until.ts";

const Message = v.object({
  channel: v.string(),
  to: v.string(),
  subject: v.nullable(v.string()),
  body: v.string(),
  headers: v.nullable(v.record(v.string(), v.string())),
});
const Messages = v.object({ messages: v.array(Message) });

export type SandboxMessage = v.InferOutput<typeof Message>;

/** Waits until the sandbox lists a message of that kind whose recipient or body has the words. */
export async function untilListed(
  sandboxUrl: string,
  channel: string,
  words: string,
): Promise<SandboxMessage> {
  let found: SandboxMessage | undefined;
  await until(
    async () => {
      const response = await fetch(`${sandboxUrl}/messages?channel=${channel}`);
      const { messages } = v.parse(Messages, await response.json());
      found = messages.find(({ to, body }) => to.includes(words) || body.includes(words));
      return found !== undefined;
    },
    { what: `A message of ${channel} with ${words} is listed`, timeoutMs: 20_000 },
  );
  if (!found) throw new Error("Unreachable");
  return found;
}
