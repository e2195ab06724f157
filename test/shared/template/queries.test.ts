import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { createService } from "../../../shared/service/setup.ts";
import {
  createTemplate,
  findTemplateDetails,
  findTemplateVersion,
  listSendableTemplates,
  type NewTemplate,
  updateTemplate,
} from "../../../shared/template/queries.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";

let database: TestDatabase;
let sql: Pool;
let services = 0;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 10_000 });
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

const addService = () =>
  createService(sql, { name: `Service ${++services}`, restricted: false, smsSender: "Town", replyTo: null });

function addTemplate(serviceId: string, over: Partial<NewTemplate> = {}): Promise<string> {
  const type = over.type ?? "sms";
  const subject = type === "sms" ? null : "Subject";
  return createTemplate(sql, { serviceId, name: "Name", type, content: "Content", subject, ...over });
}

/** A letter in both languages from somebody, in its second version. */
async function addWelshLetter(serviceId: string): Promise<string> {
  const id = await addTemplate(serviceId, { type: "letter" });
  const [contact] = await sql<{ id: string }[]>`
    insert into service_letter_contacts (service_id, contact_block) values (${serviceId}, ${"((team))\nTown Hall"})
    returning id`;
  await sql`
    update templates set letter_languages = 'welsh_then_english', letter_welsh_subject = 'Pwnc',
      letter_welsh_content = 'Cynnwys', service_letter_contact_id = ${contact?.id ?? null}, postage = 'economy',
      version = 2, updated_at = now()
    where id = ${id}`;
  return id;
}

describe("findTemplateDetails", () => {
  test("finds any version, and the latest where none is named", async () => {
    const service = await addService();
    const id = await addTemplate(service, { type: "email", content: "One", hasUnsubscribeLink: true });
    const first = await findTemplateDetails(sql, service, id, 1);
    const next = { id, version: 1, name: "New", content: "Two", subject: "S", hasUnsubscribeLink: false };
    expect(await updateTemplate(sql, next)).toBe(true);
    expect(await updateTemplate(sql, next)).toBe(false);

    const latest = await findTemplateDetails(sql, service, id, null);

    expect(first).toEqual({
      id,
      version: 1,
      type: "email",
      name: "Name",
      content: "One",
      subject: "Subject",
      archived: false,
      hidden: false,
      hasUnsubscribeLink: true,
      postage: null,
      contactBlock: null,
      welsh: null,
      createdAt: expect.any(Date),
      updatedAt: null,
      createdBy: null,
    });
    expect(latest).toMatchObject({ version: 2, name: "New", content: "Two", hasUnsubscribeLink: false });
    expect(latest?.createdAt).toEqual(first?.createdAt ?? new Date(0));
    expect(latest?.updatedAt).toBeInstanceOf(Date);
    expect(await findTemplateDetails(sql, service, id, 2)).toEqual(latest);
    expect(await findTemplateDetails(sql, service, id, 1)).toEqual(first);
    expect(await findTemplateDetails(sql, service, id, 3)).toBeNull();
  });

  test("finds what a letter has beyond others, as each version had it", async () => {
    const service = await addService();
    const id = await addWelshLetter(service);

    expect(await findTemplateDetails(sql, service, id, null)).toMatchObject({
      version: 2,
      postage: "economy",
      contactBlock: "((team))\nTown Hall",
      welsh: { subject: "Pwnc", content: "Cynnwys" },
    });
    expect(await findTemplateDetails(sql, service, id, 1)).toMatchObject({
      postage: "second",
      contactBlock: null,
      welsh: null,
    });
  });

  test("names the user who made a version by email address", async () => {
    const service = await addService();
    const id = await addTemplate(service);
    const [user] = await sql<{ id: string }[]>`
      insert into users (name, email_address) values ('Ann', 'Ann@example.gov.uk') returning id`;
    await sql`update templates set created_by_id = ${user?.id ?? null}, version = 2 where id = ${id}`;

    expect((await findTemplateDetails(sql, service, id, null))?.createdBy).toBe("Ann@example.gov.uk");
    expect((await findTemplateDetails(sql, service, id, 1))?.createdBy).toBeNull();
  });

  test("finds deleted ones, but neither hidden ones nor another service's", async () => {
    const service = await addService();
    const [deleted, hidden] = [await addTemplate(service), await addTemplate(service, { type: "letter" })];
    await sql`update templates set archived = true, version = 2 where id = ${deleted}`;
    await sql`update templates set hidden = true, version = 2 where id = ${hidden}`;
    const other = await addService();

    expect(await findTemplateDetails(sql, service, deleted, null)).toMatchObject({ archived: true });
    expect(await findTemplateDetails(sql, other, deleted, null)).toBeNull();
    expect(await findTemplateDetails(sql, other, deleted, 1)).toBeNull();
    expect(await findTemplateDetails(sql, service, hidden, null)).toBeNull();
    expect(await findTemplateDetails(sql, service, hidden, 1)).toBeNull();
  });
});

describe("listSendableTemplates", () => {
  test("lists a service's by name, then texts, emails, letters; neither deleted nor hidden ones", async () => {
    const service = await addService();
    await addTemplate(await addService());
    for (const type of ["letter", "email", "sms"] as const) {
      await addTemplate(service, { type, name: "Same" });
      await addTemplate(service, { type, name: `Another ${type}` });
    }
    await sql`update templates set archived = true where id = ${await addTemplate(service)}`;
    await sql`update templates set hidden = true where id = ${await addTemplate(service)}`;
    const shown = async (type: "email" | null) =>
      (await listSendableTemplates(sql, service, type)).map((one) => `${one.name} ${one.type}`);

    expect(await shown(null)).toEqual([
      "Another email email",
      "Another letter letter",
      "Another sms sms",
      "Same sms",
      "Same email",
      "Same letter",
    ]);
    expect(await shown("email")).toEqual(["Another email email", "Same email"]);
  });

  test("lists latest versions alone", async () => {
    const service = await addService();
    const id = await addWelshLetter(service);

    const [only, ...others] = await listSendableTemplates(sql, service, null);

    expect(only).toEqual((await findTemplateDetails(sql, service, id, 2)) ?? undefined);
    expect(others).toEqual([]);
  });
});

describe("a template", () => {
  test.each([
    ["a text with postage", "sms", "postage = 'second'"],
    ["an email with languages", "email", "letter_languages = 'english'"],
    ["an email with Welsh", "email", "letter_welsh_subject = 'a', letter_welsh_content = 'b'"],
    ["a letter without postage", "letter", "postage = null"],
    ["a letter without languages", "letter", "letter_languages = null"],
    ["a letter by an unknown class", "letter", "postage = 'third'"],
    ["a letter in an unknown language", "letter", "letter_languages = 'welsh'"],
    ["an English letter with Welsh", "letter", "letter_welsh_subject = 'a', letter_welsh_content = 'b'"],
    ["a Welsh letter without Welsh", "letter", "letter_languages = 'welsh_then_english'"],
    [
      "a letter with half the Welsh",
      "letter",
      "letter_languages = 'welsh_then_english', letter_welsh_subject = 'a'",
    ],
    ["a letter from nobody known", "letter", "service_letter_contact_id = gen_random_uuid()"],
    ["a text with a link to unsubscribe", "sms", "has_unsubscribe_link = true"],
  ] as const)("cannot be %s", async (_, type, change) => {
    const id = await addTemplate(await addService(), { type });

    const outcome = sql.unsafe(`update templates set ${change} where id = '${id}'`).then(String, String);

    expect(await outcome).toMatch(/violates (check|foreign key) constraint/);
  });

  test("is found by the worker with the link it has", async () => {
    const id = await addTemplate(await addService(), { type: "email", hasUnsubscribeLink: true });

    expect(await findTemplateVersion(sql, id, 1)).toMatchObject({ hasUnsubscribeLink: true });
  });
});
