import { describe, expect, test } from "bun:test";
import { verify, X509Certificate } from "node:crypto";
import { startSandbox } from "../sandbox.ts";
import { startApi } from "./api.ts";
import { readLogs, sendFiretext, sendMmg, sendSes, sendSmtp, sendSns } from "./send.ts";

describe("MMG's receipts", () => {
  test.each([
    ["447700900001", "3", "5"],
    ["447700900002", "5", "52"],
    ["447700900003", "4", "27"],
  ])("tell by the number %s: status %s", async (MSISDN, status, substatus) => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

    const answer = await sendMmg(sandbox, { MSISDN, cid: "id-1" });
    const [receipt] = await api.received(1);

    const { Reference } = await answer.json();
    expect(receipt?.path).toBe("/notifications/sms/mmg");
    expect(receipt?.headers.get("content-type")).toBe("application/json");
    expect(JSON.parse(receipt?.body ?? "")).toEqual({
      CID: "id-1",
      status,
      substatus,
      MSISDN,
      reference: String(Reference),
      deliverytime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
  });
});

describe("Firetext's receipts", () => {
  test.each([
    ["447700900001", [["0", "000"]]],
    ["447700900002", [["1", "101"]]],
    [
      "447700900003",
      [
        ["2", "000"],
        ["1", "102"],
      ],
    ],
  ])("tell by the number %s, in order", async (to, expected) => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

    await sendFiretext(sandbox, { to, reference: "id-1" });
    await sandbox.receiptsSettled();

    const forms = api.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(forms.map(({ status, code }) => [status, code])).toEqual(expected);
    expect(forms[0]).toMatchObject({ mobile: to, reference: "id-1", time: expect.any(String) });
    expect(api.requests[0]?.path).toBe("/notifications/sms/firetext");
    expect(api.requests[0]?.headers.get("content-type")).toContain("application/x-www-form-urlencoded");
  });
});

describe("SNS's log", () => {
  test.each([
    ["447700900001", "SUCCESS", "Message has been accepted by phone carrier", ""],
    ["447700900002", "FAILURE", "Invalid phone number", "/Failure"],
    ["447700900003", "FAILURE", "Phone is currently unreachable/unavailable", "/Failure"],
  ])("tells by the number %s: %s, %s", async (to, status, providerResponse, log) => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

    await sendSns(sandbox, { PhoneNumber: `+${to}` });
    await sandbox.receiptsSettled();

    const logs = ["", "/Failure"].map(async (ending) => {
      const logGroupName = `sns/eu-west-1/000000000000/DirectPublishToPhoneNumber${ending}`;
      const { events } = await (await readLogs(sandbox, { logGroupName })).json();
      return [ending, events];
    });
    const { [log]: lines, ...others } = Object.fromEntries(await Promise.all(logs));
    expect(Object.values(others)).toEqual([[]]);
    expect(lines).toMatchObject([{ eventId: expect.any(String), timestamp: expect.any(Number) }]);
    expect(JSON.parse(lines[0].message)).toMatchObject({
      notification: { messageId: sandbox.messages()[0]?.reference },
      delivery: { destination: `+${to}`, providerResponse },
      status,
    });
    expect(api.requests).toEqual([]);
  });

  test("is read in pages, from a time on", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
    for (let sent = 0; sent < 3; sent++) await sendSns(sandbox);
    await sandbox.receiptsSettled();

    const first = await (await readLogs(sandbox, { limit: 2 })).json();
    const second = await (await readLogs(sandbox, { limit: 2, nextToken: first.nextToken })).json();
    const later = await (await readLogs(sandbox, { startTime: Date.now() + 1000 })).json();

    expect([first.events.length, second.events.length, later.events.length]).toEqual([2, 1, 0]);
    expect(second.nextToken).toBeUndefined();
  });
});

describe("SES's receipts", () => {
  test.each([
    ["anna@example.com", { notificationType: "Delivery" }],
    ["perm-fail@simulator.notify", { notificationType: "Bounce", bounce: { bounceType: "Permanent" } }],
    ["temp-fail@simulator.notify", { notificationType: "Bounce", bounce: { bounceType: "Transient" } }],
    ["temp-fail-2@example.com", { notificationType: "Bounce", bounce: { bounceType: "Transient" } }],
  ])("tell by the address %s", async (address, expected) => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

    const answer = await sendSes(sandbox, { Destination: { ToAddresses: [address] } });
    const [receipt] = await api.received(1);

    const { MessageId: messageId } = await answer.json();
    expect(receipt?.path).toBe("/notifications/email/ses");
    expect(receipt?.headers.get("x-amz-sns-message-type")).toBe("Notification");
    const envelope = JSON.parse(receipt?.body ?? "");
    expect(envelope.TopicArn).toBe("arn:aws:sns:eu-west-1:000000000000:sandbox");
    expect(JSON.parse(envelope.Message)).toMatchObject({
      ...expected,
      mail: { messageId, destination: [address], timestamp: expect.any(String) },
    });
  });

  test("tell of a complaint after the delivery", async () => {
    await using api = startApi();
    await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

    await sendSes(sandbox, { Destination: { ToAddresses: ["complaint@simulator.notify"] } });
    await sandbox.receiptsSettled();

    const types = api.requests.map(({ body }) => JSON.parse(JSON.parse(body).Message).notificationType);
    expect(types).toEqual(["Delivery", "Complaint"]);
  });

  test.each([
    ["1", "sha1"],
    ["2", "sha256"],
  ] as const)("are signed by the certificate they name, version %s with %s", async (version, digest) => {
    await using api = startApi();
    await using sandbox = await startSandbox({
      port: 0,
      receipts: { apiUrl: api.url },
      snsSignatureVersion: version,
    });

    await sendSes(sandbox);
    const [receipt] = await api.received(1);

    const envelope = JSON.parse(receipt?.body ?? "");
    expect(envelope.SignatureVersion).toBe(version);
    expect(envelope.SigningCertURL).toBe(`${sandbox.url}/sns/cert.pem`);
    const pem = await (await fetch(envelope.SigningCertURL)).text();
    const signed = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
      .map((name) => `${name}\n${envelope[name]}\n`)
      .join("");
    const certificate = new X509Certificate(pem);
    const signature = Buffer.from(envelope.Signature, "base64");
    expect(verify(digest, Buffer.from(signed), certificate.publicKey, signature)).toBe(true);
    expect(verify(digest, Buffer.from(`${signed}x`), certificate.publicKey, signature)).toBe(false);
    expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now());
  });
});

test("SMTP sends none", async () => {
  await using api = startApi();
  await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });

  await sendSmtp(sandbox);
  await sandbox.receiptsSettled();

  expect(api.requests).toEqual([]);
});

test("credentials in the API's address become basic authentication", async () => {
  await using api = startApi();
  const apiUrl = api.url.replace("http://", "http://mmg:p%40ss@");
  await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl } });

  await sendMmg(sandbox);
  const [receipt] = await api.received(1);

  expect(receipt?.headers.get("authorization")).toBe(`Basic ${btoa("mmg:p@ss")}`);
});

test("are sent again when the API does not take them", async () => {
  await using api = startApi();
  await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
  api.answerNext(503, 429);

  await sendMmg(sandbox);
  await sandbox.receiptsSettled();

  expect(api.requests).toHaveLength(3);
  expect(new Set(api.requests.map(({ body }) => body)).size).toBe(1);
  expect(sandbox.receipts()).toEqual({ pending: 0, delivered: 1, failed: 0 });
});

test("are not sent again when the API refuses them", async () => {
  await using api = startApi();
  const warnings: object[] = [];
  await using sandbox = await startSandbox({
    port: 0,
    receipts: { apiUrl: api.url },
    log: { warn: (facts) => void warnings.push(facts) },
  });
  api.answerNext(400);

  await sendMmg(sandbox);
  await sandbox.receiptsSettled();

  expect(api.requests).toHaveLength(1);
  expect(sandbox.receipts()).toEqual({ pending: 0, delivered: 0, failed: 1 });
  expect(warnings).toEqual([{ path: "/notifications/sms/mmg", status: 400, attempt: 1 }]);
});

test("all arrive, however many are waiting", async () => {
  await using api = startApi();
  await using sandbox = await startSandbox({ port: 0, receipts: { apiUrl: api.url } });
  const ids = Array.from({ length: 2_500 }, (_, index) => `id-${index}`);

  await Promise.all(ids.map((cid) => sendMmg(sandbox, { cid })));
  await sandbox.receiptsSettled();

  const reported = new Set(api.requests.map(({ body }) => JSON.parse(body).CID));
  expect(reported).toEqual(new Set(ids));
  expect(api.requests).toHaveLength(ids.length);
});

test("wait as long as they are told to", async () => {
  await using api = startApi();
  await using sandbox = await startSandbox({
    port: 0,
    receipts: { apiUrl: api.url },
    receiptDelayMs: 800,
  });
  const startedAt = performance.now();

  await sendMmg(sandbox);
  expect(sandbox.receipts().pending).toBe(1);
  await api.received(1);

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(799);
});

test("stop with the sandbox", async () => {
  await using api = startApi();
  const sandbox = await startSandbox({
    port: 0,
    receipts: { apiUrl: api.url },
    receiptDelayMs: 60_000,
  });

  await sendMmg(sandbox);
  await sandbox[Symbol.asyncDispose]();
  await sandbox.receiptsSettled();

  expect(api.requests).toEqual([]);
});
