import type { StoredTemplate } from "../../../shared/notification/notification.ts";
import { checkSmsTemplate } from "../../../shared/template/checks.ts";
import { UsageError } from "../command.ts";

export interface ContentOptions {
  content?: string | undefined;
  file?: string | undefined;
}

export const contentArgs = {
  content: { type: "string", valueHint: "text", description: "The message, with ((placeholders))" },
  file: { type: "string", valueHint: "path", description: "Read the message from a file" },
} as const;

/** The message as it was given; null where it was not. */
export async function readContent({ content, file }: ContentOptions): Promise<string | null> {
  if (content !== undefined && file !== undefined) throw new UsageError("Give one of --content and --file");
  if (file === undefined) return content ?? null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Bun.file(file).bytes());
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it is not a text";
    throw new Error(`Cannot read ${file}: ${reason}`);
  }
}

/** Throws where a template cannot be stored so. */
export function assertTemplate({
  type,
  content,
  subject,
  hasUnsubscribeLink,
}: Pick<StoredTemplate, "type" | "content" | "subject" | "hasUnsubscribeLink">): void {
  if (content.trim() === "") throw new UsageError("The message must not be empty");
  if (content.includes("\0")) throw new UsageError("The message must not hold a NUL character");
  if (type === "sms" && subject !== null) throw new UsageError("A text has no --subject");
  if (type !== "sms" && subject === null) throw new UsageError("--subject is needed");
  if (type !== "email" && hasUnsubscribeLink) throw new UsageError("Only emails have an --unsubscribe-link");
  const fault = type === "sms" ? checkSmsTemplate(content) : null;
  if (fault !== null) throw new UsageError(fault);
}
