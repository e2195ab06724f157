import * as v from "valibot";
import type { ReaderMessage } from "../pdfium/reader.ts";
import { RefusalCodeSchema } from "../precompiled/refusal.ts";

/** What is said between a worker and the process that draws pages. */

const Bytes = v.instance<typeof Uint8Array<ArrayBuffer>>(Uint8Array);

const Request = v.object({
  id: v.number(),
  pdf: Bytes,
  /** From 1, and how many from there on. */
  firstPage: v.number(),
  mostPages: v.number(),
  /** Drawn over them, where it is given. */
  fault: v.nullable(v.object({ code: RefusalCodeSchema, pages: v.nullable(v.array(v.number())) })),
});

const Drawn = v.object({
  outcome: v.literal("drawn"),
  /** Of the file. */
  pages: v.number(),
  /** PNGs, in order; fewer than asked for where the file ends. */
  pictures: v.array(Bytes),
});

const Undrawable = v.object({
  outcome: v.literal("undrawable"),
  fault: v.picklist(["unreadable", "password-protected"]),
  /** Where more is known; never what stands in the file. */
  reason: v.nullable(v.string()),
});

const Message = v.object({
  id: v.number(),
  said: v.union([v.literal("ready"), v.variant("outcome", [Drawn, Undrawable])]),
});

export type DrawRequest = v.InferOutput<typeof Request>;

export type DrawAnswer = v.InferOutput<typeof Drawn> | v.InferOutput<typeof Undrawable>;

export function parseDrawRequest(message: unknown): DrawRequest {
  return v.parse(Request, message);
}

/** Null where it is none. */
export function parseDrawMessage(message: unknown): ReaderMessage<DrawAnswer> | null {
  const result = v.safeParse(Message, message);
  return result.success ? result.output : null;
}
