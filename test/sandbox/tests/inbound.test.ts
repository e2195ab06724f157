import { describe, expect, test } from "bun:test";
import { decodeMmgText } from "../../../shared/inbound/decode.ts";
import { startSandbox } from "../sandbox.ts";
import { startApi } from "./api.ts";

const text = { provider: "mmg", from: "07700900123", to: "07700900500", message: "Hi" };

async function openBoth() {
  const api = startApi();
  const sandbox = await startSandbox({
    port: 0,
    receipts: { apiUrl: api.url.replace("//", "//user:pass@") },
  });
  return {
    api,
    async post(body: unknown) {
      const response = await fetch(`${sandbox.url}/inbound`, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await sandbox[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
    },
  };
}

describe("POST /inbound", () => {
  test.each(["plain", "it's 1+1 = 2 & 100%", "a\\nb\nc", "£5 café 😀 ŵ"])(
    "brings %j as MMG does, and answers with what it was answered",
    async (message) => {
      await using both = await openBoth();

      const answer = await both.post({ ...text, message });

      expect(answer).toEqual({
        status: 200,
        body: { answer: { status: 200, body: '{"result":"success"}' } },
      });
      const [request] = both.api.requests;
      expect(request?.path).toBe("/notifications/sms/receive/mmg");
      expect(request?.headers.get("authorization")).toBe(`Basic ${btoa("user:pass")}`);
      const body = JSON.parse(request?.body ?? "");
      expect(body).toMatchObject({ MSISDN: "447700900123", Number: "447700900500", ID: expect.any(String) });
      expect(body.Message).toMatch(/^[ -~]*$/);
      expect(decodeMmgText(body.Message)).toBe(message);
      expect(body.DateRecieved).toMatch(/^\d{4}-\d\d-\d\d\+\d\d%3A\d\d%3A\d\d$/);
    },
  );

  test("brings one as Firetext does", async () => {
    await using both = await openBoth();

    await both.post({ ...text, provider: "firetext", message: "a+b 😀" });

    const [request] = both.api.requests;
    expect(request?.path).toBe("/notifications/sms/receive/firetext");
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      source: "447700900123",
      destination: "447700900500",
      message: "a+b 😀",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
  });

  test("keeps a name for its sender, and the reference it is given", async () => {
    await using both = await openBoth();

    await both.post({ ...text, from: "Bank", reference: "again" });

    expect(JSON.parse(both.api.requests[0]?.body ?? "")).toMatchObject({ MSISDN: "Bank", ID: "again" });
  });

  test("passes on a refusal, and says when there was no answer", async () => {
    await using both = await openBoth();
    both.api.answerNext(403, null);

    expect((await both.post(text)).body).toMatchObject({ answer: { status: 403 } });
    expect(await both.post(text)).toEqual({ status: 502, body: { error: "The API did not answer" } });
  });

  test.each([null, {}, { ...text, provider: "ses" }, { ...text, to: "" }, { ...text, extra: 1 }])(
    "refuses %j",
    async (body) => {
      await using both = await openBoth();

      expect((await both.post(body)).status).toBe(400);
      expect(both.api.requests).toEqual([]);
    },
  );
});

test("the page shows how", async () => {
  await using sandbox = await startSandbox({ port: 0, receipts: null });

  expect(await (await fetch(sandbox.url)).text()).toContain(`curl ${sandbox.url}/inbound --json`);
});
