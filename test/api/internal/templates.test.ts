import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Operators, openOperators, unknownId } from "./operators.ts";

let operators: Operators;
let user: string;

beforeAll(async () => {
  operators = await openOperators();
  const [row] = await operators.world.sql<{ id: string }[]>`
    insert into users (name, email_address, state) values ('Ada', 'ada@example.com', 'active') returning id`;
  user = row?.id ?? "";
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const ask = (method: string, path: string, body?: unknown) =>
  operators.ask(method, `/service/${operators.world.service.id}/${path}`, body);

const text = (over: object = {}) => ({
  name: "Reminder",
  template_type: "sms",
  content: "Come on ((day))",
  service: operators.world.service.id,
  created_by: user,
  ...over,
});

async function create(over: object = {}): Promise<string> {
  const { status, body } = await ask("POST", "template", text(over));
  expect(status).toBe(201);
  return body.data.id;
}

describe("a template", () => {
  test("is made, and read as it was made", async () => {
    const { status, body } = await ask("POST", "template", text());

    expect(status).toBe(201);
    expect(body.data).toEqual({
      id: expect.any(String),
      service: operators.world.service.id,
      name: "Reminder",
      template_type: "sms",
      content: "Come on ((day))",
      subject: null,
      version: 1,
      archived: false,
      hidden: false,
      folder: null,
      postage: null,
      reply_to: null,
      reply_to_text: null,
      has_unsubscribe_link: false,
      redact_personalisation: false,
      is_precompiled_letter: false,
      letter_languages: null,
      letter_welsh_subject: null,
      letter_welsh_content: null,
      letter_attachment: null,
      email_files: [],
      created_by: user,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      updated_at: null,
    });
    expect((await ask("GET", `template/${body.data.id}`)).body).toEqual(body);
    const { data } = (await ask("GET", "template")).body;
    expect(data).toContainEqual({
      id: body.data.id,
      name: "Reminder",
      template_type: "sms",
      folder: null,
      is_precompiled_letter: false,
    });
  });

  test("gets a version with each change, and none where nothing changes", async () => {
    const id = await create();

    const changed = await ask("POST", `template/${id}`, { content: "Now ((day))", created_by: user });
    const same = await ask("POST", `template/${id}`, { ...changed.body.data, postage: null });

    expect(changed.body.data).toMatchObject({ content: "Now ((day))", name: "Reminder", version: 2 });
    expect([same.status, same.body.data.version]).toEqual([200, 2]);
    const { data } = (await ask("GET", `template/${id}/versions`)).body;
    expect(data).toMatchObject([
      { version: 2, content: "Now ((day))", updated_at: expect.any(String) },
      {
        version: 1,
        content: "Come on ((day))",
        created_by: { id: user, name: "Ada", email_address: "ada@example.com" },
      },
    ]);
    expect((await ask("GET", `template/${id}/version/1`)).body.data).toEqual(data[1]);
    expect((await ask("GET", `template/${id}/version/3`)).status).toBe(404);
    expect((await ask("GET", `template/${id}/version/99999999999`)).status).toBe(404);
  });

  test("is sent as it was changed at once", async () => {
    const { world } = operators;
    const id = await create({ content: "Before" });
    const send = async () => (await world.client().sendSms(id, "07700900123")).data.content.body;
    expect(await send()).toBe("Before");

    await ask("POST", `template/${id}`, { content: "After" });

    expect(await send()).toBe("After");
  });

  test("leaves the lists and its folder when it is deleted, and changes no more", async () => {
    const folder = await makeFolder("Old");
    const id = await create({ parent_folder_id: folder });
    expect((await ask("GET", `template/${id}`)).body.data.folder).toBe(folder);

    const deleted = await ask("POST", `template/${id}`, { archived: true });

    expect(deleted.body.data).toMatchObject({ archived: true, folder: null, version: 2 });
    expect((await ask("GET", "template")).text).not.toContain(id);
    expect(await ask("POST", `template/${id}`, { content: "x" })).toMatchObject({
      status: 400,
      body: { message: { template: ["Template has been deleted"] } },
    });
  });

  test.each([
    [{ created_by: undefined }, "created_by is a required property"],
    [{ template_type: "email" }, "subject is a required property"],
    [{ template_type: "letter" }, "subject is a required property"],
    [
      { template_type: "letter", subject: "x", postage: "europe" },
      "postage invalid. It must be either first, second or economy.",
    ],
    [{ template_type: "fax" }, "template_type fax is not one of [sms, email, letter, broadcast]"],
    [{ name: "a\0" }, "name must not contain NUL characters"],
  ])("is refused as %j", async (over, message) => {
    expect(await ask("POST", "template", text(over))).toMatchObject({
      status: 400,
      body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
    });
  });

  test.each([
    [
      { content: "a".repeat(919) },
      { content: ["Content has a character count greater than the limit of 918"] },
    ],
    [
      { template_type: "letter", subject: "x", content: `qr: ${"a".repeat(505)}` },
      { content: ["qr-code-too-long"] },
    ],
    [{ parent_folder_id: unknownId }, "parent_folder_id not found"],
    [{ created_by: unknownId }, { created_by: ["User not found"] }],
    [{ has_unsubscribe_link: true }, { has_unsubscribe_link: ["Only emails have a link to unsubscribe"] }],
    [
      { template_type: "letter", subject: "x", letter_languages: "welsh_then_english" },
      { letter_languages: ["A letter in Welsh needs a Welsh subject and content"] },
    ],
  ])("is refused as %j", async (over, message) => {
    expect(await ask("POST", "template", text(over))).toMatchObject({
      status: 400,
      body: { result: "error", message },
    });
  });

  test("is not for a service that may not send such messages", async () => {
    const other = await operators.world.addService("Mute");
    await operators.world.sql`delete from service_permissions where service_id = ${other.id}`;

    const created = await operators.ask("POST", `/service/${other.id}/template`, text({ service: other.id }));
    const updated = await operators.ask("POST", `/service/${other.id}/template/${other.templates.email}`, {
      content: "x",
    });

    const message = "Creating text message templates is not allowed";
    expect([created.status, created.body.message]).toEqual([403, { template_type: [message] }]);
    expect([updated.status, updated.body.message]).toEqual([
      403,
      { template_type: ["Updating email templates is not allowed"] },
    ]);
  });

  test("of an alert is for a service that sends them, and may be filled in", async () => {
    const { id } = await operators.world.addService("Alerts");
    const alert = text({ service: id, template_type: "broadcast", content: "Leave ((place)) now" });
    const post = (over: object = {}) =>
      operators.ask("POST", `/service/${id}/template`, { ...alert, ...over });

    const early = await post();
    await operators.world
      .sql`insert into service_permissions (service_id, permission) values (${id}, 'broadcast')`;
    const made = await post();
    const long = await post({ content: "a".repeat(1396) });

    expect([early.status, made.status, long.status]).toEqual([403, 201, 400]);
    expect(made.body.data).toMatchObject({ template_type: "broadcast", subject: null, postage: null });
    expect(long.body.message).toEqual({ content: ["must be 1,395 characters or fewer"] });
  });

  test("of another service is not there", async () => {
    const other = await operators.world.addService("Neighbour");
    const theirs = other.templates.sms;
    const requests = [
      ask("GET", `template/${theirs}`),
      ask("GET", `template/${theirs}/versions`),
      ask("GET", `template/${theirs}/version/1`),
      ask("GET", `template/${theirs}/preview`),
      ask("POST", `template/${theirs}`, { content: "x" }),
      ask("POST", `template/${theirs}`, { redact_personalisation: true, created_by: user }),
      ask("GET", "template/no-id"),
    ];

    for (const { status } of await Promise.all(requests)) expect(status).toBe(404);
    expect(await operators.world.sql`select from template_redacted`).toHaveLength(0);
  });

  test("is filled in for a look", async () => {
    const id = await create({
      template_type: "email",
      subject: "For ((name))",
      content: "((name)), on ((day))",
    });

    const filled = await ask("GET", `template/${id}/preview?name=Ada&DAY=Monday`);
    const missing = await ask("GET", `template/${id}/preview`);

    expect(filled.body).toMatchObject({ id, subject: "For Ada", content: "Ada, on Monday" });
    expect([missing.status, missing.body.message]).toEqual([
      400,
      { template: ["Missing personalisation: name, day"] },
    ]);
  });
});

test("a letter gets a contact block, in a version of its own", async () => {
  const id = await create({ template_type: "letter", subject: "Yours" });
  const [block] = await operators.world.sql<{ id: string }[]>`
    insert into service_letter_contacts (service_id, contact_block, is_default)
    values (${operators.world.service.id}, 'Town Hall', false) returning id`;

  const given = await ask("POST", `template/${id}`, { reply_to: block?.id });

  expect(given.body.data).toMatchObject({
    reply_to: block?.id,
    reply_to_text: "Town Hall",
    version: 2,
    postage: "second",
    letter_languages: "english",
  });
  expect((await ask("POST", `template/${id}`, { reply_to: unknownId })).body.message).toEqual({
    reply_to: ["Letter contact block not found"],
  });
});

test("a template redacts for ever, without a version", async () => {
  const id = await create();

  const nobody = await ask("POST", `template/${id}`, { redact_personalisation: true });
  const redacted = await ask("POST", `template/${id}`, { redact_personalisation: true, created_by: user });
  await ask("POST", `template/${id}`, { redact_personalisation: false, content: "Still ((day))" });

  expect([nobody.status, nobody.body.message]).toEqual([400, { created_by: ["Field is required"] }]);
  expect([redacted.status, redacted.body]).toEqual([200, null]);
  expect((await ask("GET", `template/${id}`)).body.data).toMatchObject({
    redact_personalisation: true,
    version: 2,
  });
});

const makeFolder = async (name: string, parent: string | null = null): Promise<string> => {
  const { status, body } = await ask("POST", "template-folder", { name, parent_id: parent });
  expect(status).toBe(201);
  return body.data.id;
};

test("the template of letters that a service makes itself is made when it is asked for, once", async () => {
  const first = await ask("GET", "template/precompiled");
  const again = await ask("GET", "template/precompiled");

  expect(first.body).toMatchObject({
    service: operators.world.service.id,
    template_type: "letter",
    is_precompiled_letter: true,
    hidden: true,
  });
  expect(again.body.id).toBe(first.body.id);
  expect((await operators.ask("GET", `/service/${unknownId}/template/precompiled`)).status).toBe(404);
});

describe("template folders", () => {
  test("are made within others, renamed and listed", async () => {
    const top = await makeFolder("Top");
    const within = await makeFolder("Within", top);

    const renamed = await ask("POST", `template-folder/${within}`, { name: "Inner" });

    expect(renamed.body.data).toEqual({
      id: within,
      name: "Inner",
      parent_id: top,
      service_id: operators.world.service.id,
      users_with_permission: [],
    });
    expect((await ask("GET", "template-folder")).body.template_folders).toContainEqual(renamed.body.data);
    const orphan = await ask("POST", "template-folder", { name: "x", parent_id: unknownId });
    expect([orphan.status, orphan.body.message]).toEqual([400, "parent_id not found"]);
  });

  test("take in templates and folders, and are deleted only when they hold nothing", async () => {
    const [from, to] = [await makeFolder("From"), await makeFolder("To")];
    const template = await create();

    const moved = await ask("POST", `template-folder/${to}/contents`, {
      templates: [template],
      folders: [from],
    });
    const full = await ask("DELETE", `template-folder/${to}`);

    expect(moved.status).toBe(204);
    expect((await ask("GET", `template/${template}`)).body.data.folder).toBe(to);
    expect([full.status, full.body.message]).toEqual([400, "Folder is not empty"]);

    await ask("POST", "template-folder/contents", { templates: [template], folders: [from] });

    expect((await ask("GET", `template/${template}`)).body.data.folder).toBeNull();
    expect((await ask("DELETE", `template-folder/${to}`)).status).toBe(204);
    expect((await ask("DELETE", `template-folder/${to}`)).status).toBe(404);
  });

  test("do not go into themselves, nor elsewhere than their own service", async () => {
    const outer = await makeFolder("Outer");
    const inner = await makeFolder("Inner", outer);
    const other = await operators.world.addService("Other folders");
    const move = async (target: string, contents: object) => {
      const path = `template-folder/${target}/contents`;
      const { status, body } = await ask("POST", path, { templates: [], folders: [], ...contents });
      return [status, body.message];
    };

    expect(await move(outer, { folders: [outer] })).toEqual([400, "You cannot move a folder to itself"]);
    expect(await move(inner, { folders: [outer] })).toEqual([
      400,
      "You cannot move a folder to one of its subfolders",
    ]);
    expect(await move(inner, { templates: [other.templates.sms] })).toEqual([
      400,
      `Could not move to folder: No template found with id ${other.templates.sms}`,
    ]);
    expect(await move(unknownId, {})).toEqual([404, "No result found"]);
    const theirs = `/service/${other.id}/template-folder`;
    const contents = { templates: [other.templates.sms], folders: [] };
    expect((await operators.ask("POST", `${theirs}/${outer}/contents`, contents)).status).toBe(404);
    expect((await operators.ask("POST", `${theirs}/${outer}`, { name: "Ours" })).status).toBe(404);
    expect((await operators.ask("DELETE", `${theirs}/${outer}`)).status).toBe(404);
    expect((await operators.ask("POST", theirs, { name: "x", parent_id: outer })).status).toBe(400);
  });
});
