import type { Desk } from "./exchange.ts";

/** A reader this many events behind is let go; it will come back. */
const mostUnread = 10_000;
const beatMs = 15_000;

/** GET /events: a `message` event for each arrival and a `cleared` one, as Server-Sent Events. */
export function events({ messages }: Desk) {
  return () => {
    let stop = () => {};
    const stream = new ReadableStream<string>({
      start(controller) {
        const send = (text: string) => {
          if ((controller.desiredSize ?? 0) > -mostUnread) return controller.enqueue(text);
          stop();
          controller.close();
        };
        // Some proxies, and some readers, wait for a first line.
        send(": listening\n\n");
        const beat = setInterval(() => send(": still here\n\n"), beatMs);
        const unsubscribe = messages.subscribe((event) => {
          if (event.type === "cleared") return send("event: cleared\ndata: {}\n\n");
          const { id, channel, provider, to } = event.message;
          send(`event: message\nid: ${id}\ndata: ${JSON.stringify({ id, channel, provider, to })}\n\n`);
        });
        stop = () => {
          clearInterval(beat);
          unsubscribe();
        };
      },
      cancel: () => stop(),
    });
    return new Response(stream, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  };
}
