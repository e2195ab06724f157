import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { Status } from "../../shared/notification/notification.ts";
import { base, bearer, newId, openApiWorld, storedLetter, storedSms, unknownId } from "./deps.ts";
import { badRequest, faults, invalid } from "./post.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const pdf = "%PDF-1.7 ready";

interface Given {
  status?: Status;
  files?: Record<string, string>;
}

function open({ status = "sending", files = { letter: pdf } }: Given = {}) {
  const pdfs = new Map(Object.entries(files).map(([which, text]) => [`${newId} ${which}`, bytes(text)]));
  return createApp(openApiWorld({ notifications: [{ ...storedLetter, status }], pdfs }));
}

async function get(given?: Given, headers: Record<string, string> = {}, method = "GET") {
  const url = `${base}/v2/notifications/${newId}/pdf`;
  return await open(given).request(url, { method, headers: { ...(await bearer()), ...headers } });
}

describe("a letter's PDF", () => {
  test("is answered as it is", async () => {
    const response = await get();

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(pdf);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/pdf",
      "content-length": "14",
      "accept-ranges": "bytes",
      "cache-control": "no-store, no-cache, private, must-revalidate, no-cache",
    });
    expect(response.headers.has("Content-Disposition")).toBe(false);
  });

  test("has a length for who asks for its head alone", async () => {
    const response = await get({}, {}, "HEAD");

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Length")).toBe("14");
    expect(await response.text()).toBe("");
  });

  test.each([
    ["bytes=0-3", "%PDF", "bytes 0-3/14"],
    ["bytes=9-", "ready", "bytes 9-13/14"],
    ["bytes=-2", "dy", "bytes 12-13/14"],
    ["bytes=-99", pdf, "bytes 0-13/14"],
    ["bytes=9-99", "ready", "bytes 9-13/14"],
    ["BYTES = 9 - 9".replaceAll(" ", ""), "r", "bytes 9-9/14"],
  ])("is answered in part: %s", async (range, part, told) => {
    const response = await get({}, { Range: range });

    expect(response.status).toBe(206);
    expect(await response.text()).toBe(part);
    expect(response.headers.get("Content-Range")).toBe(told);
    expect(response.headers.get("Content-Length")).toBe(String(part.length));
  });

  test.each(["bytes=14-", "bytes=99-100", "bytes=-0"])("has no such part: %s", async (range) => {
    const response = await get({}, { Range: range });

    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */14");
    expect(await response.json()).toEqual(
      faults(416, "RangeNotSatisfiable", "There is no such part: the PDF has 14 bytes"),
    );
  });

  test.each<Record<string, string>>([
    { Range: "bytes=0-1,3-4" },
    { Range: "bytes=3-1" },
    { Range: "bytes=-" },
    { Range: "pages=1-2" },
    { Range: "bytes=a-b" },
    { Range: "bytes=0-1", "If-Range": '"x"' },
  ])("is answered whole for what is no single range, or one of another version: %p", async (headers) => {
    const response = await get({}, headers);

    expect(response.status).toBe(200);
    expect(await response.text()).toBe(pdf);
  });

  test.each<[Status, Record<string, string>]>([
    ["created", { letter: pdf }],
    ["cancelled", { letter: pdf, original: "sent" }],
    ["delivered", { letter: pdf }],
    ["returned-letter", { letter: pdf }],
    ["temporary-failure", { letter: pdf }],
    ["validation-failed", { letter: pdf }],
    ["validation-failed", { original: pdf }],
  ])("is there for a letter that is %s, with %p", async (status, files) => {
    expect(await (await get({ status, files })).text()).toBe(pdf);
  });

  test.each<[Status, Record<string, string>, object]>([
    ["virus-scan-failed", { original: "bad" }, badRequest("File did not pass the virus scan")],
    [
      "technical-failure",
      { letter: pdf },
      badRequest("PDF not available for letters in status technical-failure"),
    ],
    ["pending-virus-check", { original: "unknown" }, notReady()],
    ["created", {}, notReady()],
    // It was never scanned.
    ["cancelled", { original: "unknown" }, notReady()],
  ])("is not there for a letter that is %s, with %p", async (status, files, body) => {
    const response = await get({ status, files });

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(body);
  });

  test.each([
    ["5", invalid("notification_id is not a valid UUID")],
    [unknownId, faults(404, "NoResultFound", "No result found")],
    [newId, badRequest("Notification is not a letter")],
  ])("is refused for %s", async (id, body) => {
    const app = createApp(openApiWorld({ notifications: [storedSms] }));
    const response = await app.request(`${base}/v2/notifications/${id}/pdf`, { headers: await bearer() });

    expect(await response.json()).toEqual(body);
    expect(response.status).toBe(body.status_code);
  });
});

function notReady() {
  return faults(400, "PDFNotReadyError", "PDF not available yet, try again later");
}
