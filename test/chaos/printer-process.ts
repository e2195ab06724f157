import { startDvla } from "../sandbox/dvla/dvla.ts";

/**
 * The printer as a process of its own, to be killed: what it has and did is kept in `PRINTER_DIR`. On `CONTROL_PORT` it
 * says that it is ready. Each answer takes its time, so that there are moments to be killed in.
 */
const printer = await startDvla({
  port: Number(process.env.PRINTER_PORT),
  dir: process.env.PRINTER_DIR,
  picksUp: process.env.PRINTER_PICKS_UP === "true",
  nextFault: () => ({ delay_ms: 8 }),
});

Bun.serve({
  hostname: printer.host,
  port: Number(process.env.CONTROL_PORT),
  routes: { "/_ready": Response.json({ status: "ok" }) },
});
