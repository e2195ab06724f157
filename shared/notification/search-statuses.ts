import type { Status } from "./notification.ts";

/** Those whose notifications stand in `failed_notifications`: a migration's trigger names the same. */
export const failedStatuses: readonly Status[] = [
  "cancelled",
  "failed",
  "technical-failure",
  "temporary-failure",
  "permanent-failure",
  "validation-failed",
  "virus-scan-failed",
  "returned-letter",
];

/** Those that texts and emails have until something comes of them, and never again; letters may come back to them. */
export const unfinishedStatuses: readonly Status[] = ["created", "sending", "pending", "pending-virus-check"];
