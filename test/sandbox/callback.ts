import { answerWith, type Desk, dropped, pause, unanswered } from "./exchange.ts";
import { nothing } from "./message.ts";

/** POST /callback and below: a service's receiver. It records whatever comes, answered or not. */
export function callback({ messages, faults, signal }: Desk) {
  return async (request: Request): Promise<Response> => {
    const to = new URL(request.url).pathname;
    const fault = faults.next("callback", to);
    const { status = 200, delay_ms: delayMs } = fault ?? {};
    const silent = fault?.hang || fault?.reset || fault?.accept_without_answer;
    messages.add({
      ...nothing,
      channel: "callback",
      to,
      body: await request.text(),
      headers: Object.fromEntries(request.headers),
      status: silent ? null : status,
    });
    if (delayMs) await pause(delayMs, signal);
    if (fault?.hang) return unanswered();
    if (silent) return dropped();
    const usual = Response.json({ result: "ok" });
    return fault ? answerWith(fault, usual) : usual;
  };
}
