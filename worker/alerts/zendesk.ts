import type { ClaimedAlert } from "../../shared/alert/telling.ts";
import { toBase64 } from "../../shared/base64.ts";
import type { Config } from "../../shared/config.ts";
import { call, isAccepted } from "../providers/http.ts";
import { factLines, subjectLine } from "./words.ts";

export type Zendesk = NonNullable<Config["alerts"]["zendesk"]>;

/**
 * Makes a ticket of an alert. Throws where it was not taken. Asked for again because the answer was lost, Zendesk
 * knows the alert's id as `Idempotency-Key` and makes no second one.
 */
export async function createTicket(
  alert: ClaimedAlert,
  { url, email, token }: Zendesk,
  { environment, timeoutMs }: Config["alerts"],
  signal: AbortSignal,
): Promise<void> {
  const isPage = alert.severity === "page";
  const ticket = {
    subject: subjectLine(alert, environment),
    comment: { body: factLines(alert), public: false },
    type: isPage ? "incident" : "task",
    priority: isPage ? "urgent" : "normal",
    external_id: alert.id,
    tags: ["pillarbox"],
  };
  const credentials = toBase64(new TextEncoder().encode(`${email}/token:${token}`));
  const request = {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      Authorization: `Basic ${credentials}`,
      "Idempotency-Key": alert.id,
    },
    body: JSON.stringify({ ticket }),
  } as const;
  const answer = await call(`${url}/api/v2/tickets.json`, request, timeoutMs, signal);
  if (answer.status === null) throw new Error(`Zendesk: ${answer.reason}`);
  if (!isAccepted(answer)) throw new Error(`Zendesk answered ${answer.status}`);
}
