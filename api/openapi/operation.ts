import type * as v from "valibot";
import type { Refusal } from "./refusals.ts";

/** A schema whose entries are parameters or the fields of a body. */
export type Entries = v.ObjectSchema<v.ObjectEntries, undefined>;

/** One endpoint, in the few words from which its part of the document is made. */
export interface Operation {
  method: "get" | "post";
  /** Below the root, with `{names}`. */
  path: string;
  /** The name by which programs made from the document call it. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** Whether it asks for a service's token. */
  secured: boolean;
  params?: Entries;
  /** The schema the route itself reads its query with. */
  query?: Entries;
  headers?: Entries;
  body?: {
    /** The component that the route itself reads its body with; null for what is told by the type alone. */
    schema: string | null;
    type?: string;
    required: boolean;
    example?: unknown;
  };
  answers: readonly Answer[];
  refusals: readonly Refusal[];
}

/** An answer that is no refusal. */
export interface Answer {
  status: number;
  description: string;
  /** The component its JSON is described by; null where it is none. */
  schema: string | null;
  /** The media type it has otherwise. */
  type?: string;
  headers?: Readonly<Record<string, string>>;
}
