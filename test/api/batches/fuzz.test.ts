import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { openWorld, type World } from "../../support/world.ts";
import { workbookFiles, zipOf } from "../../support/xlsx.ts";
import { adminSecret, internalToken } from "./internal-client.ts";

let world: World;
let token: string;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: adminSecret } });
  token = await internalToken();
});

afterAll(() => world[Symbol.asyncDispose]());

async function statusOf(path: string, body: string | Uint8Array<ArrayBuffer> | null): Promise<number> {
  const { status } = await fetch(`${world.apiUrl}/service/${world.service.id}${path}`, {
    method: body === null ? "GET" : "POST",
    headers: { Authorization: `Bearer ${token}` },
    body,
  });
  return status;
}

const uploadPath = (name: string) => {
  const query = new URLSearchParams({ template_id: world.service.templates.sms, file_name: name });
  return `/upload-csv?${query}`;
};

test("no file makes the API fail: bytes, and text like a spreadsheet's", async () => {
  const piece = fc.constantFrom(
    "phone number",
    "name",
    ",",
    '"',
    "\r",
    "\n",
    "\t",
    "\0",
    "07400123456",
    "é",
    "🙂",
    "=1+1",
    " ",
  );
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => new TextEncoder().encode(pieces.join("")));
  const bytes = fc.uint8Array({ maxLength: 300 }).map((given) => new Uint8Array(given));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(text, bytes),
      fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
      async (file, name) => {
        expect(await statusOf(uploadPath(name), file)).toBeLessThan(500);
      },
    ),
    { numRuns: 150 },
  );
});

test("no workbook does that was spoiled anywhere", async () => {
  const xml =
    '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>46208</v></c></row></sheetData>';
  const whole = zipOf(workbookFiles([{ name: "A", xml }], ["phone number"]));
  const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const file = whole.slice();
      for (const { at, to } of changes) file[at] = to;

      expect(await statusOf(uploadPath("a.xlsx"), file)).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
});

test("no request about a batch does", async () => {
  const value = fc.oneof(
    fc.json(),
    fc.uuid(),
    fc.constantFrom("2026-08-01T00:00", "9999-12-31", "+275760-09-13", null),
  );
  const body = fc.record(
    { id: value, created_by: value, scheduled_for: value, contact_list_id: value },
    { requiredKeys: [] },
  );
  const query = fc.record(
    {
      page: fc.string(),
      statuses: fc.string({ unit: "binary" }),
      limit_days: fc.string(),
      contact_list_id: fc.string(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(body, query, fc.string({ unit: "binary" }), async (request, asked, id) => {
      const statuses = await Promise.all([
        statusOf("/job", JSON.stringify(request)),
        statusOf(`/job?${new URLSearchParams(asked)}`, null),
        statusOf(`/job/${encodeURIComponent(id.toWellFormed())}`, null),
        statusOf(`/job/${encodeURIComponent(id.toWellFormed())}/cancel`, "{}"),
      ]);

      expect(statuses.filter((status) => status >= 500)).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
