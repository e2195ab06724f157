import { countFragments } from "../../shared/template/fragments.ts";
import { smsEncoding } from "../../shared/template/gsm.ts";
import { outcomeOf } from "./outcome.ts";

export const channels = ["sms", "email", "letter", "broadcast", "callback"] as const;

export type Channel = (typeof channels)[number];

/** One thing that reached the sandbox. What a channel does not have is null. */
export interface Message {
  /** Counts up from 1 for the life of a sandbox. */
  id: number;
  receivedAt: Date;
  channel: Channel;
  /** Null for a callback, which no provider carries. */
  provider: string | null;
  /** For a callback, the path it was posted to; for a letter the address in its window, its lines joined by commas. */
  to: string;
  from: string | null;
  subject: string | null;
  /** For a callback, the request's body as it came; for a letter the text of its pages. */
  body: string;
  html: string | null;
  /** What the sender would know it by later: a text's or a letter's is its own, an email's the provider's id. */
  reference: string | null;
  /** An email's own, named as they were sent; for a callback the request's, in lower case; a letter's zip. */
  headers: Record<string, string> | null;
  attachments: Attachment[] | null;
  /** What a callback was answered, or null when it was left without an answer. */
  status: number | null;
}

export interface Attachment {
  filename: string | null;
  contentType: string;
  /** Null where it is too much to be kept in memory, but at `url`. */
  contentBase64: string | null;
  url?: string;
  /** Of a PDF. */
  pages?: number;
}

/** What a channel does not have, to be spread over by what it has. */
export const nothing = {
  provider: null,
  from: null,
  subject: null,
  html: null,
  reference: null,
  headers: null,
  attachments: null,
  status: null,
} satisfies Partial<Message>;

/** How many texts a network would charge for; null for what is no text. */
export function fragmentsOf({ channel, body }: Message): number | null {
  return channel === "sms" ? countFragments(body, smsEncoding(body)) : null;
}

/** As `GET /messages` lists it: a contract for scripts, to which keys may only be added. */
export function toJson(message: Message) {
  const { receivedAt, attachments, ...rest } = message;
  return {
    ...rest,
    outcome: outcomeOf(message),
    fragments: fragmentsOf(message),
    attachments:
      attachments?.map(({ filename, contentType, contentBase64, ...more }) => ({
        filename,
        content_type: contentType,
        content_base64: contentBase64,
        ...more,
      })) ?? null,
    received_at: receivedAt.toISOString(),
  };
}
