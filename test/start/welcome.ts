import { join } from "node:path";
import type { Demo } from "./demo.ts";

/** What a newcomer sees when all is up, with a first request to copy. */
export function welcome(demo: Demo, dataDir: string): string {
  const { api_url, sandbox_url, api_keys, templates } = demo;
  return `
Pillarbox is ready.

  API       ${api_url}
  Sandbox   ${sandbox_url}   what was sent appears here
  Keys      live  ${api_keys.normal}
            team  ${api_keys.team}
            test  ${api_keys.test}
  All of it in ${join(dataDir, "demo.json")}; logs beside it.

A first text, with the official client:

  bun -e '
    import { NotifyClient } from "notifications-node-client";
    const notify = new NotifyClient("${api_url}", "${api_keys.normal}");
    const personalisation = { name: "Ada", day: "Monday", time: "9am" };
    const { data } = await notify.sendSms("${templates.sms}", "07700900123", { personalisation });
    console.log(data.id, data.content.body);
  '

Ctrl-C stops everything.`;
}
