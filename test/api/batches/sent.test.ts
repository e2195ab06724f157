import { expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { openWorld } from "../../support/world.ts";
import { workbookFiles, zipOf } from "../../support/xlsx.ts";
import { adminSecret, askInternally } from "./internal-client.ts";

test("a workbook is uploaded, made a batch, and everybody in it gets their text", async () => {
  await using world = await openWorld({ env: { ADMIN_CLIENT_SECRETS: adminSecret } });
  const service = `${world.apiUrl}/service/${world.service.id}`;
  const rows = [
    ["Phone Number", "NAME", "day", "reference"],
    ["07400123456", "Ann", "Monday", "r-1"],
    ["+44 7400 123457", "Bo", "Tuesday", ""],
  ].map((cells, row) => {
    const written = cells.map(
      (text, n) => `<c r="${"ABCD"[n]}${row + 1}" t="inlineStr"><is><t>${text}</t></is></c>`,
    );
    return `<row r="${row + 1}">${written.join("")}</row>`;
  });
  const file = zipOf(workbookFiles([{ name: "People", xml: `<sheetData>${rows.join("")}</sheetData>` }]));
  const query = new URLSearchParams({ template_id: world.service.templates.sms, file_name: "people.xlsx" });

  const upload = await askInternally(`${service}/upload-csv?${query}`, { body: file });
  const { id } = upload.body.data;
  const created = await askInternally(`${service}/job`, { body: { id } });
  const batch = async () => (await askInternally(`${service}/job/${id}`)).body.data;
  await until(
    async () => (await batch()).job_status === "finished all notifications created",
    "all rows are stored",
  );
  const texts = await until(() => {
    const sent = world.sandbox.messages("sms");
    return sent.length === 2 && sent;
  }, "both texts are sent");

  expect(created.status).toBe(201);
  expect(texts.map(({ to, body }) => [to, body]).sort()).toEqual([
    ["447400123456", "Hello Ann, come on Monday"],
    ["447400123457", "Hello Bo, come on Tuesday"],
  ]);
  expect(
    (await batch()).statistics.reduce((sum: number, { count }: { count: number }) => sum + count, 0),
  ).toBe(2);
  const stored = await world.sql`
    select job_row_number, client_reference from notifications where job_id = ${id} order by job_row_number`;
  expect([...stored]).toEqual([
    { job_row_number: 0, client_reference: "r-1" },
    { job_row_number: 1, client_reference: null },
  ]);
});
