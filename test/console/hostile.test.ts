import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { noteEntry } from "../../shared/audit/audit.ts";
import { replaceGuests } from "../../shared/service/guests.ts";
import { addSender } from "../../shared/service/senders.ts";
import { createApiKey } from "../../shared/service/setup.ts";
import { createFolder } from "../../shared/template/folders.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { storeBroadcast, townSquare } from "../support/broadcasts.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { payloads } from "./hostile-payloads.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

/*
 * Whatever messages, templates, files, people, providers and programs say, the console shows it and does nothing of it.
 * A visitor whose page throws, opens a dialog, breaks the content policy or asks another host fails its test.
 */

const texts = payloads.map(([, text]) => text);
const all = texts.join("\n\n");
const line = all.replace(/\s+/g, " ");

let console: ConsoleWorld;
const ids = { sms: "", email: "", letter: "", broadcast: "", received: "", user: "", template: "" };

beforeAll(async () => {
  console = await openConsole();
  await storeNames(console);
  await storeMessages(console);
});

afterAll(() => console[Symbol.asyncDispose]());

/** What is called by payloads: templates, batches, people, keys, services, what was audited, alerts. */
async function storeNames({ world, service, userIds }: ConsoleWorld): Promise<void> {
  const { sql } = world;
  const at = new Date();
  const named: { id: string; name: string }[] = [];
  for (const text of texts) {
    const name = text.slice(0, 255);
    const template = {
      serviceId: service.id,
      type: "email" as const,
      name,
      content: name + all,
      subject: name,
    };
    named.push({ id: await createTemplate(sql, template), name });
  }
  ids.template = named[0]?.id ?? "";
  const given = sql`json_to_recordset(${JSON.stringify(named)}::text::json) as g (id uuid, name text)`;
  await sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, job_status,
      created_by_id, created_at)
    select id, ${service.id}, name, id, 1, 1, 'finished', ${userIds.manager}, ${at} from ${given}`;
  await sql`
    insert into users (id, name, email_address, state)
    select id, name, id || '@people.example', 'active' from ${given}`;
  ids.user = ids.template;
  await sql`insert into user_to_service (user_id, service_id) select id, ${service.id} from ${given}`;
  for (const { name } of named) {
    await createApiKey(sql, world.cipher, { serviceId: service.id, name, type: "normal" });
  }
  await sql`
    insert into services (name, normalised_name, email_sender_local_part)
    select name, id::text, id::text from ${given}`;
  await createFolder(sql, {
    id: ids.template,
    serviceId: service.id,
    name: line.slice(0, 255),
    parentId: null,
    at,
  });
  const guests = texts.map((recipient) => ({ type: "email" as const, recipient }));
  await replaceGuests(sql, { serviceId: service.id, guests, at });
  for (const kind of ["email", "letter"] as const) {
    const value = kind === "email" ? line.slice(0, 320) : all;
    await addSender(sql, kind, {
      serviceId: service.id,
      id: crypto.randomUUID(),
      value,
      isDefault: true,
      at,
    });
  }
  const place = { serviceId: service.id, writer: userIds.manager };
  const areas = { names: texts, simple_polygons: [townSquare] };
  ids.broadcast = await storeBroadcast(sql, place, { content: line.slice(0, 1300), areas });
  await sql`
    insert into pgboss.job (name, data, state, output, source_name, source_output, source_created_on)
    select 'dead-letters', '{}', 'created', null, 'deliver-sms', jsonb_build_object('message', name), now()
    from ${given}`;
  await sql`update services set name = ${line.slice(0, 255)} where id = ${service.id}`;
  for (const { id, name } of named) {
    const facts = { [name]: name };
    await noteEntry(sql, {
      ...{ id, at, userId: id, userName: name, serviceId: service.id },
      ...{ action: name, subject: name, before: facts },
    });
    await sql`
      insert into alerts (id, subject, severity, title, facts, opened_at, last_seen_at)
      values (${id}, ${name.slice(0, 190)}, 'page', ${name}, ${JSON.stringify(facts)}::text::json, ${at}, ${at})`;
  }
}

/** A message to, about and of each payload, and one of each channel with all of them in everything it has. */
async function storeMessages({ world, service }: ConsoleWorld): Promise<void> {
  const { sql, cipher } = world;
  const jobs = await sql<{ id: string; name: string }[]>`select id, original_file_name as name from jobs`;
  for (const text of texts) {
    const id = await world.notification({ to: text, clientReference: text });
    const job = jobs.find(({ name }) => name === text.slice(0, 255))?.id ?? null;
    await sql`update notifications set job_id = ${job}, template_id = ${job} where id = ${id}`;
  }
  const personalisation = Object.fromEntries([
    ["name", all],
    ["day", line],
    ["secret", "yes"],
    ...texts.map((text) => [text, text]),
  ]);
  const facts = { to: all, clientReference: line, replyToText: line, personalisation, sentBy: line };
  const from = { createdAt: new Date(Date.now() - 3_600_000), status: "delivered" as const };
  ids.sms = await world.notification({ ...facts, ...from });
  ids.email = await world.notification({ ...facts, ...from, channel: "email" });
  ids.letter = await world.notification({ ...facts, ...from, channel: "letter" });
  await sql`update letters set refusal = ${line}, refused_pages = '{1}' where notification_id = ${ids.letter}`;
  // Rawer than any provider's words are kept.
  const at = Date.now();
  const steps = texts.flatMap((text) => [
    ["x", at, text, 1, text],
    ["r", at, text, "delivered", at, text, text, text],
    ["e", at, "technical-failure", text],
  ]);
  const timeline = steps.map((step) => JSON.stringify(step)).join("\n");
  for (const id of [ids.sms, ids.email, ids.letter]) {
    await sql`update notifications set timeline = ${timeline}, reference = ${line} where id = ${id}`;
    await sql`
      insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, error, address,
        duration_ms, detail, body)
      select ${service.id}, 'delivery_status', ${id}, 1, now(), 'refused', null, t, t, 1, t, 'x'
      from unnest(${texts}::text[]) t`;
  }
  for (const text of texts) {
    ids.received = crypto.randomUUID();
    await storeReceivedText(sql, cipher, {
      ...{ id: ids.received, serviceId: service.id, notifyNumber: text, userNumber: text, content: all },
      ...{ provider: "mmg", providerDate: null, providerReference: text, createdAt: new Date() },
    });
  }
}

/** What stands in the document that no page of ours has. */
async function intruders(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = [];
    if ("hit" in window || "hit" in {}) found.push("something ran");
    for (const element of document.querySelectorAll("*")) {
      const name = element.localName;
      const isForeign =
        ["object", "embed", "base", "style", "math", "foreignObject", "use", "plaintext"].includes(name) ||
        (name === "script" && !/^\/console\/assets\//.test(element.getAttribute("src") ?? "")) ||
        (name === "iframe" && !element.hasAttribute("sandbox")) ||
        (name === "form" && !/^\/console/.test(element.getAttribute("action") ?? "/console")) ||
        (name === "img" && !/^\/console/.test(element.getAttribute("src") ?? "")) ||
        (name === "meta" && element.hasAttribute("http-equiv")) ||
        (name === "a" && !/^(\/console|#|\?|https:)/.test(element.getAttribute("href") ?? "#"));
      if (isForeign) found.push(element.outerHTML.slice(0, 100));
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/.test(attribute) || attribute === "style")
          found.push(`${name} ${attribute}=${value.slice(0, 60)}`);
      }
    }
    return found;
  });
}

describe("what others say", () => {
  test("is a table of fifty", () => {
    expect(payloads).toHaveLength(50);
    expect(new Set(texts).size).toBe(50);
  });

  test("does nothing in Chromium, with scripts on", async () => {
    await using visitor = await console.visit("operator");
    const { page } = visitor;
    for (const path of [
      console.path("/notifications"),
      console.path(`/notifications/${ids.sms}`),
      console.path(`/notifications/${ids.email}`),
      console.path(`/notifications/${ids.letter}`),
      console.path(`/notifications/${ids.sms}/resend`),
      console.path(`/notifications?q=${encodeURIComponent(line.slice(0, 900))}`),
      console.path("/received-texts"),
      console.path(`/received-texts/${ids.received}`),
      console.path("/templates"),
      console.path(`/templates/${ids.template}`),
      console.path(`/templates/${ids.template}/edit`),
      console.path("/batches"),
      console.path("/members"),
      console.path("/senders"),
      console.path("/api-keys"),
      console.path("/guest-list"),
      console.path("/audit"),
      "/console/people",
      "/console/broadcasts",
      "/console/queues/deliver-sms",
      console.path(`/broadcasts/${ids.broadcast}`),
      "/console/services",
      "/console/alerts",
      "/console/audit",
    ]) {
      const answer = await page.goto(path);
      expect([path, answer?.status()]).toEqual([path, 200]);
      expect({ path, found: await intruders(page) }).toEqual({ path, found: [] });
    }
  });

  test("does nothing in an email's own frame, and links in it lead nowhere bad", async () => {
    await using visitor = await console.visit("operator");
    const { page } = visitor;
    await page.goto(console.path(`/notifications/${ids.email}/email.html`));

    const { found, hrefs, text } = await page.evaluate(() => ({
      found: [
        ...document.querySelectorAll("script, img, svg, iframe, object, embed, base, form, input, math"),
      ].map((element) => element.outerHTML.slice(0, 100)),
      hrefs: [...document.querySelectorAll("[href], [src]")].map((one) => one.getAttribute("href") ?? ""),
      text: document.body.textContent ?? "",
    }));

    expect(found).toEqual([]);
    expect(hrefs.filter((href) => !/^https?:/.test(href))).toEqual([]);
    expect(text).toContain("<script>top.hit=1</script>");
  });

  test("is filled in once: what a value says is no template", async () => {
    const { text } = await console.get("operator", console.path(`/notifications/${ids.sms}`));

    expect(text).toContain("((name)) ((secret??top.hit=46)) {{7*7}}");
  });

  test("is escaped where a file's faults are shown", async () => {
    const cells = texts.map((text) => `"${text.replaceAll('"', '""')}"`);
    const rows = cells.map((cell) => `${cell},${cell},${cell}`);
    const form = new FormData();
    form.set("template", ids.template);
    form.set("file", new File([["email address,name,day", ...rows].join("\n")], `${texts[0]}.csv`));

    const { status, text } = await console.upload("manager", console.path("/batches/uploads"), form);

    expect(status).toBe(400);
    expect(text).toContain("&lt;script&gt;top.hit=1&lt;/script&gt;");
    expect(unescapedIn(text)).toEqual([]);
  });

  test("is escaped on every page that links lead to, and where forms give back what was typed", async () => {
    const { pages, forms } = await crawl();
    const answers = await Promise.all(
      forms.map((form) => console.post("operator", form.action, form.fields)),
    );

    const raw = texts.filter((text) => /[<"]/.test(text) && !/^["']/.test(text));
    const shown = [
      ...pages,
      ...answers.map(({ status, text }, n) => ({ path: forms[n]?.action ?? "", status, text })),
    ];
    for (const { path, status, text } of shown) {
      const found = raw.filter((one) => text.includes(one));
      expect({ path, found, isFault: status >= 500 }).toEqual({ path, found: [], isFault: false });
    }
    expect(pages.length).toBeGreaterThan(40);
    expect(forms.length).toBeGreaterThan(20);
    expect(shown.filter(({ text }) => text.includes("&lt;script&gt;top.hit=1")).length).toBeGreaterThan(20);
  });
});

/** Of the payloads with marks that mean something to a browser, those that stand in a page as they came. */
function unescapedIn(page: string): string[] {
  return texts.filter((text) => /[<"]/.test(text) && !/^["']/.test(text) && page.includes(text));
}

interface PostForm {
  action: string;
  fields: Record<string, string>;
}

/** Every kind of page that links lead to, twice, and every kind of form on them, with payloads where people type. */
async function crawl(): Promise<{
  pages: { path: string; status: number; text: string }[];
  forms: PostForm[];
}> {
  const pages: { path: string; status: number; text: string }[] = [];
  const forms = new Map<string, PostForm>();
  const seen = new Set<string>();
  const shapes = new Set<string>();
  const waiting = ["/console", `/console/people/${ids.user}`, console.path()];
  for (const one of [`templates/${ids.template}`, `batches/${ids.template}`, `broadcasts/${ids.broadcast}`])
    waiting.push(console.path(`/${one}`));
  for (let path = waiting.shift(); path !== undefined && seen.size < 250; path = waiting.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, headers, text } = await console.get("operator", path);
    if (!headers.get("Content-Type")?.startsWith("text/html")) continue;
    pages.push({ path, status, text });
    for (const form of formsIn(text)) forms.set(shapeOf(form.action), form);
    for (const [, href = ""] of text.matchAll(/ href="(\/console[^"#]*)"/g)) {
      const next = href.replaceAll("&amp;", "&");
      const shape = shapeOf(next);
      if (shapes.has(`${shape} 2`) || shape.includes("/assets/")) continue;
      shapes.add(shapes.has(shape) ? `${shape} 2` : shape);
      waiting.push(next);
    }
  }
  return { pages, forms: [...forms.values()] };
}

function shapeOf(path: string): string {
  return path
    .replace(/[0-9a-f-]{36}/g, "ID")
    .replace(/\/(alerts|queues|providers|schedules)\/[^?/]+/, "/$1/NAME")
    .replace(/\?.*/, "?");
}

/** Those that would end the session of whoever sends them. */
const ending = /\/(sign-out|account)/;

function formsIn(page: string): PostForm[] {
  const found = page.matchAll(/<form method="post" action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g);
  return [...found].flatMap(([, action = "", inside = ""]) => {
    if (ending.test(action)) return [];
    const fields: Record<string, string> = {};
    for (const [tag, kind] of inside.matchAll(/<(input|textarea|select)\b[^>]*>/g)) {
      const attribute = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
      const name = attribute("name");
      const isTyped = kind === "textarea" || /^(text|search|email|url|tel|)$/.test(attribute("type"));
      if (name === "form_token" || name in fields) continue;
      fields[name] = kind === "textarea" ? all : isTyped ? line : attribute("value");
    }
    return [{ action: action.replaceAll("&amp;", "&"), fields }];
  });
}
