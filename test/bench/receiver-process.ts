/**
 * Services' receivers of callbacks: `/alive/…` answers at once, `/dead/…` never. `/arrivals` tells what came to the
 * living, as `[subject's id, milliseconds since 1970]`, and forgets it; `/count` how many came since the start, and how many of the dead were called.
 */
const arrivals: [id: string, at: number][] = [];
let count = 0;
const called = new Set<string>();

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.RECEIVER_PORT),
  // Those that are never answered stay until the sender goes.
  idleTimeout: 0,
  routes: {
    "/_ready": Response.json({ status: "ok" }),
    "/alive/*": async (request) => {
      const body = await request.text();
      // What is not signed is not counted, and so is waited for in vain.
      if (request.headers.get("webhook-signature") === null) return new Response("unsigned", { status: 400 });
      count++;
      arrivals.push([body.slice(idAt, idAt + 36), performance.timeOrigin + performance.now()]);
      return new Response("ok");
    },
    "/dead/*": (request) => {
      called.add(new URL(request.url).pathname);
      return new Promise<Response>(() => {});
    },
    "/arrivals": () => Response.json(arrivals.splice(0)),
    "/count": () => Response.json({ alive: count, dead: called.size }),
  },
});

/** Every body begins so; to parse each would measure the receiver. */
const idAt = '{"id": "'.length;
