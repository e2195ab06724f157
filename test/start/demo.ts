import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { fromBase64 } from "../../shared/base64.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type Cipher, createCipher } from "../../shared/encryption.ts";
import { addGuest, createApiKey, createService } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";

/** The contract with scripts: `.data/demo.json`. */
const Demo = v.object({
  api_url: v.string(),
  sandbox_url: v.string(),
  service_id: v.string(),
  api_keys: v.object({ normal: v.string(), team: v.string(), test: v.string() }),
  templates: v.object({ sms: v.string(), email: v.string(), letter: v.string() }),
  callback: v.object({ url: v.string(), bearer_token: v.string() }),
});

export type Demo = v.InferOutput<typeof Demo>;

interface DemoOptions {
  dataDir: string;
  databaseUrl: string;
  encryptionKeys: string;
  apiUrl: string;
  sandboxUrl: string;
}

/** The demo service of this data folder: made at the first start, found again at later ones. */
export async function openDemo(options: DemoOptions): Promise<Demo> {
  const { dataDir, databaseUrl, encryptionKeys, apiUrl, sandboxUrl } = options;
  const path = join(dataDir, "demo.json");
  const sql = openDatabase(databaseUrl, {
    name: "pillarbox start",
    connections: 1,
    statementTimeoutMs: 10_000,
  });
  try {
    const [id = "", key = ""] = encryptionKeys.split(":");
    const cipher = await createCipher([{ id, bytes: fromBase64(key) }]);
    const addresses = { api_url: apiUrl, sandbox_url: sandboxUrl };
    const kept = await readDemo(path);
    const known = kept ? await sql`select from services where id = ${kept.service_id}` : [];
    const demo =
      kept && known.length > 0 ? { ...kept, ...addresses } : { ...(await seed(sql, cipher)), ...addresses };

    // The sandbox may have moved to another port.
    demo.callback.url = `${sandboxUrl}/callback`;
    const { url, bearer_token: bearerToken } = demo.callback;
    await setCallback(sql, cipher, { serviceId: demo.service_id, type: "delivery_status", url, bearerToken });
    await writeFile(path, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
    return demo;
  } finally {
    await sql.end();
  }
}

async function readDemo(path: string): Promise<Demo | null> {
  try {
    return v.parse(Demo, JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function seed(sql: Pool, cipher: Cipher): Promise<Omit<Demo, "api_url" | "sandbox_url">> {
  const serviceId = await createService(sql, {
    // Two services may not share a name, and a database may outlive its data folder.
    name: `Demo Council ${crypto.randomUUID().slice(0, 4)}`,
    restricted: false,
    smsSender: "DemoCouncil",
    replyTo: "enquiries@demo-council.example",
  });
  await addGuest(sql, serviceId, "07700900123");
  await addGuest(sql, serviceId, "team@demo-council.example");
  const key = (type: "normal" | "team" | "test") =>
    createApiKey(sql, cipher, { serviceId, name: `demo-${type}`, type });
  const template = (type: "sms" | "email" | "letter", content: string, subject: string | null) =>
    createTemplate(sql, { serviceId, name: `Appointment (${type})`, type, content, subject });
  return {
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
    callback: { url: "", bearer_token: crypto.randomUUID() },
  };
}

const emailContent = `Dear ((name))

# Your appointment

Please come to the town hall on ((day)) at ((time)). Bring:

* this email
* proof of who you are

^ You can change your appointment until the day before.

Manage it at https://demo-council.example/appointments`;

/** The data folder's own encryption key, made at the first start. */
export async function openEncryptionKeys(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, "encryption-keys");
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    const keys = `demo:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
    await writeFile(path, `${keys}\n`, { mode: 0o600, flag: "wx" });
    return keys;
  }
}
