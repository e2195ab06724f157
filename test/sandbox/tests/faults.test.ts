import { describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { startApi } from "./api.ts";
import { failureOf, sendCallback, sendFiretext, sendMmg, sendSes, sendSmtp } from "./send.ts";

const quiet = { port: 0, receipts: null };

const http = [
  ["mmg", sendMmg],
  ["firetext", sendFiretext],
  ["ses", sendSes],
] as const;

function post({ url }: Sandbox, fault: unknown) {
  return fetch(`${url}/faults`, { method: "POST", body: JSON.stringify(fault) });
}

describe("setting faults", () => {
  test("counts down, then all is well again", async () => {
    await using sandbox = await startSandbox(quiet);

    const set = await post(sandbox, { provider: "mmg", status: 503, count: 2 });

    expect(set.status).toBe(201);
    expect(await set.json()).toEqual({ faults: [{ provider: "mmg", status: 503, count: 2 }] });
    expect((await sendMmg(sandbox)).status).toBe(503);
    const left = await fetch(`${sandbox.url}/faults`);
    expect(await left.json()).toEqual({ faults: [{ provider: "mmg", status: 503, count: 1 }] });
    expect((await sendFiretext(sandbox)).status).toBe(200);
    expect((await sendMmg(sandbox)).status).toBe(503);
    expect((await sendMmg(sandbox)).status).toBe(200);
    expect(sandbox.messages().map(({ provider }) => provider)).toEqual(["mmg", "firetext"]);
  });

  test("without a count lasts until cleared", async () => {
    await using sandbox = await startSandbox(quiet);
    await post(sandbox, { provider: "mmg", status: 500 });

    expect((await sendMmg(sandbox)).status).toBe(500);
    expect((await sendMmg(sandbox)).status).toBe(500);
    const cleared = await fetch(`${sandbox.url}/faults`, { method: "DELETE" });

    expect(cleared.status).toBe(204);
    expect((await sendMmg(sandbox)).status).toBe(200);
  });

  test("counted ones come first, in order; of the others the newest stays", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "mmg", status: 500 });
    sandbox.setFault({ provider: "mmg", status: 501 });
    sandbox.setFault({ provider: "mmg", status: 502, count: 1 });
    sandbox.setFault({ provider: "mmg", status: 503, count: 1 });

    const statuses: number[] = [];
    for (let sent = 0; sent < 4; sent++) statuses.push((await sendMmg(sandbox)).status);

    expect(statuses).toEqual([502, 503, 501, 501]);
  });

  test.each([
    ["an unknown provider", { provider: "acme", status: 503 }, "provider"],
    ["no provider", { status: 503 }, "provider"],
    ["no effect", { provider: "mmg", count: 1 }, "at least one"],
    ["a status that is none", { provider: "mmg", status: 42 }, "status"],
    ["a count of none", { provider: "mmg", status: 503, count: 0 }, "count"],
    ["a misspelt key", { provider: "mmg", stauts: 503 }, "stauts"],
    ["text for a number", { provider: "mmg", delay_ms: "6000" }, "delay_ms"],
    ["a header that is none", { provider: "mmg", headers: { "a b": "c" } }, "headers"],
    ["a path for a provider", { provider: "mmg", status: 503, path: "/x" }, "path"],
    ["what is no object", "mmg", "body"],
  ])("refuses %s", async (_, fault, says) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await post(sandbox, fault);

    expect(answer.status).toBe(400);
    const { error } = await answer.json();
    expect(error).toContain(says);
    const { faults } = await (await fetch(`${sandbox.url}/faults`)).json();
    expect(faults).toEqual([]);
  });

  test("refuses what is not JSON", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await fetch(`${sandbox.url}/faults`, { method: "POST", body: "{" });

    expect(answer.status).toBe(400);
  });
});

describe.each(http)("%s", (provider, send) => {
  test("refuses with a status and does not take the message", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, status: 503 });

    const answer = await send(sandbox);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toBeObject();
    expect(sandbox.count()).toBe(0);
  });

  test("answers with a body of its own, and takes the message", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, body: "not json" });

    const answer = await send(sandbox);

    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe("not json");
    expect(sandbox.count()).toBe(1);
  });

  test("refuses with a status and a body of its own", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, status: 502, body: "<h1>Bad gateway</h1>" });

    const answer = await send(sandbox);

    expect(answer.status).toBe(502);
    expect(await answer.text()).toBe("<h1>Bad gateway</h1>");
  });

  test("answers late, having taken the message at once", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, delay_ms: 40 });
    const startedAt = performance.now();

    const answer = send(sandbox);
    await sandbox.waitFor(1);
    const takenAfterMs = performance.now() - startedAt;

    expect((await answer).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(39);
    expect(takenAfterMs).toBeLessThan(performance.now() - startedAt);
  });

  test("hangs until the client gives up, and takes nothing", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, hang: true });

    const failure = await failureOf(send(sandbox, {}, { signal: AbortSignal.timeout(50) }));

    expect(failure).toContain("TimeoutError");
    expect(sandbox.count()).toBe(0);
  });

  test("drops the connection, and takes nothing", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, reset: true });

    expect(await failureOf(send(sandbox))).toBe("ECONNRESET");
    expect(sandbox.count()).toBe(0);
  });

  test("takes the message, then drops the connection, and still sends its receipt", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider, accept_without_answer: true, count: 1 });

    expect(await failureOf(send(sandbox))).toBe("ECONNRESET");
    await api.received(1);

    expect(sandbox.count()).toBe(1);
  });

  test("takes the message and hangs", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider, accept_without_answer: true, hang: true });

    const failure = await failureOf(send(sandbox, {}, { signal: AbortSignal.timeout(50) }));

    expect(failure).toContain("TimeoutError");
    expect(sandbox.count()).toBe(1);
  });

  test("repeats its receipts word for word", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider, duplicate_receipts: 2 });

    await send(sandbox);
    await sandbox.receiptsSettled();

    expect(api.requests).toHaveLength(3);
    expect(new Set(api.requests.map(({ body }) => body)).size).toBe(1);
  });

  test("sends its receipt before it answers", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider, early_receipts: true });

    await send(sandbox);

    expect(sandbox.receipts()).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });
});

test("Firetext's refusal with a 200 takes nothing", async () => {
  await using sandbox = await startSandbox(quiet);
  sandbox.setFault({ provider: "firetext", body: '{"code":7,"description":"Insufficient credit"}' });

  const answer = await sendFiretext(sandbox);

  expect(await answer.json()).toMatchObject({ code: 7 });
  expect(sandbox.count()).toBe(0);
});

describe("SES's errors", () => {
  test.each([
    [{ status: 429 }, "TooManyRequestsException"],
    [{ status: 400 }, "BadRequestException"],
    [{ status: 400, headers: { "x-amzn-errortype": "MessageRejected" } }, "MessageRejected"],
    [{ status: 500 }, "InternalFailure"],
  ])("%o is named %s", async (fault, name) => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "ses", ...fault });

    const answer = await sendSes(sandbox);

    expect(answer.headers.get("x-amzn-errortype")).toBe(name);
  });
});

describe("smtp", () => {
  test.each([451, 550])("refuses with %d", async (status) => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "smtp", status, body: "Not today" });

    await expect(sendSmtp(sandbox)).rejects.toMatchObject({
      responseCode: status,
      response: expect.stringContaining("Not today"),
    });
    expect(sandbox.count()).toBe(0);
  });

  test("drops the connection, and takes nothing", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "smtp", reset: true });

    await expect(sendSmtp(sandbox)).rejects.toThrow();
    expect(sandbox.count()).toBe(0);
  });

  test("takes the message, then drops the connection", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "smtp", accept_without_answer: true });

    await expect(sendSmtp(sandbox)).rejects.toThrow();
    expect(sandbox.count()).toBe(1);
  });

  test("hangs until the sandbox stops", async () => {
    const sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "smtp", hang: true, accept_without_answer: true });

    const sending = sendSmtp(sandbox).then(
      () => "sent",
      () => "failed",
    );
    await sandbox.waitFor(1);
    await sandbox[Symbol.asyncDispose]();

    expect(await sending).toBe("failed");
  });
});

describe("callbacks", () => {
  test("are recorded with the answer they got", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", status: 503, body: "later", count: 1 });

    const first = await sendCallback(sandbox);
    await sendCallback(sandbox);

    expect(first.status).toBe(503);
    expect(await first.text()).toBe("later");
    expect(sandbox.messages("callback").map(({ status }) => status)).toEqual([200, 503]);
  });

  test("can fail at one path alone", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", status: 500, path: "/callback/dead" });

    expect((await sendCallback(sandbox, "/callback/dead")).status).toBe(500);
    expect((await sendCallback(sandbox, "/callback/alive")).status).toBe(200);
  });

  test("are recorded when they are left without an answer", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", reset: true, count: 1 });
    sandbox.setFault({ provider: "callback", hang: true, count: 1 });

    const dropped = await failureOf(sendCallback(sandbox));
    const hung = await failureOf(sendCallback(sandbox, "/callback", { signal: AbortSignal.timeout(50) }));

    expect(dropped).toBe("ECONNRESET");
    expect(hung).toContain("TimeoutError");
    expect(sandbox.messages("callback").map(({ status }) => status)).toEqual([null, null]);
  });

  test.each([
    [302, { location: "/callback/elsewhere" }],
    [429, { "retry-after": "2" }],
    [204, {}],
  ])("are answered %d with the headers asked for", async (status, headers) => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", status, headers });

    const answer = await sendCallback(sandbox, "/callback", { redirect: "manual" });

    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
  });

  test("are answered late", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", delay_ms: 60_000 });

    const failure = failureOf(sendCallback(sandbox, "/callback", { signal: AbortSignal.timeout(50) }));

    expect(await failure).toContain("TimeoutError");
  });
});

describe("receipts", () => {
  test("are lost", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider: "receipts", hang: true, count: 1 });

    await sendMmg(sandbox, { cid: "lost" });
    await sendMmg(sandbox, { cid: "sent" });
    await sandbox.receiptsSettled();

    expect(api.requests.map(({ body }) => JSON.parse(body).CID)).toEqual(["sent"]);
  });

  test("come early", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider: "receipts", early_receipts: true });

    await sendMmg(sandbox);

    expect(sandbox.receipts()).toEqual({ pending: 0, delivered: 1, failed: 0 });
  });

  test("are late for one provider", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider: "mmg", receipt_delay_ms: 200 });

    await sendMmg(sandbox);
    await sendFiretext(sandbox);
    await sandbox.receiptsSettled();

    expect(api.requests.map(({ path }) => path)).toEqual([
      "/notifications/sms/firetext",
      "/notifications/sms/mmg",
    ]);
  });

  test("are repeated, late or garbled for every provider", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    sandbox.setFault({ provider: "receipts", duplicate_receipts: 1, count: 1 });
    sandbox.setFault({ provider: "receipts", body: "garbled", delay_ms: 20, count: 1 });

    await sendFiretext(sandbox);
    await sendMmg(sandbox);
    await sandbox.receiptsSettled();

    expect(api.requests.map(({ path, body }) => [path, body.slice(0, 7)])).toEqual([
      ["/notifications/sms/firetext", "mobile="],
      ["/notifications/sms/firetext", "mobile="],
      ["/notifications/sms/mmg", "garbled"],
    ]);
  });
});
