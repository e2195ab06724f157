import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

const path = (rest = "") => console.path(`/templates${rest}`);
const sms = () => console.service.templates.sms;
const email = () => console.service.templates.email;
const letter = () => console.service.templates.letter;

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, outcome, subject, before, after from audit order by at desc limit 1`;
  return entry;
}

async function make(type: string, fields: Record<string, string>): Promise<string> {
  const made = await console.post("manager", path(`/new?type=${type}`), fields);
  expect(made.status).toBe(303);
  return made.location?.split("/").at(-1) ?? "";
}

describe("a service's templates", () => {
  test("are listed by name, found by a part of it, and told by kind", async () => {
    const all = await console.get("viewer", path());
    const texts = await console.get("viewer", path("?type=sms"));
    const none = await console.get("viewer", path("?q=%25"));
    const strange = await console.get(
      "viewer",
      path(`?q=%00&after=${encodeURIComponent('["\\u0000","00000000-0000-4000-8000-000000000000"]')}`),
    );
    const stranger = await console.get("stranger", path());

    for (const id of [sms(), email(), letter()]) expect(all.text).toContain(path(`/${id}"`));
    expect(all.text).not.toContain(path("/new"));
    expect(texts.text).toContain(path(`/${sms()}"`));
    expect(texts.text).not.toContain(path(`/${email()}"`));
    expect(none.text).toContain("No template is like that.");
    expect(strange.status).toBe(200);
    expect(stranger.status).toBe(404);
  });

  test("come in pages", async () => {
    const { id } = await console.world.addService("Many");
    const root = `/console/services/${id}/templates`;
    await console.world.sql`
      insert into templates (service_id, name, template_type, content)
      select ${id}, 'Many ' || lpad(n::text, 3, '0'), 'sms', 'x' from generate_series(1, 60) n`;

    const first = await console.get("operator", `${root}?q=Many`);
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await console.get("operator", next);

    expect(first.text).toContain("Many 050");
    expect(first.text).not.toContain("Many 051");
    expect(second.text).toContain("Many 060");
    expect(second.text).not.toContain("Many 050");
  });

  test("stand in folders, which managers make, rename and delete when they are empty", async () => {
    const made = await console.post("manager", path("/folders"), { folder_name: "Council tax" });
    const folder = made.location?.split("=").at(-1) ?? "";
    const id = await make("sms", { name: "In the folder", content: "Hello", folder });
    const page = await console.get("viewer", path(`?folder=${folder}`));
    const top = await console.get("viewer", path());
    await console.post("manager", path(`/folders/${folder}`), { rename: "Taxes" });
    const full = await console.post("manager", path(`/folders/${folder}/delete`));
    const moved = await console.post("manager", path(`/${id}/move`), { folder: "" });
    const entry = await lastEntry();
    const deleted = await console.post("manager", path(`/folders/${folder}/delete`));

    expect(page.text).toContain("In the folder");
    expect(top.text).not.toContain("In the folder");
    expect(top.text).toContain("Council tax");
    expect(full.status).toBe(400);
    expect(full.text).toContain("This folder still holds something");
    expect([moved.location, deleted.location]).toEqual([path(`/${id}`), path()]);
    expect(entry).toMatchObject({
      action: "template.move",
      before: { folderId: folder },
      after: { folderId: null },
    });
    expect((await console.get("manager", path(`?folder=${folder}`))).status).toBe(404);
  });

  test("have folders that nobody else may touch", async () => {
    const made = await console.post("manager", path("/folders"), { folder_name: "Ours" });
    const folder = made.location?.split("=").at(-1) ?? "";
    const theirs = `/console/services/${console.other.id}/templates`;

    const renamed = await console.post("stranger", `${theirs}/folders/${folder}`, { rename: "Theirs" });
    const looked = await console.get("stranger", `${theirs}?folder=${folder}`);
    const viewed = await console.post("viewer", path(`/folders/${folder}`), { rename: "Viewed" });

    expect([renamed.status, looked.status, viewed.status]).toEqual([404, 404, 404]);
  });
});

describe("a template", () => {
  test("is made, and changed as a new version, which is noted by its number alone", async () => {
    const id = await make("email", { name: "Reminder", subject: "Hello ((name))", content: "Dear ((name))" });
    const created = await lastEntry();

    const page = await console.get("viewer", path(`/${id}`));
    const saved = await console.post("manager", path(`/${id}/edit`), {
      version: "1",
      name: "Reminder",
      subject: "Hello ((name))",
      content: "Dear ((name)), hurry",
      unsubscribe: "yes",
    });

    expect(page.text).toContain("((name))");
    expect(page.text).not.toContain(path(`/${id}/edit`));
    expect(saved.location).toBe(path(`/${id}`));
    expect(created).toMatchObject({ action: "template.create", after: { type: "email", version: 1 } });
    expect(await lastEntry()).toEqual({
      action: "template.change",
      outcome: "done",
      subject: `template ${id}`,
      before: { version: 1 },
      after: { version: 2 },
    });
    const [row] = await console.world.sql`select * from templates where id = ${id}`;
    expect(row).toMatchObject({ content: "Dear ((name)), hurry", has_unsubscribe_link: true, version: 2 });
  });

  test.each([
    ["sms", { name: "", content: "Hello" }, "Enter a name"],
    ["sms", { name: "X", content: " " }, "Enter what the message says"],
    [
      "sms",
      { name: "X", content: "x".repeat(919) },
      "Content has a character count greater than the limit of 918",
    ],
    ["email", { name: "X", content: "Hello", subject: "" }, "Enter a subject"],
    [
      "letter",
      { name: "X", subject: "X", content: "Hello", postage: "third", contact: "" },
      "Choose a postage",
    ],
    [
      "letter",
      {
        name: "X",
        subject: "X",
        content: "Hello",
        postage: "first",
        contact: "",
        languages: "welsh_then_english",
        welsh_subject: "",
        welsh_content: "",
      },
      "Enter a heading in Welsh",
    ],
  ])("is not made as %s of %p", async (type, fields, message) => {
    const { status, text } = await console.post("manager", path(`/new?type=${type}`), fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
    expect(text).toContain("<title>Problem: ");
  });

  test("is not changed over what somebody else saved meanwhile", async () => {
    const id = await make("sms", { name: "Both", content: "One" });
    const fields = { name: "Both", version: "1" };

    await console.post("manager", path(`/${id}/edit`), { ...fields, content: "Two" });
    const late = await console.post("operator", path(`/${id}/edit`), { ...fields, content: "Three" });

    expect(late.status).toBe(400);
    expect(late.text).toContain("Somebody saved another version meanwhile");
    expect(late.text).toContain("Three");
    const [row] = await console.world.sql`select content from templates where id = ${id}`;
    expect(row?.content).toBe("Two");
    expect(await lastEntry()).toMatchObject({ action: "template.change", outcome: "refused" });
  });

  test("is written only by managers, and only of kinds that the service may send", async () => {
    const attempts = await Promise.all([
      console.post("viewer", path("/new?type=sms"), { name: "X", content: "X" }),
      console.get("viewer", path("/new?type=sms")),
      console.get("viewer", path(`/${sms()}/edit`)),
      console.post("viewer", path(`/${sms()}/delete`), { confirm: "yes" }),
      console.get("manager", path("/new?type=broadcast")),
      console.post("manager", path("/new?type=broadcast"), { name: "X", content: "X" }),
      console.get("manager", path("/new?type=fax")),
      console.get("manager", path(`/${console.other.templates.sms}`)),
      console.post("manager", path(`/${console.other.templates.sms}/delete`), { confirm: "yes" }),
    ]);

    expect(attempts.map(({ status }) => status)).toEqual([404, 404, 404, 404, 403, 400, 404, 404, 404]);
  });

  test("is deleted once that is ticked, and no longer sent or changed", async () => {
    const id = await make("sms", { name: "Passing", content: "Hello" });

    const unsure = await console.post("manager", path(`/${id}/delete`));
    const deleted = await console.post("manager", path(`/${id}/delete`), { confirm: "yes" });
    const page = await console.get("manager", path(`/${id}`));
    const edit = await console.get("manager", path(`/${id}/edit`));
    const found = await console.get("manager", path("?state=deleted"));

    expect(unsure.text).toContain("Tick that the template is to be deleted");
    expect([unsure.status, deleted.location, edit.status]).toEqual([400, path(), 404]);
    expect(page.text).toContain("This template was deleted");
    expect(page.text).not.toContain(path(`/${id}/delete`));
    expect(found.text).toContain("Passing");
    expect(await lastEntry()).toMatchObject({
      action: "template.delete",
      after: { version: 2, archived: true },
    });
  });

  test("hides what it is filled in with, for good, once that is ticked", async () => {
    const id = await make("sms", { name: "Secretive", content: "Your code is ((code))" });

    const unsure = await console.post("manager", path(`/${id}/redact`));
    const hidden = await console.post("manager", path(`/${id}/redact`), { hide: "yes" });
    const page = await console.get("manager", path(`/${id}`));

    expect([unsure.status, hidden.location]).toEqual([400, path(`/${id}`)]);
    expect(page.text).toContain("Hidden from those who look at messages");
    expect(page.text).not.toContain(path(`/${id}/redact`));
    expect(await lastEntry()).toMatchObject({ before: { redacted: false }, after: { redacted: true } });
  });

  test("is sent to who asks for that, filled in, and to nobody else", async () => {
    const { sql } = console.world;
    const fields = {
      form: "show",
      type: "email",
      template: email(),
      "value:name": "Ada",
      "value:day": "Monday",
    };

    const unfilled = await console.post("manager", path(`/${email()}/test-send`), {
      form: "show",
      type: "email",
    });
    const sent = await console.post("manager", path(`/${email()}/test-send`), fields);
    const noPhone = await console.post("manager", path(`/${sms()}/test-send`), fields);
    const viewed = await console.post("viewer", path(`/${email()}/test-send`), fields);

    expect(unfilled.status).toBe(400);
    expect(unfilled.text).toContain("Missing personalisation: ");
    expect(noPhone.text).toContain("Nothing is known of a telephone of yours");
    expect(viewed.status).toBe(404);
    const id = sent.location?.split("/").at(-1) ?? "";
    expect(sent.location).toBe(console.path(`/notifications/${id}`));
    const [row] = await sql`select recipient, template_id from notifications where id = ${id}`;
    expect(row).toEqual({ recipient: "manager@people.example", template_id: email() });
    const entries = await sql`select outcome, after from audit where action = 'template.test' order by at`;
    expect(entries.map(({ outcome, after }) => [outcome, after])).toEqual([
      ["refused", null],
      ["done", { notificationId: id }],
    ]);
  });
});

describe("versions of a template", () => {
  test("are listed, shown as they were, and compared word by word", async () => {
    const id = await make("sms", { name: "Visit", content: "Come on Monday at nine" });
    await console.post("manager", path(`/${id}/edit`), {
      version: "1",
      name: "Visit",
      content: "Come on Tuesday at nine <b>sharp</b>",
    });

    const list = await console.get("viewer", path(`/${id}/versions`));
    const first = await console.get("viewer", path(`/${id}/versions/1`));
    const compared = await console.get("viewer", path(`/${id}/versions/1/compare/2`));
    const asked = await console.get("viewer", path(`/${id}/versions/compare?from=2&to=1`));
    const gone = await console.get("viewer", path(`/${id}/versions/3`));

    expect(list.text).toContain(path(`/${id}/versions/1/compare/2`));
    expect(list.text).toContain("Ms manager");
    expect(first.text).toContain("Come on Monday at nine");
    expect(compared.text).toContain(
      'Come on <del class="removed">Monday</del><ins class="added">Tuesday</ins> at nine' +
        '<ins class="added"> &lt;b&gt;sharp&lt;/b&gt;</ins>',
    );
    expect(asked.location).toBe(path(`/${id}/versions/2/compare/1`));
    expect(gone.status).toBe(404);
  });
});

describe("a preview", () => {
  const fields = (over: Record<string, string>) => ({
    as: "fragment",
    form: "new",
    type: "sms",
    name: "",
    ...over,
  });

  test("is filled in, counts what is charged, and asks for what it lacks", async () => {
    const { text } = await console.post(
      "viewer",
      path("/preview"),
      fields({ content: `Hello ((first name)), ((day))${"x".repeat(150)}`, "value:firstname": "Ada & <i>" }),
    );

    expect(text).toContain("Hello Ada &amp; &lt;i&gt;, <mark");
    expect(text).toContain("((day))</mark>");
    expect(text).toMatch(/>2<\/strong> text messages charged/);
    expect(text).toContain('name="value:day"');
    expect(text).not.toContain("<html");
  });

  test("says where a text needs the long alphabet, and where it is too long", async () => {
    const { text } = await console.post("viewer", path("/preview"), fields({ content: "ŵ".repeat(919) }));

    expect(text).toContain("Unicode");
    expect(text).toContain("This is too long to be sent.");
  });

  test("of an email is a document in which nothing runs", async () => {
    const { text, headers } = await console.post(
      "viewer",
      path("/preview"),
      fields({
        as: "email",
        type: "email",
        subject: "((x))",
        content: "# Hello\n<script>alert(1)</script> ((x))",
      }),
    );

    expect(headers.get("Content-Security-Policy")).toStartWith("sandbox; default-src 'none'");
    expect(text).toContain("Hello</h2>");
    expect(text).not.toContain("<script");
  });

  test("of a letter shows whom it is from and both its languages", async () => {
    await console.post("manager", console.path("/senders/letter"), {
      letter_value: "Town Hall\nHigh Street",
    });
    const [contact] = await console.world.sql`
      select id from service_letter_contacts where service_id = ${console.service.id}`;

    const { text } = await console.post(
      "viewer",
      path("/preview"),
      fields({
        type: "letter",
        subject: "Your visit",
        content: "# When\n* soon",
        contact: contact?.id ?? "",
        languages: "welsh_then_english",
        welsh_subject: "Eich ymweliad",
        welsh_content: "Cyn bo hir",
        postage: "first",
      }),
    );

    for (const part of [
      "Town Hall<br/>High Street",
      "First class",
      "Eich ymweliad",
      "Cyn bo hir",
      "<li>soon</li>",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("by its button keeps what was typed, without saving it", async () => {
    const page = await console.post("manager", path("/preview"), {
      ...fields({ content: "Hello ((name))", "value:name": "Ada" }),
      as: "page",
      name: "Not yet",
    });

    expect(page.status).toBe(200);
    expect(page.text).toContain('value="Not yet"');
    expect(page.text).toContain("Hello Ada");
    expect(await console.world.sql`select from templates where name = 'Not yet'`).toHaveLength(0);
  });

  test("of a letter's pages says where they were not drawn in time", async () => {
    const { status, text } = await console.post("viewer", path("/preview"), {
      as: "pages",
      form: "show",
      type: "letter",
      template: letter(),
    });

    const page = await console.get("viewer", path(`/${letter()}`));

    expect(status).toBe(200);
    expect(text).toContain("The pages are being drawn");
    // The answer to a form cannot be asked for again.
    expect(text).not.toContain("data-live-seconds");
    expect(page.text).toContain('data-live-seconds="3"');
  });

  test("shows no template of another service", async () => {
    const { status } = await console.post("manager", path("/preview"), {
      as: "page",
      form: "show",
      type: "sms",
      template: console.other.templates.sms,
    });

    expect(status).toBe(404);
  });

  test("comes by itself while somebody types, with fields for what is to be filled in", async () => {
    await using visitor = await console.visit("manager");
    const { page } = visitor;
    await page.goto(path("/new?type=email"));

    await page.getByLabel("Name", { exact: true }).fill("Live");
    await page.getByLabel("Subject").fill("About ((thing))");
    await page.getByLabel("Body").fill("# Dear ((name))");
    await page.getByLabel("thing").fill("bins");
    await page.getByLabel("name", { exact: true }).fill("Ada");

    const frame = page.frameLocator("#email-frames iframe:not([hidden])");
    await frame.getByRole("heading", { name: "Dear Ada" }).waitFor();
    await page.getByText("About bins").waitFor();
    await page.getByRole("button", { name: "Make the template" }).click();
    await page.getByRole("heading", { name: "Live" }).waitFor();
    // One step back is the form, whatever was previewed there.
    await page.goBack();
    await page.getByRole("heading", { name: "New email" }).waitFor();
  });

  test("comes by its button without scripts", async () => {
    await using visitor = await console.visit("manager", { scripts: "off", screen: "telephone" });
    const { page } = visitor;
    await page.goto(path(`/${sms()}/edit`));

    await page.getByLabel("Message").fill("Hello ((name)), it is ((weather))");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByLabel("weather").fill("raining");
    await page.getByRole("button", { name: "Preview" }).click();
    const shown = await page.locator(".bubble").textContent();
    await page.getByRole("button", { name: "Save as a new version" }).click();
    const notice = await page.locator(".notice").textContent();
    await page.goto(path(`/${email()}/edit`));
    await page.getByLabel("Body").fill("# Bins");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByRole("button", { name: "Show the email below" }).click();
    await page.frameLocator("iframe.message").getByRole("heading", { name: "Bins" }).waitFor();

    expect(shown).toEndWith("Hello ((name)), it is raining");
    expect(notice).toContain("Saved version 2");
  });
});

test("its pages fit a telephone", async () => {
  await using visitor = await console.visit("manager", { screen: "telephone" });
  for (const rest of ["", `/${email()}`, `/${letter()}/edit`, `/${sms()}/versions`]) {
    await visitor.page.goto(path(rest));
    const width = await visitor.page.evaluate(() => document.documentElement.scrollWidth);
    expect({ rest, width }).toEqual({ rest, width: 360 });
  }
});

test.each(["light", "dark"] as const)("its pages can be read by everybody, in %s", async (colours) => {
  await using visitor = await console.visit("manager", { colours });
  const pages = ["", `/${sms()}`, `/${email()}`, `/${letter()}`, "/new?type=letter", `/${email()}/edit`];
  for (const rest of [...pages, `/${sms()}/versions`, `/${sms()}/versions/1/compare/1`]) {
    await visitor.page.goto(path(rest));
    expect({ rest, faults: await checkAccessibility(visitor.page) }).toEqual({ rest, faults: [] });
  }
});
