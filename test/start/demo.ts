import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { findCallbackTarget, setCallback } from "../../shared/callback/queries.ts";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { setUpPlatform } from "../../shared/platform/set-up.ts";
import { type CallbackType, callbackTypes } from "../../shared/service/callback-types.ts";
import {
  addGuest,
  createApiKey,
  createService,
  findServiceName,
  setContactLink,
} from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { DemoBroadcasts, noBroadcasts, openDemoBroadcasts } from "./demo-broadcasts.ts";
import { DemoConsole, noConsole, openDemoConsole } from "./demo-console.ts";
import { openDemoNumber } from "./demo-number.ts";
import { writeWhole } from "./write-whole.ts";

/** The contract with scripts: `.data/demo.json`. */
const Demo = v.object({
  api_url: v.string(),
  sandbox_url: v.string(),
  service_id: v.string(),
  api_keys: v.object({ normal: v.string(), team: v.string(), test: v.string() }),
  templates: v.object({ sms: v.string(), email: v.string(), letter: v.string() }),
  callback: v.object({ url: v.string(), bearer_token: v.string() }),
  /** A folder of an older version has none of these. */
  inbound_number: v.optional(v.string(), ""),
  admin: v.optional(v.object({ client_id: v.string(), secret: v.string() }), newAdmin),
  broadcast: v.optional(DemoBroadcasts, noBroadcasts),
  console: v.optional(DemoConsole, noConsole),
});

function newAdmin() {
  return { client_id: "notify-admin", secret: crypto.randomUUID() };
}

export type Demo = v.InferOutput<typeof Demo>;

interface DemoOptions {
  dataDir: string;
  sql: Pool;
  cipher: Cipher;
  apiUrl: string;
  sandboxUrl: string;
}

/** The demo service of this data folder: made at the first start, found again at later ones. */
export async function openDemo({ dataDir, sql, cipher, apiUrl, sandboxUrl }: DemoOptions): Promise<Demo> {
  const path = join(dataDir, "demo.json");
  const callbackUrl = `${sandboxUrl}/callback`;
  const kept = await readDemo(path);
  const isKnown = kept !== null && (await findServiceName(sql, kept.service_id)) !== null;
  const found = isKnown ? kept : await seed(sql, cipher, callbackUrl);
  const demo = {
    ...found,
    api_url: apiUrl,
    sandbox_url: sandboxUrl,
    callback: { ...found.callback, url: callbackUrl },
  };
  // The sandbox may have moved to another port; a receiver that somebody set instead stays.
  for (const type of callbackTypes) {
    const target = await findCallbackTarget(sql, demo.service_id, type);
    if (target && target.url === found.callback.url && target.url !== callbackUrl) {
      await setSandboxCallback(sql, cipher, type, demo);
    }
  }
  await setUpPlatform(sql, {
    ...{ name: "Pillarbox", ownerAddress: "platform@demo-council.example", smsSender: "Pillarbox" },
    at: new Date(),
  });
  demo.inbound_number = await openDemoNumber(sql, cipher, {
    serviceId: demo.service_id,
    url: callbackUrl,
    bearerToken: demo.callback.bearer_token,
  });
  demo.broadcast = await openDemoBroadcasts(sql, cipher, demo.broadcast);
  demo.console = await openDemoConsole(sql, apiUrl, demo.console);
  await writeWhole(path, `${JSON.stringify(demo, null, 2)}\n`);
  return demo;
}

async function setSandboxCallback(
  sql: Pool,
  cipher: Cipher,
  type: CallbackType,
  {
    service_id: serviceId,
    callback: { url, bearer_token: bearerToken },
  }: Pick<Demo, "service_id" | "callback">,
): Promise<void> {
  await setCallback(sql, cipher, { serviceId, type, url, bearerToken });
}

/** Null where the file is missing or is not what we write. */
export async function readDemo(path: string): Promise<Demo | null> {
  try {
    return v.parse(Demo, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function seed(
  sql: Pool,
  cipher: Cipher,
  callbackUrl: string,
): Promise<Omit<Demo, "api_url" | "sandbox_url">> {
  const serviceId = await createService(sql, {
    // Two services may not share a name, and a database may outlive its data folder.
    name: `Demo Council ${crypto.randomUUID().slice(0, 4)}`,
    restricted: false,
    smsSender: "DemoCouncil",
    replyTo: "enquiries@demo-council.example",
  });
  await setContactLink(sql, serviceId, "enquiries@demo-council.example");
  await addGuest(sql, serviceId, "07700900123");
  await addGuest(sql, serviceId, "team@demo-council.example");
  const key = (type: "normal" | "team" | "test") =>
    createApiKey(sql, cipher, { serviceId, name: `demo-${type}`, type });
  const template = (type: "sms" | "email" | "letter", content: string, subject: string | null) =>
    createTemplate(sql, { serviceId, name: `Appointment (${type})`, type, content, subject });
  const demo = {
    service_id: serviceId,
    api_keys: { normal: await key("normal"), team: await key("team"), test: await key("test") },
    templates: {
      sms: await template("sms", "Dear ((name)), your appointment is on ((day)) at ((time)).", null),
      email: await template("email", emailContent, "Your appointment on ((day))"),
      letter: await template(
        "letter",
        "Dear ((name))\n\nYour appointment is on ((day)).",
        "Your appointment",
      ),
    },
    callback: { url: callbackUrl, bearer_token: crypto.randomUUID() },
    // Both are given once the service is there.
    inbound_number: "",
    broadcast: noBroadcasts,
    console: noConsole,
    admin: newAdmin(),
  };
  await setSandboxCallback(sql, cipher, "delivery_status", demo);
  return demo;
}

const emailContent = `Dear ((name))

# Your appointment

Please come to the town hall on ((day)) at ((time)). Bring:

* this email
* proof of who you are

^ You can change your appointment until the day before.

Manage it at https://demo-council.example/appointments`;
