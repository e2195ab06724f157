/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Channel, Status as Known } from "../../../shared/notification/notification.ts";
import { statusInWords } from "../../internal/notifications/status-in-words.ts";
import { Status } from "../parts.tsx";

/** Its status, and what that means where the word alone does not say so. */
export function Standing({ channel, status }: { channel: Channel; status: Known }) {
  const words = statusInWords(channel, status);
  return (
    <>
      <Status status={status} /> {words.toLowerCase() === status.replaceAll("-", " ") ? null : words}
    </>
  );
}
