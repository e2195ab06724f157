import { SignJWT } from "jose";
import * as v from "valibot";
import { sealLetter } from "../../shared/letter/files.ts";
import { precompiledTemplate } from "../../shared/letter/precompiled-template.ts";
import { changeServiceLimits, setContactLink } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { createUnsubscribeToken } from "../../shared/unsubscribe/token.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";

export interface FurnishedWorld extends AsyncDisposable {
  world: World;
  /** A request to the API, past the network. */
  ask(method: string, path: string, init?: AskInit): Promise<Response>;
  /** A header's value, good for half a minute. */
  authorization(key?: string): Promise<string>;
  /** Another service, to send much with: lists of the first one's stay short. */
  sender: WorldService;
  smsId: string;
  emailId: string;
  letterTemplateId: string;
  /** Of texts that nobody sends. */
  batchId: string;
  /** A letter with a PDF, and those without: one that failed, and one that waits. */
  letters: { ready: string; failed: string; waiting: string };
  /** Of an unsubscribe link to `emailId`. */
  unsubscribeToken: string;
  /** Of a file that asks for no address, then of one that asks for `a@example.com`. */
  files: { open: string; confirmed: string };
}

export interface AskInit {
  headers?: HeadersInit;
  body?: BodyInit;
  /** The API key; null to send no token. */
  key?: string | null;
}

/** A world in which each endpoint has something to show, and no limit is in the way. */
export async function furnishWorld(): Promise<FurnishedWorld> {
  // However busy the machine: a 503 would hide the answer that was meant.
  const world = await openWorld({ worker: false, env: { ADMIT_TIMEOUT_MS: "60000" } });
  const { sql, cipher, service } = world;
  const most = 1_000_000_000;
  const sender = await world.addService("Library");
  for (const { id } of [service, sender]) {
    await changeServiceLimits(sql, id, {
      rate: most,
      sms: most,
      email: most,
      letter: most,
      international: most,
    });
    await setContactLink(sql, id, "https://town-hall.example/contact");
  }
  const smsId = await world.notification({ clientReference: "first" });
  await world.notification({ status: "delivered", international: true });
  const emailId = await world.notification({ channel: "email", status: "permanent-failure" });
  const letterTemplateId = await createTemplate(sql, {
    serviceId: service.id,
    name: "Letter",
    type: "letter",
    content: "Dear ((name))",
    subject: "Your visit",
  });
  // Made when it is first needed, and then one template more.
  for (const { id } of [service, sender]) await precompiledTemplate(sql, id);
  const letters = {
    ready: await world.notification({ channel: "letter", status: "sending", billableUnits: 2 }),
    failed: await world.notification({ channel: "letter", status: "technical-failure" }),
    waiting: await world.notification({
      channel: "letter",
      status: "pending-virus-check",
      precompiled: true,
    }),
  };
  const { storage } = world.deps;
  await storage.put([
    await sealLetter(cipher, letters.ready, "letter", new TextEncoder().encode("%PDF-1.7")),
  ]);
  await storeReceivedText(sql, cipher, {
    id: crypto.randomUUID(),
    serviceId: service.id,
    notifyNumber: "07900900001",
    userNumber: "447900900123",
    content: "Yes – I’ll come",
    createdAt: new Date(),
    provider: "mmg",
    providerDate: null,
    providerReference: null,
  });

  const authorization = async (key = service.keys.normal) => {
    const token = await new SignJWT({ iss: key.slice(-73, -37), iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ typ: "JWT", alg: "HS256" })
      .sign(new TextEncoder().encode(key.slice(-36)));
    return `Bearer ${token}`;
  };
  const ask = async (method: string, path: string, { key, headers, ...init }: AskInit = {}) => {
    const all = new Headers(headers);
    if (key !== null) all.set("Authorization", await authorization(key));
    return await world.api.app.fetch(new Request(world.apiUrl + path, { method, headers: all, ...init }));
  };
  const sendFile = async (confirm: boolean) => {
    const response = await ask("POST", "/v2/notifications/email", {
      body: JSON.stringify({
        email_address: "a@example.com",
        template_id: service.templates.email,
        personalisation: {
          name: "A",
          day: { file: btoa("Some text"), filename: "a.txt", confirm_email_before_download: confirm },
        },
      }),
    });
    const [, link] = /(\/d\/[^\s"\\]+)/.exec(await response.text()) ?? [];
    if (link === undefined) throw new Error(`Cannot send a file: ${response.status}`);
    return link;
  };

  const asked = await ask("POST", "/v2/notifications/bulk", {
    body: JSON.stringify({
      template_id: service.templates.sms,
      rows: [{ "phone number": "07900900123", name: "A", day: "Monday" }],
    }),
  });
  const batch = v.parse(v.object({ id: v.string() }), await asked.json());
  const unsubscribeToken = await createUnsubscribeToken(
    cipher,
    { id: emailId, to: "a@example.com" },
    new Date(),
  );
  // Once is noted, more often is not.
  await ask("POST", `/unsubscribe/${emailId}/${unsubscribeToken}`);

  return {
    world,
    ask,
    authorization,
    sender,
    smsId,
    emailId,
    letterTemplateId,
    batchId: batch.id,
    letters,
    unsubscribeToken,
    files: { open: await sendFile(false), confirmed: await sendFile(true) },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
