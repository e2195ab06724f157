import { join } from "node:path";
import type { Demo } from "./demo.ts";

/** What a newcomer sees when all is up, with a first request to copy. */
export function welcome(demo: Demo, { root, dataDir }: { root: string; dataDir: string }): string {
  const { api_url, sandbox_url, api_keys, templates, inbound_number, broadcast, console: page } = demo;
  return `
Pillarbox is ready.

  API       ${api_url}
  Console   ${page.url}   ${page.email}, password ${page.password}
  Sandbox   ${sandbox_url}   what was sent appears here
  Keys      live  ${api_keys.normal}
            team  ${api_keys.team}
            test  ${api_keys.test}
  Number    ${inbound_number}   people text the service here; the sandbox's page shows how
  Alerts    ${broadcast.api_key}   worker/broadcasts/GUIDE.md shows how

  All of it in ${join(dataDir, "demo.json")}; logs beside it.

A first text, with the official client, from ${root}:

  bun -e '
    import { NotifyClient } from "notifications-node-client";
    const notify = new NotifyClient("${api_url}", "${api_keys.normal}");
    const personalisation = { name: "Ada", day: "Monday", time: "9am" };
    const { data } = await notify.sendSms("${templates.sms}", "07700900123", { personalisation });
    console.log(data.id, data.content.body);
  '

A letter is printed at 17:50, or when "Print letters now" on the sandbox's page is pressed:

  bun -e '
    import { NotifyClient } from "notifications-node-client";
    const notify = new NotifyClient("${api_url}", "${api_keys.normal}");
    const address = { address_line_1: "Ada Example", address_line_2: "1 Example Road", address_line_3: "SW1A 1AA" };
    const personalisation = { ...address, name: "Ada", day: "Monday" };
    const { data } = await notify.sendLetter("${templates.letter}", { personalisation });
    console.log(data.id, data.content.subject);
  '

Ctrl-C stops everything; the next start keeps the data.`;
}

export const usage = `Usage: bun start

Starts all of Pillarbox on this machine: Postgres, the API, a worker, a sandbox in place of the providers, and a demo
service whose addresses and keys it prints. Ctrl-C stops it; the data is kept.

Set in the environment, where something else stands in the way:

  API_PORT              the API, 6011
  SANDBOX_PORT          the sandbox's page, 6099
  WORKER_METRICS_PORT   the worker's metrics, 9464
  PILLARBOX_DATA_DIR    the folder of the data, the keys and the logs: .data beside README.md
  DATABASE_URL          a Postgres of yours, in place of the one in that folder
  ENCRYPTION_KEYS       keys of yours, in place of those in that folder`;
