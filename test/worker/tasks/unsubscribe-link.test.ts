import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createTemplate } from "../../../shared/template/queries.ts";
import { deliverEmail } from "../../../worker/tasks/deliver-email.ts";
import { forget } from "../../support/history.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;
let templateId: string;
/** Of a template whose newest version keeps its link. */
let linkedTemplateId: string;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { API_HOST: "https://api.example.gov.uk" } });
  const create = (name: string) =>
    createTemplate(world.sql, {
      serviceId: world.service.id,
      name,
      type: "email",
      content: "News for ((name))",
      subject: "News",
      hasUnsubscribeLink: true,
    });
  templateId = await create("News");
  linkedTemplateId = await create("More news");
});

afterAll(() => world[Symbol.asyncDispose]());

/** Delivers one email and answers how it arrived. */
async function arrived(facts: { templateId?: string; unsubscribeLink?: string }) {
  const id = await world.notification({ channel: "email", ...facts });
  await deliverEmail({ notificationId: id }, world.deps, never);
  const [row] = await world.sql<
    { reference: string }[]
  >`select reference from notifications where id = ${id}`;
  const [email] = world.sandbox.messages("email").filter(({ reference }) => reference === row?.reference);
  if (!email) throw new Error("No email arrived");
  return { id, email };
}

const link = (id: string) => `https://api\\.example\\.gov\\.uk/unsubscribe/${id}/[\\w.-]+`;

describe("an email whose template ends in a link to unsubscribe", () => {
  test("ends in it, in both its parts, and has it in its header", async () => {
    const { id, email } = await arrived({ templateId });
    const url = new RegExp(`^<(${link(id)})>$`).exec(email.headers?.["List-Unsubscribe"] ?? "")?.[1];

    expect(url).toBeDefined();
    expect(email.headers?.["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
    expect(email.body).toEndWith(`\n\nUnsubscribe from these emails: ${url}\n`);
    expect(email.html).toContain(`href="${url}"`);
  });

  test("has the service's own link in its header alone", async () => {
    const unsubscribeLink = "https://service.example/out?me=1";

    const { id, email } = await arrived({ templateId, unsubscribeLink });

    expect(email.headers?.["List-Unsubscribe"]).toBe(`<${unsubscribeLink}>`);
    expect(email.body).toMatch(new RegExp(`\nUnsubscribe from these emails: ${link(id)}\n$`));
    expect(email.html).not.toContain("service.example/out");
  });

  test("ends in none where its version of the template had none", async () => {
    await world.sql`update templates set has_unsubscribe_link = false, version = 2 where id = ${templateId}`;
    const id = await world.notification({ channel: "email", templateId, templateVersion: 2 });
    await deliverEmail({ notificationId: id }, world.deps, never);

    const email = world.sandbox.messages("email").at(0);

    expect(email?.headers).not.toHaveProperty("List-Unsubscribe");
    expect(email?.body).toBe("News for Ada\n");
  });
});

test("the link still works when the email is history: the page, its button and what mail programs post", async () => {
  const { id, email } = await arrived({ templateId: linkedTemplateId });
  await forget(world.sql, id);
  const url = email.headers?.["List-Unsubscribe"]?.slice(1, -1) ?? "";
  const here = url.replace("https://api.example.gov.uk", world.apiUrl);

  const page = await fetch(here, { headers: { Accept: "text/html" } });
  const oneClick = await fetch(here, { method: "POST", body: "List-Unsubscribe=One-Click" });
  const button = await fetch(here, { method: "POST", headers: { Accept: "text/html" } });

  expect([page.status, oneClick.status, button.status]).toEqual([200, 200, 200]);
  expect(await page.text()).toContain("<strong>Town Hall</strong>");
  expect([
    ...(await world.sql`select email_address, template_id from unsubscribe_requests where notification_id = ${id}`),
  ]).toEqual([{ email_address: email.to, template_id: linkedTemplateId }]);
});

test("an email of another template may have the service's own link in its header, and no other", async () => {
  const { email: without } = await arrived({});
  const { email: own } = await arrived({ unsubscribeLink: "https://service.example/out" });

  expect(without.headers).not.toHaveProperty("List-Unsubscribe");
  expect(own.headers?.["List-Unsubscribe"]).toBe("<https://service.example/out>");
  expect(own.body).toBe(without.body);
});
