import * as v from "valibot";
import type { ReaderMessage } from "../pdfium/reader.ts";
import { RefusalCodeSchema } from "./refusal.ts";

/** What is said between a worker and the process that reads its PDFs. */

const Bytes = v.instance<typeof Uint8Array<ArrayBuffer>>(Uint8Array);

const Request = v.object({ id: v.number(), pdf: Bytes, allowsInternational: v.boolean() });

const Valid = v.object({
  outcome: v.literal("valid"),
  pdf: Bytes,
  pages: v.number(),
  /** Its lines. */
  address: v.string(),
  redrawn: v.array(v.object({ page: v.number(), reason: v.string() })),
  keptAddress: v.boolean(),
});

const Refused = v.object({
  outcome: v.literal("refused"),
  code: RefusalCodeSchema,
  pages: v.array(v.number()),
  pageCount: v.nullable(v.number()),
  /** Why the file cannot be read, where that is known; never what stands in it. */
  reason: v.nullable(v.string()),
});

const Message = v.object({
  id: v.number(),
  said: v.union([v.literal("ready"), v.variant("outcome", [Valid, Refused])]),
});

export type Answer = v.InferOutput<typeof Valid> | v.InferOutput<typeof Refused>;

export type PrepareRequest = Omit<v.InferOutput<typeof Request>, "id">;

export function parseRequest(message: unknown): v.InferOutput<typeof Request> {
  return v.parse(Request, message);
}

/** Null where it is none. */
export function parseMessage(message: unknown): ReaderMessage<Answer> | null {
  const result = v.safeParse(Message, message);
  return result.success ? result.output : null;
}
