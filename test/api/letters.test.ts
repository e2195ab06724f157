import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readLetter } from "../../shared/letter/files.ts";
import { precompiledTemplate } from "../../shared/letter/precompiled-template.ts";
import { changeServiceLimits } from "../../shared/service/setup.ts";
import { jobsAbout } from "../support/notifications.ts";
import { startS3 } from "../support/s3.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";
import { bearerOf } from "./bearer-of.ts";
import { badRequest, faults } from "./post.ts";

/* Letters as API and database make them together. */

let world: World;
let other: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  other = await world.addService("Library");
});

afterAll(() => world[Symbol.asyncDispose]());

const pdf = "%PDF-1.7 of a service";
const sheet = (over: object = {}) => ({ reference: "ref", content: btoa(pdf), ...over });
const letter = (over: object = {}) => ({
  template_id: world.service.templates.letter,
  personalisation: {
    address_line_1: "Ada Archer",
    address_line_2: "1 Mill Lane",
    address_line_3: 5,
    postcode: "ls1 4ap",
    name: "Ada",
    day: "Monday",
  },
  ...over,
});

interface Asking {
  key?: string;
  headers?: Record<string, string>;
  at?: World;
}

async function ask(path: string, body?: object, { key, headers, at = world }: Asking = {}) {
  const response = await fetch(`${at.apiUrl}/v2/notifications/${path}`, {
    method: body ? "POST" : "GET",
    headers: { ...(await bearerOf(key ?? at.service.keys.normal)), ...headers },
    body: body ? JSON.stringify(body) : null,
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function sent(body: object, asking?: Asking): Promise<string> {
  const { status, text } = await ask("letter", body, asking);
  if (status !== 201) throw new Error(`Not sent: ${status} ${text}`);
  return JSON.parse(text).id;
}

const shown = async (id: string) => JSON.parse((await ask(id)).text);

async function rowsOf(id: string, { sql }: Pick<World, "sql"> = world) {
  const [row] = await sql`
    select n.status, n.recipient, n.billable_units as units, n.international, l.reference, l.precompiled, l.postage,
      l.service_id = n.service_id and l.created_at = n.created_at as same, l.pages, l.sha256,
      (select count(*)::int from files f where f.key like 'letters/' || n.id || '/%') as files
    from notifications n join letters l on l.notification_id = n.id where n.id = ${id}`;
  return row;
}

const counted = async (serviceId: string) => {
  const [row] = await world.sql<{ letters: number; tokens: number[] }[]>`
    select letter::int as letters, tokens from service_counters where service_id = ${serviceId}`;
  return row;
};

describe("a letter from a template", () => {
  test("is stored with its letter and its job, and shown as accepted", async () => {
    const id = await sent(letter({ reference: "mine" }));

    expect(await rowsOf(id)).toEqual({
      status: "created",
      recipient: "Ada Archer\n1 Mill Lane\n5\nLS1 4AP",
      units: 0,
      international: false,
      reference: expect.stringMatching(/^[0-9A-Z]{16}$/),
      precompiled: false,
      postage: "second",
      same: true,
      pages: null,
      sha256: null,
      files: 0,
    });
    expect(await jobsAbout(world.sql, "create-letter-pdf", id)).toMatchObject([
      { data: { notificationId: id }, groupId: world.service.id },
    ]);
    expect(await shown(id)).toMatchObject({
      id,
      reference: "mine",
      type: "letter",
      status: "accepted",
      body: "Dear Ada\n\nCome on Monday.",
      subject: "Your visit on Monday",
      line_1: "Ada Archer",
      line_3: 5,
      line_4: null,
      postcode: "ls1 4ap",
      postage: "second",
      email_address: null,
      phone_number: null,
      is_cost_data_ready: false,
      cost_in_pounds: null,
      cost_details: {},
    });
  });

  test("of a test key is queued the same way", async () => {
    const id = await sent(letter(), { key: world.service.keys.test });

    expect(await jobsAbout(world.sql, "create-letter-pdf", id)).toHaveLength(1);
    expect(await jobsAbout(world.sql, "deliver-research", id)).toEqual([]);
  });

  test("takes two tokens of the bucket, one made by its service one, and what is no JSON one", async () => {
    const { sql } = world;
    const service = await world.addService("Archive");
    await changeServiceLimits(sql, service.id, { rate: 12 });
    const own = { template_id: service.templates.letter };
    const asking = { key: service.keys.normal };
    const send = async (body: object) => (await ask("letter", body, asking)).status;

    // Of five tokens the last is never given.
    expect([
      await send(letter(own)),
      await send(sheet()),
      await send(letter(own)),
      await send(sheet()),
    ]).toEqual([201, 201, 429, 429]);
    expect((await counted(service.id))?.letters).toBe(2);
  });

  test("counts against the day's letters, but for a test key's", async () => {
    const service = await world.addService("Office");
    await world.sql`update services set letter_message_limit = 2 where id = ${service.id}`;
    const own = { template_id: service.templates.letter };
    const send = async (body: object, key: string) => await ask("letter", body, { key });

    expect((await send(letter(own), service.keys.normal)).status).toBe(201);
    expect((await send(sheet(), service.keys.test)).status).toBe(201);
    expect((await send(sheet(), service.keys.normal)).status).toBe(201);
    const refused = await send(letter(own), service.keys.normal);
    expect(JSON.parse(refused.text)).toEqual(
      faults(429, "TooManyRequestsError", "Exceeded send limits (letter: 2) for today"),
    );
    expect((await send(letter(own), service.keys.test)).status).toBe(201);
  });

  test("cannot be made from another service's template", async () => {
    const { text } = await ask("letter", letter({ template_id: other.templates.letter }));

    expect(JSON.parse(text)).toEqual(badRequest("Template not found"));
  });

  test.each([
    ["letter", () => letter({ reference: "once" })],
    ["precompiled letter", () => sheet({ reference: "once" })],
  ])("sent again with its Idempotency-Key is stored once: %s", async (what, body) => {
    const headers = { "Idempotency-Key": `key-of-a-${what.replace(" ", "-")}` };
    const first = await ask("letter", body(), { headers });
    const second = await ask("letter", body(), { headers });

    expect(second.text).toBe(first.text);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await ask("letter", { ...body(), reference: "other" }, { headers })).status).toBe(422);
    const [row] = await world.sql`
      select (select count(*)::int from letters l where l.notification_id = n.id) as letters,
        (select count(*)::int from files where key like 'letters/' || n.id || '/%') as files
      from notifications n where n.id = ${JSON.parse(first.text).id}`;
    expect(row).toEqual({ letters: 1, files: what === "letter" ? 0 : 1 });
  });
});

describe("a letter made by its service", () => {
  test("is stored with its file, encrypted, and waits for the scan", async () => {
    const { sql, cipher, deps } = world;
    const id = await sent(sheet({ postage: "first" }));

    expect(await rowsOf(id)).toMatchObject({
      status: "pending-virus-check",
      recipient: "Provided as PDF",
      precompiled: true,
      postage: "first",
      same: true,
      files: 1,
    });
    expect(await jobsAbout(sql, "scan-letter", id)).toHaveLength(1);
    const [file] = await sql<{ content: Uint8Array }[]>`
      select content from files where key = ${`letters/${id}/original.pdf`}`;
    expect(new TextDecoder().decode(file?.content)).not.toContain("%PDF");
    const stored = await readLetter({ storage: deps.storage, cipher }, id, "original");
    expect(new TextDecoder().decode(stored ?? undefined)).toBe(pdf);
    expect(await shown(id)).toMatchObject({
      status: "pending-virus-check",
      body: "",
      subject: "Pre-compiled PDF",
      line_1: "Provided as PDF",
      line_2: null,
      postcode: null,
      postage: "first",
      is_cost_data_ready: false,
    });
  });

  test("is stored beside others of its group, whatever their bytes", async () => {
    const ids = await Promise.all(
      Array.from({ length: 8 }, (_, n) => sent(sheet({ content: btoa(`${n}${"é\0".repeat(n * 9000)}`) }))),
    );

    const pdfs = await Promise.all(
      ids.map((id) => readLetter({ storage: world.deps.storage, cipher: world.cipher }, id, "original")),
    );
    expect(pdfs.map((bytes) => bytes?.length)).toEqual(ids.map((_, n) => 1 + n * 18_000));
  });

  test("has a hidden template, made once however many ask first, that nobody is shown", async () => {
    const { sql } = world;
    const service = await world.addService("Museum");
    const made = await Promise.all(Array.from({ length: 8 }, () => precompiledTemplate(sql, service.id)));

    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    const [row, ...others] = await sql`
      select name, postage from templates where service_id = ${service.id} and hidden`;
    expect([row, others.length]).toEqual([{ name: "Pre-compiled PDF", postage: "second" }, 0]);
    const { text } = await ask("letter", letter({ template_id: made[0]?.id }), { key: service.keys.normal });
    expect(JSON.parse(text)).toEqual(badRequest("Template not found"));
  });

  test("refused over a limit leaves nothing", async () => {
    const service = await world.addService("Gallery");
    await world.sql`update services set letter_message_limit = 0 where id = ${service.id}`;
    const files = async () => (await world.sql`select count(*)::int as n from files`)[0]?.n;
    const before = await files();

    expect((await ask("letter", sheet(), { key: service.keys.normal })).status).toBe(429);
    expect(await files()).toBe(before);
  });
});

describe("with files in S3", () => {
  test("a letter's file is there before its row, and gone again where it is refused", async () => {
    await using s3 = await startS3();
    await using there = await openWorld({ worker: false, env: s3.env });
    const { sql, cipher, deps } = there;
    const id = await sent(sheet(), { at: there });

    expect(await rowsOf(id, there)).toMatchObject({ status: "pending-virus-check", files: 0 });
    expect(s3.requests).toEqual([`PUT letters/${id}/original.pdf`]);
    const stored = await readLetter({ storage: deps.storage, cipher }, id, "original");
    expect(new TextDecoder().decode(stored ?? undefined)).toBe(pdf);

    const poor = await there.addService("Library");
    await sql`update services set letter_message_limit = 0 where id = ${poor.id}`;
    s3.requests.length = 0;
    expect((await ask("letter", sheet(), { key: poor.keys.normal, at: there })).status).toBe(429);
    const [put = "", ...rest] = s3.requests;
    expect(put).toMatch(/^PUT letters\/[0-9a-f-]{36}\/original\.pdf$/);
    expect(rest).toEqual([put.replace("PUT", "DELETE")]);
  }, 60_000);

  test("nothing is stored where it cannot be reached", async () => {
    await using s3 = await startS3();
    await using there = await openWorld({ worker: false, env: s3.env });
    await s3.stop();

    expect((await ask("letter", sheet(), { at: there })).status).toBe(503);
    expect(await there.sql`select from notifications`).toHaveLength(0);
  }, 60_000);
});
