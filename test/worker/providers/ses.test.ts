import { describe, expect, test } from "bun:test";
import { AwsV4Signer } from "aws4fetch";
import type { EmailMessage } from "../../../shared/provider/provider.ts";
import { ses } from "../../../worker/providers/ses.ts";
import { type Got, never, openProvider } from "./provider-server.ts";

const email: EmailMessage = {
  to: "recipient@xn--exmple-cua.com",
  from: { name: "Town Hall", address: "service@notify.test" },
  replyTo: "reply@example.com",
  subject: "Your £5 – ŵ",
  text: "Hello\n\nIt’s done 🙂",
  html: "<p>Hello</p>",
  unsubscribeUrl: "https://api.example/unsubscribe/1/token",
  reference: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
};
const keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };
const open = (url: string, configurationSet: string | null = null) =>
  ses({ region: "eu-west-1", url, timeoutMs: 10_000, configurationSet, ...keys });
const accepted = () => Response.json({ MessageId: "0102018-abc" });

/** The signature AWS would compute of the request it got. */
async function signatureOf({ headers, path, body }: Got, url: string): Promise<string> {
  const signer = new AwsV4Signer({
    method: "POST",
    url: url + path,
    headers: { "Content-Type": "application/json" },
    body,
    datetime: headers.get("X-Amz-Date") ?? "",
    service: "ses",
    region: "eu-west-1",
    ...keys,
  });
  return signer.authHeader();
}

describe("SES", () => {
  test("is asked as documented, and its id is the reference", async () => {
    await using server = openProvider(accepted);

    const result = await open(`${server.url}/ses`).send(email, never);

    expect(result).toEqual({ outcome: "accepted", reference: "0102018-abc" });
    const [request, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/ses/v2/email/outbound-emails" });
    expect(request?.headers.get("Content-Type")).toBe("application/json");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      FromEmailAddress: '"Town Hall" <service@notify.test>',
      Destination: { ToAddresses: [email.to], CcAddresses: [], BccAddresses: [] },
      ReplyToAddresses: ["reply@example.com"],
      Content: {
        Simple: {
          Subject: { Data: email.subject, Charset: "UTF-8" },
          Body: {
            Text: { Data: email.text, Charset: "UTF-8" },
            Html: { Data: email.html, Charset: "UTF-8" },
          },
          Headers: [
            { Name: "List-Unsubscribe", Value: "<https://api.example/unsubscribe/1/token>" },
            { Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click" },
          ],
        },
      },
    });
  });

  test("has neither reply-to nor headers where there are none", async () => {
    await using server = openProvider(accepted);

    await open(server.url).send({ ...email, replyTo: null, unsubscribeUrl: null }, never);

    const body = JSON.parse(server.requests[0]?.body ?? "");
    expect(body).toMatchObject({ ReplyToAddresses: [], Content: { Simple: { Headers: [] } } });
  });

  test("is told the configuration set", async () => {
    await using server = openProvider(accepted);
    await open(server.url, "texts-and-emails").send(email, never);
    expect(JSON.parse(server.requests[0]?.body ?? "").ConfigurationSetName).toBe("texts-and-emails");
  });

  test("gets a name outside ASCII in encoded words, and a subject as it is", async () => {
    await using server = openProvider(accepted);
    await open(server.url).send({ ...email, from: { ...email.from, name: "Cyngor Gwynedd – Pâr" } }, never);
    const { FromEmailAddress, Content } = JSON.parse(server.requests[0]?.body ?? "");
    expect(FromEmailAddress).toBe(
      `=?UTF-8?B?${Buffer.from("Cyngor Gwynedd – Pâr").toString("base64")}?= <service@notify.test>`,
    );
    expect(Content.Simple.Subject).toEqual({ Data: "Your £5 – ŵ", Charset: "UTF-8" });
  });

  test.each([
    [970, 2],
    [971, 0],
  ])("gets a link to unsubscribe of %p characters in %p headers", async (length, headers) => {
    await using server = openProvider(accepted);
    const unsubscribeUrl = "https://api.example/".padEnd(length, "x");

    const result = await open(server.url).send({ ...email, unsubscribeUrl }, never);

    expect(result.outcome).toBe("accepted");
    expect(JSON.parse(server.requests[0]?.body ?? "").Content.Simple.Headers).toHaveLength(headers);
  });

  test("gets signed requests", async () => {
    await using server = openProvider(accepted);

    await open(`${server.url}/`).send(email, never);

    const [request] = server.requests;
    const authorization = request?.headers.get("Authorization");
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/ses\/aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    expect(authorization).toBe(request && (await signatureOf(request, server.url)));
  });

  const refusals: [
    name: string,
    status: number,
    header: string | null,
    body: unknown,
    outcome: string,
    reason: string,
  ][] = [
    ["a bad request", 400, "BadRequestException", {}, "rejected", "SES answered 400 BadRequestException"],
    ["a rejected message", 400, "MessageRejected", {}, "rejected", "SES answered 400 MessageRejected"],
    [
      "version 1's word",
      400,
      "InvalidParameterValue",
      {},
      "rejected",
      "SES answered 400 InvalidParameterValue",
    ],
    [
      "a name with an address after it",
      400,
      "BadRequestException:http://internal.amazon.com/coral/com.amazonaws.ses/",
      {},
      "rejected",
      "SES answered 400 BadRequestException",
    ],
    [
      "a name in the body",
      400,
      null,
      { __type: "com.amazonaws.ses#MessageRejected", message: "recipient@example.com" },
      "rejected",
      "SES answered 400 MessageRejected",
    ],
    [
      "a code in the body",
      400,
      null,
      { code: "MessageRejected" },
      "rejected",
      "SES answered 400 MessageRejected",
    ],
    [
      "throttling",
      429,
      "TooManyRequestsException",
      {},
      "unavailable",
      "SES answered 429 TooManyRequestsException: throttled",
    ],
    [
      "throttling by a proxy",
      429,
      null,
      "slow down",
      "unavailable",
      "SES answered 429 without an error code: throttled",
    ],
    [
      "throttling as a 400",
      400,
      "ThrottlingException",
      {},
      "unavailable",
      "SES answered 400 ThrottlingException: throttled",
    ],
    [
      "a daily limit",
      400,
      "LimitExceededException",
      {},
      "unavailable",
      "SES answered 400 LimitExceededException",
    ],
    [
      "paused sending",
      400,
      "SendingPausedException",
      {},
      "unavailable",
      "SES answered 400 SendingPausedException",
    ],
    [
      "an unverified domain",
      400,
      "MailFromDomainNotVerifiedException",
      {},
      "unavailable",
      "SES answered 400 MailFromDomainNotVerifiedException",
    ],
    [
      "a suspended account",
      400,
      "AccountSuspendedException",
      {},
      "unavailable",
      "SES answered 400 AccountSuspendedException",
    ],
    [
      "no such configuration set",
      404,
      "NotFoundException",
      {},
      "unavailable",
      "SES answered 404 NotFoundException",
    ],
    ["a wrong key", 403, "InvalidClientTokenId", {}, "unavailable", "SES answered 403 InvalidClientTokenId"],
    ["its own failure", 500, "InternalFailure", {}, "unavailable", "SES answered 500 InternalFailure"],
    ["an error page", 503, null, "<html>", "unavailable", "SES answered 503 without an error code"],
  ];

  test.each(refusals)("answers with %s", async (_, status, header, body, outcome, reason) => {
    const headers: Record<string, string> = header === null ? {} : { "x-amzn-errortype": header };
    await using server = openProvider(() => Response.json(body, { status, headers }));

    const result = await open(server.url).send(email, never);

    expect(result).toEqual({ outcome, reason } as typeof result);
    expect(server.requests).toHaveLength(1);
  });
});
