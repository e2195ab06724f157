import { describe, expect, test } from "bun:test";
import { startSandbox } from "../sandbox.ts";
import { sendCallback, sendMmg, sendSes } from "./send.ts";

const quiet = { port: 0, receipts: null };

describe("GET /messages", () => {
  test("lists what arrived, the newest first, nulls where nothing applies", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { msg: "Hi", cid: "id-1" });
    await sendSes(sandbox);
    await sendCallback(sandbox, "/callback/delivery");

    const { messages } = await (await fetch(`${sandbox.url}/messages`)).json();

    expect(messages).toMatchObject([{ channel: "callback" }, { channel: "email" }, { channel: "sms" }]);
    expect(messages[2]).toEqual({
      id: 1,
      channel: "sms",
      provider: "mmg",
      to: "447700900123",
      from: "GOVUK",
      subject: null,
      body: "Hi",
      html: null,
      reference: "id-1",
      received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      headers: null,
      attachments: null,
      fragments: 1,
      outcome: "delivered",
      status: null,
    });
  });

  test("lists one channel, and no more than asked for", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { cid: "id-1" });
    await sendMmg(sandbox, { cid: "id-2" });
    await sendSes(sandbox);

    const texts = await (await fetch(`${sandbox.url}/messages?channel=sms`)).json();
    const newest = await (await fetch(`${sandbox.url}/messages?channel=sms&limit=1`)).json();
    const letters = await (await fetch(`${sandbox.url}/messages?channel=letter`)).json();

    expect(texts.messages).toMatchObject([{ reference: "id-2" }, { reference: "id-1" }]);
    expect(newest.messages).toMatchObject([{ reference: "id-2" }]);
    expect(letters).toEqual({ messages: [] });
  });

  test.each(["channel=fax", "limit=many"])("refuses %s", async (query) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await fetch(`${sandbox.url}/messages?${query}`);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringContaining(query.split("=")[0] ?? "") });
  });

  test("keeps the newest of each channel and counts them all", async () => {
    await using sandbox = await startSandbox({ ...quiet, keep: 3 });
    await sendSes(sandbox);
    for (let sent = 1; sent <= 8; sent++) await sendMmg(sandbox, { cid: `id-${sent}` });

    const { messages } = await (await fetch(`${sandbox.url}/messages?channel=sms`)).json();

    expect(messages).toMatchObject([{ reference: "id-8" }, { reference: "id-7" }, { reference: "id-6" }]);
    expect(sandbox.messages("email")).toHaveLength(1);
    expect(sandbox.count("sms")).toBe(8);
    expect(sandbox.count()).toBe(9);
  });

  test("DELETE empties it", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox);

    const answer = await fetch(`${sandbox.url}/messages`, { method: "DELETE" });

    expect(answer.status).toBe(204);
    expect(sandbox.messages()).toEqual([]);
    expect(sandbox.count()).toBe(0);
  });
});

describe("GET /messages/wait", () => {
  test("answers once enough are there", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { cid: "id-1" });

    const waiting = fetch(`${sandbox.url}/messages/wait?channel=sms&count=2`);
    await sendSes(sandbox);
    await sendMmg(sandbox, { cid: "id-2" });

    const answer = await waiting;
    expect(answer.status).toBe(200);
    const { messages } = await answer.json();
    expect(messages).toMatchObject([{ reference: "id-2" }, { reference: "id-1" }]);
  });

  test("answers 504 with what there is when time is up", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { cid: "id-1" });

    const answer = await fetch(`${sandbox.url}/messages/wait?count=2&timeout_ms=20`);

    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({
      error: expect.stringContaining("2 messages"),
      messages: [{ reference: "id-1" }],
    });
  });

  test.each(["channel=fax", "count=few", "timeout_ms=-1"])("refuses %s", async (query) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await fetch(`${sandbox.url}/messages/wait?${query}`);

    expect(answer.status).toBe(400);
  });
});

describe("waitFor", () => {
  test("finds what is here already, the first that fits", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { cid: "id-1", msg: "a" });
    await sendMmg(sandbox, { cid: "id-2", msg: "b" });

    const found = await sandbox.waitFor((message) => message.channel === "sms");

    expect(found.reference).toBe("id-1");
  });

  test("finds what comes later, in the channel asked for", async () => {
    await using sandbox = await startSandbox(quiet);

    const waiting = sandbox.waitFor(() => true, { channel: "callback" });
    await sendMmg(sandbox);
    await sendCallback(sandbox, "/callback/x");

    expect((await waiting).to).toBe("/callback/x");
  });

  test("throws when time is up", async () => {
    await using sandbox = await startSandbox(quiet);

    const waiting = sandbox.waitFor(2, { channel: "sms", timeoutMs: 10 });

    await expect(waiting).rejects.toThrow("Cannot wait for 2 messages of sms: 0 arrived");
  });
});
