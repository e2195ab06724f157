import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { batchKey, readBatch } from "../../../shared/batch/files.ts";
import { openStorage } from "../../../shared/storage/open.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { workbookFiles, zipOf } from "../../support/xlsx.ts";
import { adminSecret, askInternally, internalToken } from "./internal-client.ts";

const unknownId = "99999999-9999-4999-8999-999999999999";
const good = "phone number,name,day\r\n07400123456,Ann Archer,Monday\r\n07400123457,Bo,Tuesday\r\n";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: adminSecret } });
});

beforeEach(async () => {
  await world.sql`truncate jobs, job_uploads, files cascade`;
});

afterAll(() => world[Symbol.asyncDispose]());

interface Sheet {
  service?: string;
  template?: string;
  name?: string;
  sender?: string;
}

function pathOf({
  service = world.service.id,
  template = world.service.templates.sms,
  name = "people.csv",
  sender,
}: Sheet) {
  const query = new URLSearchParams({
    template_id: template,
    file_name: name,
    ...(sender && { sender_id: sender }),
  });
  return `${world.apiUrl}/service/${service}/upload-csv?${query}`;
}

async function upload(file: string | Uint8Array, sheet: Sheet = {}) {
  const body = typeof file === "string" ? new TextEncoder().encode(file) : file;
  return await askInternally(pathOf(sheet), { body });
}

const stored = async (id: string) =>
  await readBatch(
    { storage: openStorage(world.config.storage, world.sql), cipher: world.cipher },
    { serviceId: world.service.id, id },
  );

const uploads = () => world.sql`select * from job_uploads`;

describe("POST /service/{id}/upload-csv", () => {
  test("keeps a file that can be sent, encrypted, and shows its first rows", async () => {
    const { status, body } = await upload(good);

    expect(status).toBe(201);
    const { id } = body.data;
    expect(body).toEqual({
      data: {
        id: expect.any(String),
        service: world.service.id,
        original_file_name: "people.csv",
        template: world.service.templates.sms,
        template_version: 1,
        sender_id: null,
        notification_count: 2,
        valid: true,
        column_headers: ["phone number", "name", "day"],
        errors: [],
        summary: [],
        rows: [
          {
            job_row_number: 0,
            row_number: 2,
            errors: [],
            cells: [
              { column: "phone number", value: "07400123456", error: null },
              { column: "name", value: "Ann Archer", error: null },
              { column: "day", value: "Monday", error: null },
            ],
          },
          expect.objectContaining({ job_row_number: 1, row_number: 3 }),
        ],
      },
    });
    expect(await stored(id)).toBe(good);
    const [file] = await world.sql`select key, content from files`;
    expect(file?.key).toBe(batchKey(world.service.id, id));
    expect(file?.content.includes("Ann")).toBe(false);
    expect(await uploads()).toMatchObject([{ id, valid: true, faults: [], notification_count: 2 }]);
  });

  test("says all that is wrong with one, and keeps nothing that it says", async () => {
    const { status, body } = await upload(
      "phone number,phone_number,name\n12,12,\n07400123456,07400123456,Ann\n",
    );

    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      valid: false,
      notification_count: 2,
      errors: [
        { error: "missing-columns", message: "The file has no column for: day" },
        {
          error: "duplicate-columns",
          message: "The file has more than one column for the recipient: phone number, phone_number",
        },
        { error: "rows-with-errors", message: "There is a problem with 1 row" },
      ],
      summary: ["fix 1 phone number", "enter missing data in 1 row"],
      rows: [
        {
          row_number: 2,
          cells: [
            { column: "phone number", error: "Mobile number is too short" },
            { column: "phone_number", error: "Mobile number is too short" },
            { column: "name", value: null, error: "Missing" },
          ],
        },
      ],
    });
    expect(await world.sql`select from files`).toHaveLength(0);
    expect(await uploads()).toMatchObject([
      { valid: false, faults: ["missing-columns", "duplicate-columns", "rows-with-errors"] },
    ]);
  });

  test("keeps a workbook as the CSV that it says", async () => {
    const row = (number: number, ...cells: string[]) => {
      const written = cells.map(
        (text, n) => `<c r="${"ABC"[n]}${number}" t="inlineStr"><is><t>${text}</t></is></c>`,
      );
      return `<row r="${number}">${written.join("")}</row>`;
    };
    const xml = `<sheetData>${row(1, "phone number", "name", "day")}${row(2, "07400123456", "Ann, B", "Monday")}</sheetData>`;

    const { body } = await upload(zipOf(workbookFiles([{ name: "People", xml }])), { name: "people.xlsx" });

    expect(body.data).toMatchObject({
      valid: true,
      notification_count: 1,
      original_file_name: "people.xlsx",
    });
    expect(await stored(body.data.id)).toBe('"phone number",name,day\r\n07400123456,"Ann, B",Monday\r\n');
  });

  test("keeps UTF-16 with tabs, as Excel writes text, as CSV in UTF-8", async () => {
    const text = "\ufeffphone number\tname\tday\r\n07400123456\tZoë\tMonday\r\n";

    const { body } = await upload(new Uint8Array(Buffer.from(text, "utf16le")), { name: "people.txt" });

    expect(await stored(body.data.id)).toBe('"phone number",name,day\r\n07400123456,Zoë,Monday\r\n');
  });

  test("shows a formula as the text that it is", async () => {
    const { body } = await upload(
      'phone number,name,day,=EVIL()\n+447400123456,"=HYPERLINK(""x"")",@SUM(1)\n07400123456,-1,-cmd|x\n',
    );

    const values = body.data.rows.map(({ cells }: { cells: { value: string }[] }) =>
      cells.map(({ value }) => value),
    );
    expect(values).toEqual([
      ["+447400123456", `'=HYPERLINK("x")`, "'@SUM(1)"],
      ["07400123456", "-1", "'-cmd|x"],
    ]);
    expect(body.data.column_headers[3]).toBe("'=EVIL()");
    // What is sent is what was written.
    expect(await stored(body.data.id)).toContain('"=HYPERLINK(""x"")"');
  });

  test("counts what the service has sent today, and what it sends abroad", async () => {
    await world.sql`
      insert into service_counters (service_id, tokens, filled_at, utc_date, sms)
      values (${world.service.id}, array[0, 0, 0], array[now(), now(), now()], (now() at time zone 'UTC')::date,
        (select sms_message_limit - 1 from services where id = ${world.service.id}))
      on conflict (service_id) do update set sms = excluded.sms, utc_date = excluded.utc_date`;

    const { body } = await upload(good);

    await world.sql`delete from service_counters`;
    expect(body.data.errors).toEqual([
      {
        error: "more-than-remaining",
        message: "The file has more rows than the 1 messages that can still be sent today",
      },
    ]);
  });

  test("lets a service in trial mode send to its team alone, and not to its guests", async () => {
    const trial = await world.addService("Trial");
    await world.sql`update services set restricted = true where id = ${trial.id}`;
    const userId = crypto.randomUUID();
    await world.sql`
      insert into users (id, name, email_address, mobile_number)
      values (${userId}, 'Ann', ${`${userId}@team.example`}, '+44 7400 123456')`;
    await world.sql`insert into user_to_service (user_id, service_id) values (${userId}, ${trial.id})`;
    await world.sql`
      insert into service_guest_list (service_id, recipient_type, recipient)
      values (${trial.id}, 'mobile', '07400123457')`;
    const sheet = { service: trial.id, template: trial.templates.sms };

    const team = await upload("phone number,name,day\n07400123456,Ann,Monday\n", sheet);
    const guest = await upload("phone number,name,day\n07400123457,Bo,Monday\n", sheet);

    expect(team.body.data.valid).toBe(true);
    expect(guest.body.data.errors).toMatchObject([{ error: "trial-mode-recipients" }]);
  });

  test("refuses a name that was sent today already, until there is a new version of the template", async () => {
    const first = await upload(good);
    await askInternally(`${world.apiUrl}/service/${world.service.id}/job`, {
      body: { id: first.body.data.id },
    });

    expect((await upload(good)).body.data.errors).toMatchObject([{ error: "already-sent" }]);
    expect((await upload(good, { name: "others.csv" })).body.data.valid).toBe(true);
  });

  test("takes a sender of the service's", async () => {
    const [sender] =
      await world.sql`select id from service_sms_senders where service_id = ${world.service.id}`;
    const [replyTo] =
      await world.sql`select id from service_email_reply_to where service_id = ${world.service.id}`;

    expect((await upload(good, { sender: sender?.id })).body.data.sender_id).toBe(sender?.id);
    expect(await upload(good, { sender: replyTo?.id })).toEqual({
      status: 400,
      body: { result: "error", message: "SMS sender not found" },
    });
    expect(
      (await upload(good, { sender: unknownId, template: world.service.templates.email })).body.message,
    ).toBe("Reply to email address not found");
  });

  test("knows no other service's template", async () => {
    const other = await world.addService("Other");

    expect(await upload(good, { template: other.templates.sms })).toEqual({
      status: 404,
      body: { result: "error", message: "No result found" },
    });
    expect((await upload(good, { service: unknownId })).status).toBe(404);
    expect(await uploads()).toHaveLength(0);
  });

  test("refuses a template that was deleted, and a service that may not send what it makes", async () => {
    const template = await createTemplate(world.sql, {
      serviceId: world.service.id,
      name: "Old",
      type: "sms",
      content: "x",
      subject: null,
    });
    await world.sql`update templates set archived = true where id = ${template}`;
    const silent = await world.addService("Silent");
    await world.sql`delete from service_permissions where service_id = ${silent.id} and permission = 'sms'`;

    expect((await upload(good, { template })).body.message).toEqual({
      template: ["Template has been deleted"],
    });
    expect((await upload(good, { service: silent.id, template: silent.templates.sms })).body.message).toBe(
      "Service is not allowed to send text messages",
    );
  });

  test.each<[string, (path: string) => string, object]>([
    [
      "no file name",
      (path) => path.replace(/&file_name=[^&]*/, ""),
      { file_name: ["Missing data for required field."] },
    ],
    [
      "an empty file name",
      (path) => path.replace("people.csv", ""),
      { file_name: ["Shorter than minimum length 1."] },
    ],
    ["a file name with NUL", (path) => path.replace("people", "%00"), { file_name: ["Not a valid string."] }],
    [
      "a template that is no id",
      (path) => path.replace(/template_id=[^&]*/, "template_id=x"),
      { template_id: ["Not a valid UUID."] },
    ],
  ])("refuses %s", async (_name, change, message) => {
    expect(await askInternally(change(pathOf({})), { body: new TextEncoder().encode(good) })).toEqual({
      status: 400,
      body: { result: "error", message },
    });
  });

  test("is for operators' programs alone", async () => {
    expect((await fetch(pathOf({}), { method: "POST", body: good })).status).toBe(401);
  });
});

describe("hostile files", () => {
  test.each<[string, () => Uint8Array, string]>([
    [
      "NULs",
      () => new TextEncoder().encode(`${good}\0,`),
      "Notify cannot read this file - try using a different file type",
    ],
    [
      "no text",
      () => Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1),
      "Notify cannot read this file - try using a different file type",
    ],
    [
      "10,000 columns",
      () => new TextEncoder().encode(`${"a,".repeat(10_000)}b\n`),
      "The file has more than 1000 columns",
    ],
    [
      "a cell without end",
      () => new TextEncoder().encode(`phone number\n"${"x".repeat(200_000)}`),
      "A cell of the file is longer than 131072 characters",
    ],
  ])("%s", async (_name, file, message) => {
    expect(await upload(file())).toEqual({ status: 400, body: { result: "error", message } });
    expect(await uploads()).toHaveLength(0);
  });

  test("a thousand columns of formulas under one name are shown in a few", async () => {
    const { status, body } = await upload(`${"=A1,".repeat(999)}phone number\n${"=A1,".repeat(999)}1\n`);

    expect(status).toBe(201);
    expect(JSON.stringify(body).length).toBeLessThan(20_000);
  });

  test("a line of a gigabyte is refused before it is sent", async () => {
    // The server itself refuses what no route would take.
    expect(await rawPost("Content-Length: 1073741824\r\n", "phone number,")).toContain("HTTP/1.1 413");
    const answer = await rawPost("Content-Length: 11000000\r\n", "phone number,");

    expect(answer).toContain("HTTP/1.1 413");
    expect(answer).toContain("The file cannot be larger than 10 MB");
  });

  test("or once more than the most of it came, where nobody said how much it is", async () => {
    let sent = 0;
    const piece = new Uint8Array(65_536).fill(0x78);
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += piece.length;
        if (sent > 1024 * 1024 * 1024) controller.close();
        else controller.enqueue(piece);
      },
    });

    const status = await askInternally(pathOf({}), { body: endless }).then(
      (answer) => answer.status,
      () => 413,
    );

    expect(status).toBe(413);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    expect(await uploads()).toHaveLength(0);
  });

  test("one that was cut off leaves nothing behind, and no error in the log", async () => {
    const logged = world.lines.length;

    await rawPost("Content-Length: 5000\r\n", good, { andGo: true });
    await until(async () => (await upload(good)).status === 201, "the next upload is taken");

    expect(await uploads()).toHaveLength(1);
    expect(world.lines.slice(logged).filter(({ level }) => level === "error")).toEqual([]);
  });
});

/** What the server answers to a request that is written by hand; `andGo` hangs up without listening. */
async function rawPost(headers: string, body: string, { andGo = false } = {}): Promise<string> {
  const url = new URL(pathOf({}));
  const token = await internalToken();
  return await new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(url.port), url.hostname, () => {
      const head = `POST ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n`;
      socket.write(`${head}Authorization: Bearer ${token}\r\n${headers}\r\n${body}`, () => {
        if (andGo) socket.destroy();
      });
    });
    socket.on("data", (data) => {
      answer += data;
      if (answer.includes("}")) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}
