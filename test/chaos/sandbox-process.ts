import * as v from "valibot";
import type { Message } from "../sandbox/message.ts";
import { startSandbox } from "../sandbox/sandbox.ts";

/**
 * The sandbox as a process of its own, which remembers every arrival though not its content. On `CONTROL_PORT`:
 * `/arrivals/CHANNEL?from=N`, those after the first N as `[key, provider, milliseconds since 1970]`, and `/receipts`.
 */
const sandbox = await startSandbox({
  port: Number(process.env.SANDBOX_PORT),
  receipts: { apiUrl: process.env.API_URL ?? "" },
  keep: 500,
});

type Arrival = [key: string, provider: string | null, at: number];
const arrivals = { sms: [] as Arrival[], email: [] as Arrival[], callback: [] as Arrival[] };
const Callback = v.object({ id: v.string() });

/** What tells whose it is: the notification's id, of which an email has only its recipient. */
function keyOf({ channel, reference, to, body }: Message): string {
  if (channel === "callback") return v.parse(Callback, JSON.parse(body)).id;
  return channel === "email" ? to : (reference ?? "");
}

sandbox.subscribe((event) => {
  if (event.type !== "message") return;
  const { message } = event;
  const { channel, provider, receivedAt } = message;
  if (channel === "sms" || channel === "email" || channel === "callback") {
    arrivals[channel].push([keyOf(message), provider, receivedAt.getTime()]);
  }
});

const since = (channel: keyof typeof arrivals) => (request: Request) =>
  Response.json(arrivals[channel].slice(Number(new URL(request.url).searchParams.get("from"))));

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.CONTROL_PORT),
  routes: {
    "/_ready": Response.json({ status: "ok" }),
    "/arrivals/sms": since("sms"),
    "/arrivals/email": since("email"),
    "/arrivals/callback": since("callback"),
    "/receipts": () => Response.json(sandbox.receipts()),
  },
});
