import { describe, expect, test } from "bun:test";
import { startSandbox } from "../sandbox.ts";
import { readLogs, sendCallback, sendFiretext, sendMmg, sendSes, sendSmtp, sendSns } from "./send.ts";

const quiet = { port: 0, receipts: null };

describe("MMG", () => {
  test("takes a text and answers with a reference", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendMmg(sandbox, { MSISDN: "447700900123", msg: "Hi", sender: "NHS", cid: "id-1" });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ Reference: expect.any(Number) });
    expect(sandbox.messages()).toMatchObject([
      {
        channel: "sms",
        provider: "mmg",
        to: "447700900123",
        from: "NHS",
        body: "Hi",
        reference: "id-1",
        subject: null,
        html: null,
      },
    ]);
  });

  test("refuses a text without a key", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendMmg(sandbox, {}, { headers: {} });

    expect(answer.status).toBe(401);
    expect(sandbox.messages()).toEqual([]);
  });

  test.each([
    ["a number with a plus", { MSISDN: "+447700900123" }, "MSISDN"],
    ["no content", { msg: "" }, "msg"],
    ["no reference", { cid: undefined }, "cid"],
    ["another request type", { reqType: "SINGLE" }, "reqType"],
  ])("refuses %s in its own words", async (_, text, field) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendMmg(sandbox, text);

    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ Error: 206, Description: `Malformed request: ${field}` });
    expect(sandbox.messages()).toEqual([]);
  });

  test("refuses what is not JSON", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendMmg(sandbox, {}, { body: "MSISDN=447700900123" });

    expect(answer.status).toBe(400);
  });
});

describe("Firetext", () => {
  test("takes a text and answers with code 0", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendFiretext(sandbox, { message: "Tea & cake + £5", reference: "id-1" });

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ code: 0, data: [] });
    expect(sandbox.messages()).toMatchObject([
      { channel: "sms", provider: "firetext", from: "GOVUK", body: "Tea & cake + £5", reference: "id-1" },
    ]);
  });

  test.each([
    ["a missing key", { apiKey: "" }, 1],
    ["a bad number", { to: "07700 900123" }, 2],
    ["no sender", { from: "" }, 3],
    ["no content", { message: "" }, 5],
  ])("answers 200 with a code to %s", async (_, text, code) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendFiretext(sandbox, text);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ code });
    expect(sandbox.messages()).toEqual([]);
  });
});

describe("SNS", () => {
  const attribute = (name: string, value: string) => ({
    "MessageAttributes.entry.1.Name": name,
    "MessageAttributes.entry.1.Value.DataType": "String",
    "MessageAttributes.entry.1.Value.StringValue": value,
  });

  test("takes a text and answers with its id", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendSns(sandbox, attribute("AWS.SNS.SMS.SenderID", "NHS"));

    const [, id] = /<MessageId>([0-9a-f-]{36})<\/MessageId>/.exec(await answer.text()) ?? [];
    expect(answer.status).toBe(200);
    expect(sandbox.messages()).toMatchObject([
      { channel: "sms", provider: "sns", to: "447700900123", from: "NHS", body: "Hello", reference: id },
    ] as object[]);
  });

  test.each<[string, Record<string, string>]>([
    ["a number without a plus", { PhoneNumber: "447700900123" }],
    ["no content", { Message: "" }],
    ["another action", { Action: "Subscribe" }],
    ["a sender with a space", attribute("AWS.SNS.SMS.SenderID", "Town Hall")],
    ["a sender of digits", attribute("AWS.SNS.SMS.SenderID", "12345")],
    ["a name for a number", attribute("AWS.MM.SMS.OriginationNumber", "NHS")],
  ])("refuses %s in its own words", async (_, text) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendSns(sandbox, text);

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>InvalidParameter</Code>");
    expect(sandbox.messages()).toEqual([]);
  });

  test("refuses an unsigned request", async () => {
    await using sandbox = await startSandbox(quiet);
    expect((await sendSns(sandbox, {}, { headers: {} })).status).toBe(403);
    expect((await readLogs(sandbox, {}, { headers: {} })).status).toBe(400);
  });

  test("misbehaves as it is told to, and so does its log", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "sns", status: 429, count: 1 });
    sandbox.setFault({ provider: "sns-logs", status: 503, count: 1 });

    const answers = [await sendSns(sandbox), await sendSns(sandbox)];
    const logs = [await readLogs(sandbox), await readLogs(sandbox)];

    expect(answers.map(({ status }) => status)).toEqual([429, 200]);
    expect(logs.map(({ status }) => status)).toEqual([503, 200]);
    expect(sandbox.count()).toBe(1);
  });
});

describe("SES", () => {
  test("takes an email and answers with its id", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendSes(sandbox, {
      ReplyToAddresses: ["help@example.com"],
      Content: {
        Simple: {
          Subject: { Data: "Your licence" },
          Body: { Text: { Data: "Dear Anna" }, Html: { Data: "<p>Dear Anna</p>" } },
          Headers: [{ Name: "List-Unsubscribe", Value: "<https://example.com/u>" }],
          Attachments: [{ FileName: "a.txt", ContentType: "text/plain", RawContent: "YWJj" }],
        },
      },
    });

    const { MessageId: reference } = await answer.json();
    expect(reference).toMatch(/^0102[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
    expect(sandbox.messages("email")).toMatchObject([
      {
        provider: "ses",
        to: "anna@example.com",
        from: '"Fishing" <fishing@notify.example>',
        subject: "Your licence",
        body: "Dear Anna",
        html: "<p>Dear Anna</p>",
        reference,
        headers: { "List-Unsubscribe": "<https://example.com/u>", "Reply-To": "help@example.com" },
        attachments: [{ filename: "a.txt", contentType: "text/plain", contentBase64: "YWJj" }],
      },
    ]);
  });

  test("takes a raw email", async () => {
    await using sandbox = await startSandbox(quiet);
    const mime = "From: a@example.com\r\nSubject: Raw\r\nContent-Type: text/plain\r\n\r\nAs it is\r\n";

    const answer = await sendSes(sandbox, {
      Content: { Raw: { Data: Buffer.from(mime).toString("base64") } },
    });

    expect(answer.status).toBe(200);
    expect(sandbox.messages()).toMatchObject([{ subject: "Raw", body: "As it is", to: "anna@example.com" }]);
  });

  test.each([
    ["no recipient", { Destination: { ToAddresses: [] } }],
    ["an address without @", { Destination: { ToAddresses: ["anna"] } }],
    ["no content", { Content: {} }],
    ["a name outside ASCII", { FromEmailAddress: '"Tŷ" <a@notify.example>' }],
    [
      "a header that is too long",
      {
        Content: {
          Simple: {
            Subject: { Data: "" },
            Body: {},
            Headers: [{ Name: "List-Unsubscribe", Value: "x".repeat(996) }],
          },
        },
      },
    ],
  ])("refuses %s as a bad request", async (_, email) => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendSes(sandbox, email);

    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-amzn-errortype")).toBe("BadRequestException");
    expect(await answer.json()).toEqual({ message: expect.any(String) });
    expect(sandbox.messages()).toEqual([]);
  });

  test("shows a name as a mailbox would", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendSes(sandbox, { FromEmailAddress: "=?UTF-8?B?VMWz?= =?UTF-8?B?xbc=?= <a@notify.example>" });
    expect(sandbox.messages()).toMatchObject([{ from: '"Tųŷ" <a@notify.example>' }]);
  });

  test("refuses an unsigned request", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendSes(sandbox, {}, { headers: {} });

    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-amzn-errortype")).toBe("MissingAuthenticationTokenException");
  });
});

describe("SMTP", () => {
  test("takes an email with both bodies and an attachment", async () => {
    await using sandbox = await startSandbox(quiet);

    await sendSmtp(sandbox, {
      from: { name: "Änna", address: "anna@example.com" },
      subject: "Grüße – für Bo",
      text: "Hé\n\nthere",
      html: "<p>Hé</p>",
      messageId: "<id-1@example.com>",
      headers: { "List-Unsubscribe": "<https://example.com/u>" },
      attachments: [{ filename: "a.txt", content: "abc" }],
    });

    expect(sandbox.messages("email")).toMatchObject([
      {
        provider: "smtp",
        to: "bo@example.com",
        from: "Änna <anna@example.com>",
        subject: "Grüße – für Bo",
        body: "Hé\n\nthere",
        html: "<p>Hé</p>",
        reference: "<id-1@example.com>",
        headers: { "List-Unsubscribe": "<https://example.com/u>" },
        attachments: [{ filename: "a.txt", contentType: "text/plain", contentBase64: "YWJj" }],
      },
    ]);
  });

  test.each([
    ["perm-fail@simulator.notify", 550],
    ["temp-fail@simulator.notify", 451],
  ])("refuses the recipient %s with %p", async (to, responseCode) => {
    await using sandbox = await startSandbox(quiet);

    await expect(sendSmtp(sandbox, { to })).rejects.toMatchObject({ responseCode });

    expect(sandbox.messages()).toEqual([]);
  });

  test("lists those it went to, not those the header names", async () => {
    await using sandbox = await startSandbox(quiet);

    await sendSmtp(sandbox, { envelope: { from: "a@example.com", to: ["c@example.com", "d@example.com"] } });

    expect(sandbox.messages()).toMatchObject([{ to: "c@example.com, d@example.com" }]);
  });
});

describe("callbacks", () => {
  test("are recorded with their headers and body, whatever that is", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await sendCallback(sandbox, "/callback/delivery", { body: '{ "id" : 1, "ü": [] }' });

    expect(answer.status).toBe(200);
    expect(sandbox.messages("callback")).toMatchObject([
      {
        provider: null,
        to: "/callback/delivery",
        body: '{ "id" : 1, "ü": [] }',
        headers: { authorization: "Bearer token", "content-type": "application/json" },
        status: 200,
      },
    ]);
  });
});

test("answers 404 where there is nothing", async () => {
  await using sandbox = await startSandbox(quiet);

  const answer = await fetch(`${sandbox.url}/nothing`);

  expect(answer.status).toBe(404);
});

test("two sandboxes do not get in each other's way", async () => {
  await using one = await startSandbox(quiet);
  await using other = await startSandbox(quiet);

  await sendMmg(one);

  expect(one.count()).toBe(1);
  expect(other.count()).toBe(0);
});

test("does not answer once it is stopped", async () => {
  const sandbox = await startSandbox(quiet);
  await sandbox[Symbol.asyncDispose]();

  await expect(sendMmg(sandbox)).rejects.toThrow();
  await expect(sendSmtp(sandbox)).rejects.toThrow();
});

test("says so when its SMTP port is taken, and leaves none behind", async () => {
  await using sandbox = await startSandbox(quiet);

  const second = startSandbox({ ...quiet, smtpPort: sandbox.smtpPort });

  await expect(second).rejects.toThrow("EADDRINUSE");
});
