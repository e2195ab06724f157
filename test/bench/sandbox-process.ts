import { channels } from "../sandbox/message.ts";
import { startSandbox } from "../sandbox/sandbox.ts";

/**
 * The sandbox as a process of its own, so that it does not share the load generator's thread; and, on
 * `CONTROL_PORT`, what a bench wants to know of it: `/counts` of each channel, `/arrivals` of texts as
 * `[notification's id, milliseconds since 1970]`.
 */
const sandbox = await startSandbox({
  port: Number(process.env.SANDBOX_PORT),
  receipts: { apiUrl: process.env.API_URL ?? "" },
  keep: 20_000,
});
const control = Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.env.CONTROL_PORT),
  routes: {
    "/_ready": Response.json({ status: "ok" }),
    "/counts": () =>
      Response.json(Object.fromEntries(channels.map((channel) => [channel, sandbox.count(channel)]))),
    "/arrivals": () =>
      Response.json(
        sandbox.messages("sms").map(({ reference, receivedAt }) => [reference, receivedAt.getTime()]),
      ),
  },
});

process.on("SIGTERM", async () => {
  await control.stop(true);
  await sandbox[Symbol.asyncDispose]();
  process.exit(0);
});
