import { describe, expect, test } from "bun:test";
import { AwsV4Signer } from "aws4fetch";
import type { SendResult } from "../../../shared/provider/provider.ts";
import { sns } from "../../../worker/providers/sns.ts";
import { type Got, never, openProvider } from "./provider-server.ts";

const text = {
  to: "447700900123",
  body: "Service: £5 & ŵ + 100% \n“ok” 🙂",
  sender: "GOVUK",
  reference: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
  international: false,
};
const keys = { region: "eu-west-2", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI" };
const open = (url: string, maxPriceUsd: number | null = null) =>
  sns({ url, maxPriceUsd, timeoutMs: 10_000, ...keys });

const messageId = "567910cd-659e-55d4-8ccb-5aaf14679dc0";
const accepted = () =>
  new Response(
    `<PublishResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/">
  <PublishResult>
    <MessageId>${messageId}</MessageId>
  </PublishResult>
  <ResponseMetadata>
    <RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId>
  </ResponseMetadata>
</PublishResponse>`,
    { headers: { "content-type": "text/xml" } },
  );
const refusal = (code: string, status: number) =>
  new Response(
    `<ErrorResponse xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>Invalid parameter: +447700900123</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    { status },
  );

function formOf(got: Got | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(got?.body));
}

/** Name, type and value of each message attribute. */
function attributesOf(got: Got | undefined): string[][] {
  const form = formOf(got);
  return [1, 2, 3, 4]
    .map((entry) =>
      ["Name", "Value.DataType", "Value.StringValue"].map(
        (part) => form[`MessageAttributes.entry.${entry}.${part}`] ?? "",
      ),
    )
    .filter(([name]) => name !== "");
}

describe("SNS", () => {
  test("is asked as documented, and its id is the reference", async () => {
    await using server = openProvider(accepted);

    const result = await open(server.url).send(text, never);

    expect(result).toEqual({ outcome: "accepted", reference: messageId });
    const [request, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/" });
    expect(request?.headers.get("Content-Type")).toBe("application/x-www-form-urlencoded");
    expect(formOf(request)).toMatchObject({
      Action: "Publish",
      Version: "2010-03-31",
      PhoneNumber: "+447700900123",
      Message: text.body,
    });
    expect(attributesOf(request)).toEqual([
      ["AWS.SNS.SMS.SMSType", "String", "Transactional"],
      ["AWS.SNS.SMS.SenderID", "String", "GOVUK"],
    ]);
  });

  test("gets signed requests", async () => {
    await using server = openProvider(accepted);

    await open(`${server.url}/sns/`).send(text, never);

    const [request] = server.requests;
    const signer = new AwsV4Signer({
      method: "POST",
      url: `${server.url}/sns/`,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: request?.body ?? "",
      datetime: request?.headers.get("X-Amz-Date") ?? "",
      service: "sns",
      ...keys,
    });
    expect(request?.path).toBe("/sns/");
    expect(request?.headers.get("Authorization")).toContain("/eu-west-2/sns/aws4_request");
    expect(request?.headers.get("Authorization")).toBe(await signer.authHeader());
  });

  test.each([
    ["GOVUK", "AWS.SNS.SMS.SenderID", "GOVUK"],
    ["Town Hall", "AWS.SNS.SMS.SenderID", "TownHall"],
    ["A&E.St-J_x", "AWS.SNS.SMS.SenderID", "AESt-Jx"],
    ["-Hall-", "AWS.SNS.SMS.SenderID", "Hall"],
    ["101 Police", "AWS.SNS.SMS.SenderID", "101Police"],
    ["07984404008", "AWS.MM.SMS.OriginationNumber", "+447984404008"],
    ["447984404008", "AWS.MM.SMS.OriginationNumber", "+447984404008"],
    ["+447984404008", "AWS.MM.SMS.OriginationNumber", "+447984404008"],
    ["60123", "AWS.MM.SMS.OriginationNumber", "60123"],
  ])("sends from %p by %s %p", async (sender, name, value) => {
    await using server = openProvider(accepted);
    await open(server.url).send({ ...text, sender }, never);
    expect(attributesOf(server.requests[0])[1]).toEqual([name, "String", value]);
  });

  test.each(["", "& .", "1 2.3"])("leaves the sender %p to the account", async (sender) => {
    await using server = openProvider(accepted);
    await open(server.url).send({ ...text, sender }, never);
    expect(attributesOf(server.requests[0])).toHaveLength(1);
  });

  test("is told the highest price", async () => {
    await using server = openProvider(accepted);
    await open(server.url, 0.25).send(text, never);
    expect(attributesOf(server.requests[0])).toContainEqual(["AWS.SNS.SMS.MaxPrice", "Number", "0.25"]);
  });

  test("takes texts abroad", async () => {
    await using server = openProvider(accepted);
    const provider = open(server.url);
    expect(provider).toMatchObject({ name: "sns", supportsInternational: true });
    await provider.send({ ...text, to: "33600000000", international: true }, never);
    expect(formOf(server.requests[0])).toMatchObject({ PhoneNumber: "+33600000000" });
  });

  const refusals: [code: string, status: number, outcome: SendResult["outcome"], reason: string][] = [
    // Another provider may take what SNS finds no route or sender for.
    ["InvalidParameter", 400, "unavailable", "SNS answered 400 InvalidParameter"],
    ["OptedOut", 403, "rejected", "SNS answered 403 OptedOut"],
    ["Throttled", 429, "unavailable", "SNS answered 429 Throttled: throttled"],
    ["Throttling", 400, "unavailable", "SNS answered 400 Throttling: throttled"],
    ["AuthorizationError", 403, "unavailable", "SNS answered 403 AuthorizationError"],
    ["InvalidClientTokenId", 403, "unavailable", "SNS answered 403 InvalidClientTokenId"],
    ["InternalError", 500, "unavailable", "SNS answered 500 InternalError"],
    ["<html>", 503, "unavailable", "SNS answered 503 without an error code"],
  ];

  test.each(refusals)("answers with %s and %p", async (code, status, outcome, reason) => {
    await using server = openProvider(() => refusal(code, status));
    expect(await open(server.url).send(text, never)).toEqual({ outcome, reason } as SendResult);
    expect(server.requests).toHaveLength(1);
  });
});
