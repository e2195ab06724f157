import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Status } from "../../shared/notification/notification.ts";
import { checkAccessibility } from "../support/browser.ts";
import { until } from "../support/until.ts";
import { workbookFiles, zipOf } from "../support/xlsx.ts";
import { type ConsoleWorld, openConsole, type Person } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

const path = (rest = "") => console.path(`/batches${rest}`);

let uploads = 0;

async function upload(
  content: string | Uint8Array<ArrayBuffer>,
  {
    person = "manager" as Person,
    name = `people ${++uploads}.csv`,
    type = "sms" as "sms" | "email" | "letter",
    sender = "",
  } = {},
) {
  const fields = new FormData();
  fields.set("template", console.service.templates[type]);
  fields.set("sender", sender);
  fields.set("file", new File([content], name));
  return await console.upload(person, path("/uploads"), fields);
}

const twoPeople = "phone number,name,day\n07400123456,Ann,Monday\n07400123457,Bo,Tuesday\n";

async function uploaded(
  content: string | Uint8Array<ArrayBuffer> = twoPeople,
  options: Parameters<typeof upload>[1] = {},
) {
  const { location, text } = await upload(content, options);
  if (location === null) throw new Error(`The file was refused: ${text}`);
  return { page: location, id: location.split("/").at(-1) ?? "" };
}

async function entries(subject: string) {
  return await console.world.sql`
    select action, outcome, before, after from audit where subject = ${subject} order by at, id`;
}

const batch = async (id: string) => (await console.world.sql`select * from jobs where id = ${id}`)[0];

const inDays = (days: number) => {
  const at = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Europe/London",
    dateStyle: "short",
    timeStyle: "short",
  })
    .format(at)
    .replace(" ", "T");
};

describe("a list of people", () => {
  test("begins with a template and an example of the file it needs", async () => {
    const templates = await console.get("manager", path("/new"));
    const form = await console.get("manager", path(`/new?template=${console.service.templates.letter}`));
    const example = await console.get(
      "manager",
      path(`/example.csv?template=${console.service.templates.sms}`),
    );

    expect(templates.text).toContain("phone number, name, day");
    expect(form.text).toContain("address line 1");
    expect(form.text).toContain('enctype="multipart/form-data"');
    expect(example.headers.get("Content-Disposition")).toStartWith('attachment; filename="Text example.csv"');
    expect(example.text).toBe('"phone number",name,day\r\n"07700 900321",example,example\r\n');
  });

  test("is shown with its faults in place, and nothing of it is kept", async () => {
    const csv =
      "phone number,name,town\n07400123456,Ann,Leeds\n12,,York\n07400123458,<b>Cy</b>,\n07400123459,Di,\n";
    const { status, text } = await upload(csv, { name: "faulty.csv" });

    expect(status).toBe(400);
    expect(text).toContain("<title>Problem: The file cannot be sent");
    expect(text).toContain("Nothing was sent: there is a problem with the file");
    expect(text).toContain("The file has no column for: day");
    expect(text).toContain("There is a problem with 1 row");
    expect(text).toContain("fix 1 phone number");
    // Beside the cell it is wrong with.
    expect(text).toMatch(/<div class="faulty-cell"><p class="fault">[^<]*(short|digits)[^<]*<\/p>12<\/div>/i);
    expect(text).toContain(
      '<div class="faulty-cell"><p class="fault">Missing</p><span class="none">empty</span>',
    );
    expect(text).toContain("&lt;b&gt;Cy&lt;/b&gt;");
    expect(text).toContain("All 4 rows");
    for (const use of ["whom it goes to", "fills ((name))", "passed over", "missing"])
      expect(text).toContain(use);
    const kept = await console.world
      .sql`select valid from job_uploads where original_file_name = 'faulty.csv'`;
    expect(kept).toMatchObject([{ valid: false }]);
    expect(await console.world.sql`select from jobs where original_file_name = 'faulty.csv'`).toHaveLength(0);
    expect((await entries(`template ${console.service.templates.sms}`)).at(-1)).toMatchObject({
      action: "batch.upload",
      outcome: "refused",
      after: { valid: false, rows: 4 },
    });
  });

  test("of many rows shows the first, and those with something wrong wherever they are", async () => {
    const addresses = Array.from({ length: 300 }, (_, n) =>
      n === 250 ? "Ms Wrong,1 High St,nowhere,Ann,Monday" : `Ms A${n},1 High St,ls14ap,Ann,Monday`,
    );
    const csv = `address line 1,address line 2,postcode,name,day\n${addresses.join("\n")}\n`;
    const { status, text } = await upload(csv, { type: "letter" });

    expect(status).toBe(400);
    expect(text).toContain("6 of 300 rows: the first, and those with something wrong");
    expect(text).toContain("fix 1 address");
    // As a spreadsheet numbers it, with what is wrong with the address as a whole in a column of its own.
    expect(text).toMatch(
      /<td>252<\/td><td>Ms Wrong<\/td>.*?<div class="faulty-cell"><p class="fault">[^<]+<\/p>/,
    );
    expect(text).toContain("The whole row");
    expect(text).not.toContain("Ms A5<");
  });

  test.each<[string, () => Promise<{ status: number; text: string }>, number, string]>([
    [
      "is no spreadsheet",
      () => upload(new Uint8Array([0, 1, 2, 0, 255])),
      400,
      "Problem: Upload a list of people",
    ],
    ["has no rows", () => upload("phone number,name,day\n"), 400, "The file has no rows"],
    ["has no name", () => upload("", { name: "" }), 400, "Choose a file"],
    [
      "has too long a name",
      () => upload("a", { name: `${"x".repeat(300)}.csv` }),
      400,
      "Give the file a shorter name",
    ],
    ["is too large", () => upload("x".repeat(10_600_000)), 413, "The file cannot be larger than 10 MB"],
  ])("is refused where it %s", async (_, send, status, words) => {
    const answer = await send();

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });

  test("is an Excel workbook just as well", async () => {
    const cells = [
      ["phone number", "name", "day"],
      ["07400123456", "Ann", "Monday"],
    ];
    const rows = cells.map((row, n) => {
      const inRow = row.map(
        (text, at) => `<c r="${"ABC"[at]}${n + 1}" t="inlineStr"><is><t>${text}</t></is></c>`,
      );
      return `<row r="${n + 1}">${inRow.join("")}</row>`;
    });
    const sheet = { name: "People", xml: `<sheetData>${rows.join("")}</sheetData>` };
    const { page } = await uploaded(zipOf(workbookFiles([sheet])), { name: "people.xlsx" });

    expect((await console.get("manager", page)).text).toContain("Hello Ann, come on Monday");
  });

  test("that is fine is shown with what it would send, and nothing is sent", async () => {
    const { page, id } = await uploaded();
    const { text } = await console.get("manager", page);

    expect(text).toContain("2 texts");
    expect(text).toContain("Hello Ann, come on Monday");
    expect(text).toContain("All rows");
    expect(await batch(id)).toBeUndefined();
    expect((await console.get("viewer", page)).text).not.toContain('name="when"');
  });

  test("of emails is shown as the first email is read, in a frame of its own", async () => {
    const { page } = await uploaded(
      "email address,name,day\nann@people.example,<script>alert(1)</script>,Monday\n",
      {
        type: "email",
      },
    );
    const { text } = await console.get("manager", page);
    const email = await console.get("manager", `${page}/email.html`);

    expect(text).toContain(`src="${page}/email.html"`);
    expect(email.headers.get("Content-Security-Policy")).toContain("sandbox; default-src 'none'");
    expect(email.text).toContain("&lt;script&gt;");
    expect(email.text).not.toContain("<script");
  });

  test("of letters is shown as the first one reads, and drawn by a worker", async () => {
    const csv = "address line 1,address line 2,postcode,name,day\nMs A,1 High St,ls14ap,Ann,Monday\n";
    const { page } = await uploaded(csv, { type: "letter" });
    const { text } = await console.get("manager", page);

    expect(text).toContain(`href="${page}/letter.png"`);
    // Nobody draws in this world.
    expect((await console.get("manager", `${page}/letter.png`)).status).toBe(503);
    expect(await console.world.sql`select from pgboss.job where name = 'draw-letter-pages'`).toHaveLength(1);
  });

  test("may come from another of the service's senders, but from no other's", async () => {
    const { sql } = console.world;
    const [sender] = await sql<{ id: string }[]>`
      insert into service_sms_senders (service_id, sms_sender, is_default)
      values (${console.service.id}, 'Mayor', false) returning id`;
    await until(
      async () =>
        (await console.get("manager", path(`/new?template=${console.service.templates.sms}`))).text.includes(
          "Mayor",
        ),
      "the API knows the sender",
    );

    const { page } = await uploaded(twoPeople, { sender: sender?.id ?? "" });
    const other = await upload(twoPeople, { sender: crypto.randomUUID() });

    expect((await console.get("manager", page)).text).toContain("From Mayor");
    expect([other.status, other.text.includes("SMS sender not found")]).toEqual([400, true]);
  });

  test("is sent at once, with who did it noted", async () => {
    const { page, id } = await uploaded();

    const { location } = await console.post("manager", page, { when: "now", at: "" });
    const again = await console.get("manager", page);

    expect([location, again.location]).toEqual([path(`/${id}`), path(`/${id}`)]);
    expect(await batch(id)).toMatchObject({ job_status: "pending", created_by_id: console.userIds.manager });
    expect(await entries(`batch ${id}`)).toMatchObject([
      { action: "batch.send", outcome: "done", after: { rows: 2, scheduledFor: null } },
    ]);
  });

  test("is sent at a time, by London's clocks, up to seven days ahead", async () => {
    const { page, id } = await uploaded();

    const none = await console.post("manager", page, { when: "later", at: "" });
    const past = await console.post("manager", page, { when: "later", at: inDays(-1) });
    const far = await console.post("manager", page, { when: "later", at: inDays(9) });
    const before = await batch(id);
    const { location } = await console.post("manager", page, { when: "later", at: inDays(2) });

    expect([none.status, past.status, far.status]).toEqual([400, 400, 400]);
    expect(none.text).toContain("Enter a date and time");
    expect(past.text).toContain("Choose a time that is not over");
    expect(far.text).toContain("Choose a time in the next 7 days");
    expect(far.text).toContain('value="later" checked');
    expect(before).toBeUndefined();
    expect(location).toBe(path(`/${id}`));
    expect(await batch(id)).toMatchObject({ job_status: "scheduled" });
  });
});

describe("a batch", () => {
  async function scheduled() {
    const { page, id } = await uploaded();
    await console.post("manager", page, { when: "later", at: inDays(1) });
    return id;
  }

  async function began(statuses: readonly Status[]) {
    const { page, id } = await uploaded();
    await console.post("manager", page, { when: "now" });
    await console.world.sql`
      update jobs set job_status = 'finished all notifications created', processing_started = now(),
        processing_finished = now() where id = ${id}`;
    for (const [row, status] of statuses.entries()) {
      const notification = await console.world.notification({ status, clientReference: "=1+1" });
      await console.world.sql`
        update notifications set job_id = ${id}, job_row_number = ${row} where id = ${notification}`;
    }
    return id;
  }

  test("shows what became of its messages, each count leading to them", async () => {
    const id = await began(["delivered", "delivered", "permanent-failure"]);
    const { text } = await console.get("viewer", path(`/${id}`));
    const list = await console.get("viewer", path());

    expect(text).toContain(`/notifications?batch=${id}&amp;status=permanent-failure`);
    expect(text).toMatch(/delivered<\/span> <span class="figure">2</);
    expect(text).toContain("Arrived: 2; failed: 1");
    expect(text).not.toContain("data-live-seconds");
    expect(list.text).toContain(path(`/${id}`));
  });

  test("shows how far it is while it is made, and is looked at anew meanwhile", async () => {
    const { page, id } = await uploaded();
    await console.post("manager", page, { when: "now" });
    const { text } = await console.get("viewer", path(`/${id}`));

    expect(text).toContain('data-live-seconds="5"');
    expect(text).toContain("Made: 0 of 2 messages");
    expect(text).toContain('<progress id="made" value="0" max="2">');
  });

  test("gives its results as a spreadsheet in which nothing runs", async () => {
    const id = await began(["delivered", "temporary-failure"]);
    const { text, headers } = await console.get("viewer", path(`/${id}/results.csv`));

    const lines = text.trimEnd().split("\r\n");
    expect(headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(lines[0]).toBe('Row,Recipient,Reference,Status,Meaning,Made,Sent,"Last changed",Id');
    expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(["2", "3"]);
    expect(lines[1]).toContain("'=1+1,delivered,Delivered");
    expect(await entries(`batch ${id}`)).toContainEqual(expect.objectContaining({ action: "batch.results" }));
  });

  test("that waits for its time is called off once that is confirmed", async () => {
    const id = await scheduled();

    const asked = await console.get("manager", path(`/${id}/cancel`));
    const { location } = await console.post("manager", path(`/${id}/cancel`));
    const again = await console.post("manager", path(`/${id}/cancel`));

    expect(asked.text).toContain("Do not send this batch?");
    expect(location).toBe(path(`/${id}`));
    expect(await batch(id)).toMatchObject({ job_status: "cancelled" });
    expect(again.status).toBe(409);
    expect((await entries(`batch ${id}`)).at(-1)).toMatchObject({
      action: "batch.cancel",
      outcome: "done",
      before: { status: "scheduled" },
      after: { status: "cancelled" },
    });
  });

  test("of letters is kept from being printed, as long as all are there", async () => {
    const csv = "address line 1,address line 2,postcode,name,day\nMs A,1 High St,ls14ap,Ann,Monday\n";
    const { page, id } = await uploaded(csv, { type: "letter" });
    await console.post("manager", page, { when: "now" });
    await console.world.sql`
      update jobs set job_status = 'finished all notifications created' where id = ${id}`;

    const early = await console.post("manager", path(`/${id}/cancel`));
    // Of a print run that is not closed, whatever the time is.
    const createdAt = new Date(Date.now() + 3_600_000);
    const letter = await console.world.notification({ channel: "letter", createdAt });
    await console.world.sql`
      update notifications set job_id = ${id}, job_row_number = 0 where id = ${letter}`;
    const { location } = await console.post("manager", path(`/${id}/cancel`));

    expect([early.status, location]).toEqual([409, path(`/${id}`)]);
    const [row] = await console.world.sql`select status from notifications where id = ${letter}`;
    expect([row?.status, (await batch(id))?.job_status]).toEqual(["cancelled", "cancelled"]);
  });

  test("is neither a stranger's nor a viewer's to change", async () => {
    const id = await scheduled();
    const { page } = await uploaded();
    const other = `/console/services/${console.other.id}/batches`;

    const answers = [
      await console.get("stranger", path()),
      await console.get("stranger", `${other}/${id}`),
      await console.get("stranger", `${other}/${id}/results.csv`),
      await console.post("stranger", `${other}/${id}/cancel`),
      await console.get("stranger", page.replace(console.service.id, console.other.id)),
      await console.post("stranger", page.replace(console.service.id, console.other.id), { when: "now" }),
      await console.get("stranger", `${other}/new?template=${console.service.templates.sms}`),
      await console.get("viewer", path("/new")),
      await upload(twoPeople, { person: "viewer" }),
      await console.post("viewer", page, { when: "now" }),
      await console.post("viewer", path(`/${id}/cancel`)),
    ];

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
    expect(await batch(id)).toMatchObject({ job_status: "scheduled" });
  });
});

/* Every page is looked at in light and in dark by accessibility.test.ts. */
test.each([
  { colours: "light", screen: "desk", scripts: "on" },
  { colours: "dark", screen: "telephone", scripts: "off" },
] as const)("a file is uploaded, mended and sent by anybody, with %p", async (options) => {
  await using visitor = await console.visit("manager", options);
  const { templates } = console.service;
  await visitor.page.goto(path(`/new?template=${templates.sms}`));
  const file = (text: string) => ({
    name: `by hand ${options.colours}.csv`,
    mimeType: "text/csv",
    buffer: Buffer.from(text),
  });
  await visitor.page.getByLabel("Your file").setInputFiles(file("phone number,name,day\n12,Ann,\n"));
  await visitor.page.getByRole("button", { name: "Check the file" }).click();
  expect(await checkAccessibility(visitor.page)).toEqual([]);
  await visitor.page.getByRole("link", { name: "Upload another file" }).click();
  await visitor.page.getByLabel("Your file").setInputFiles(file(twoPeople));
  await visitor.page.getByRole("button", { name: "Check the file" }).click();
  expect(await checkAccessibility(visitor.page)).toEqual([]);
  await visitor.page.getByRole("button", { name: "Send 2 texts" }).click();
  await visitor.page.waitForURL(/batches\/[0-9a-f-]{36}$/);
  expect(await visitor.page.locator("h1").textContent()).toBe(`by hand ${options.colours}.csv`);
  expect(await checkAccessibility(visitor.page)).toEqual([]);
});
