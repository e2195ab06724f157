import type { ClaimedAlert } from "../../shared/alert/telling.ts";
import type { Config } from "../../shared/config.ts";
import { call, isAccepted } from "../providers/http.ts";
import { factLines, subjectLine } from "./words.ts";

type Settings = Config["alerts"] & { webhookUrl: string };

/** Posts that an alert was opened. Throws where it was not taken; the URL, which is a secret, is never said. */
export async function postOpened(
  alert: ClaimedAlert,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const mark = alert.severity === "page" ? ":rotating_light:" : ":warning:";
  const head = escaped(subjectLine(alert, settings.environment));
  await post(`${mark} *${head}*\n${escaped(factLines(alert))}`, settings, signal);
}

/** Posts that it is over. */
export async function postResolved(
  alert: ClaimedAlert,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  const head = escaped(subjectLine(alert, settings.environment));
  await post(`:white_check_mark: Resolved: ${head}`, settings, signal);
}

async function post(text: string, { webhookUrl, timeoutMs }: Settings, signal: AbortSignal): Promise<void> {
  const request = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
  } as const;
  const answer = await call(webhookUrl, request, timeoutMs, signal);
  if (answer.status === null) throw new Error(`The webhook: ${answer.reason}`);
  if (!isAccepted(answer)) throw new Error(`The webhook answered ${answer.status}`);
}

/** Slack reads links and mentions in angle brackets. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
