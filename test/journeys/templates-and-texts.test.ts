import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { createTemplate, updateTemplate } from "../../shared/template/queries.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { openWorld, type World } from "../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

/** What a failed request of the official client was answered. */
async function refusal(request: Promise<unknown>) {
  return await request.then(
    () => {
      throw new Error("It was not refused");
    },
    (error) => error.response.data,
  );
}

describe("the official client", () => {
  test("reads a template, its versions, and lists and previews them", async () => {
    const { sql, service } = world;
    const client = world.client(service.keys.team);
    const id = service.templates.sms;
    const was = { id, version: 1, hasUnsubscribeLink: false, subject: null };
    await updateTemplate(sql, { ...was, name: "Text", content: "Bye ((name))" });
    const { letter } = service.templates;

    const { data } = await client.getTemplateById(id);
    expect<unknown>(data).toEqual({
      id,
      type: "sms",
      name: "Text",
      created_at: instant,
      updated_at: instant,
      created_by: "noreply@notifications.localhost",
      version: 2,
      body: "Bye ((name))",
      subject: null,
      personalisation: { name: { required: true } },
      postage: null,
      letter_contact_block: null,
    });
    expect((await client.getTemplateByIdAndVersion(id, 1)).data).toMatchObject({
      version: 1,
      body: "Hello ((name)), come on ((day))",
      updated_at: null,
    });
    expect((await client.getTemplateByIdAndVersion(id, 0)).data).toEqual(data);
    expect((await client.getAllTemplates()).data).toMatchObject({
      templates: [{ id: service.templates.email }, { id: letter, postage: "second" }, data],
    });
    expect((await client.getAllTemplates("letter")).data).toMatchObject({ templates: [{ id: letter }] });
    expect<unknown>((await client.previewTemplateById(id, { name: "Ann" })).data).toEqual({
      id,
      type: "sms",
      version: 2,
      body: "Bye Ann",
      html: null,
      subject: null,
      postage: null,
    });
    expect((await client.previewTemplateById(letter, { name: "Ann", day: "<x>" })).data).toMatchObject({
      body: "Dear Ann\n\nCome on <x>.",
      subject: "Your visit on &lt;x&gt;",
      postage: "second",
    });
  });

  test("is told what is wrong with what it asks of templates", async () => {
    const client = world.client();
    const other = await world.addService("Other");
    const noResult = {
      status_code: 404,
      errors: [{ error: "NoResultFound", message: "No result found" }],
    };

    expect(await refusal(client.getTemplateById(other.templates.sms))).toEqual(noResult);
    expect(await refusal(client.getTemplateByIdAndVersion(world.service.templates.email, 9))).toEqual(
      noResult,
    );
    expect(await refusal(client.previewTemplateById(other.templates.sms, {}))).toEqual(noResult);
    expect(await refusal(client.getTemplateById("coconut"))).toEqual({
      status_code: 400,
      errors: [{ error: "ValidationError", message: "id is not a valid UUID" }],
    });
    expect(await refusal(client.previewTemplateById(world.service.templates.email))).toMatchObject({
      errors: [{ message: "Missing personalisation: day, name" }],
    });
  });

  test("pages through received texts as the clients do, by the id in the next link", async () => {
    const { sql, cipher, service } = world;
    const other = await world.addService("Another");
    for (let n = 0; n < 253; n++) {
      await storeReceivedText(sql, cipher, {
        id: crypto.randomUUID(),
        serviceId: n === 0 ? other.id : service.id,
        notifyNumber: "07700900000",
        userNumber: "447700900111",
        content: `Text ${n}`,
        createdAt: new Date(Date.UTC(2026, 7, 1, 9, 30, Math.floor(n / 3))),
        provider: "mmg",
        providerDate: null,
        providerReference: null,
      });
    }
    const Page = v.object({
      links: v.strictObject({ current: v.string(), next: v.optional(v.string()) }),
      received_text_messages: v.array(v.looseObject({ id: v.string(), content: v.string() })),
    });

    const sizes: number[] = [];
    const seen = new Set<string>();
    let olderThan: string | undefined;
    do {
      const page = v.parse(Page, (await world.client().getReceivedTexts(olderThan)).data);
      sizes.push(page.received_text_messages.length);
      for (const { content } of page.received_text_messages) seen.add(content);
      expect(page.links.current).toBe(`${world.apiUrl}/v2/received-text-messages`);
      olderThan = page.links.next?.match(/[0-9a-f-]{36}/)?.[0];
    } while (olderThan !== undefined);

    expect(sizes).toEqual([250, 2, 0]);
    expect(seen.size).toBe(252);
    expect([...seen].at(0)).toMatch(/^Text 25[012]$/);
    expect(seen.has("Text 0")).toBe(false);
  });
});

describe("somebody who wants no more emails", () => {
  test("unsubscribes by the link at the end of one, or by the mail program's button, once", async () => {
    const { sql, service, sandbox, apiUrl } = world;
    const templateId = await createTemplate(sql, {
      serviceId: service.id,
      name: "News",
      type: "email",
      content: "News",
      subject: "News",
      hasUnsubscribeLink: true,
    });
    const { data } = await world.client().sendEmail(templateId, "Ann@example.com", {});
    const { id } = v.parse(v.looseObject({ id: v.string() }), data);
    const email = await sandbox.waitFor(({ channel, subject }) => channel === "email" && subject === "News", {
      timeoutMs: 20_000,
    });
    const inBody = /Unsubscribe from these emails: (\S+)/.exec(email.body)?.[1] ?? "";
    const inHeader = /^<(.*)>$/.exec(email.headers?.["List-Unsubscribe"] ?? "")?.[1] ?? "";
    // The link is to where API_HOST says, which is not where a test's API listens.
    const here = (link: string) => `${apiUrl}${new URL(link).pathname}`;
    const requests = () =>
      sql`select email_address as address from unsubscribe_requests where notification_id = ${id}`;

    const page = await fetch(here(inBody), { headers: { Accept: "text/html" } });
    expect([page.status, await requests()]).toMatchObject([200, []]);
    expect(await page.text()).toContain("<strong>Town Hall</strong>");

    const form = await fetch(here(inBody), { method: "POST", headers: { Accept: "text/html" } });
    expect([form.status, form.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    const oneClick = await fetch(here(inHeader), { method: "POST", body: "List-Unsubscribe=One-Click" });
    expect(await oneClick.json()).toEqual({ message: "Unsubscribe successful", result: "success" });
    expect([...(await requests())]).toEqual([{ address: "Ann@example.com" }]);

    const shown = (await world.client().getNotificationById(id)).data;
    const { one_click_unsubscribe_url: url } = v.parse(
      v.looseObject({ one_click_unsubscribe_url: v.string() }),
      shown,
    );
    expect(url).toStartWith(`${apiUrl}/unsubscribe/${id}/`);
    expect((await fetch(url, { method: "POST" })).status).toBe(200);
    expect((await fetch(`${url}x`, { method: "POST" })).status).toBe(404);
  });
});
