import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { Fetch } from "../../../shared/receipt/limited-fetch.ts";
import { createSns, SnsEnvelope, stringToSign } from "../../../shared/receipt/sns.ts";
import {
  confirmation,
  notification,
  openSnsSender,
  type SnsMessage,
  serveSns,
  topicArn,
} from "./sns-sender.ts";

const server = serveSns();
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.requests.length = 0;
});

const sign = await openSnsSender();
const awsPem = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

/** Stands in for AWS's name and certificate: its hosts lead to the server above. */
const toServer: Fetch = (url, init) => {
  const { hostname, pathname } = new URL(url);
  const path = pathname.endsWith(".pem") ? "/cert.pem" : pathname;
  return fetch(hostname.includes("amazonaws") ? server.origin + path : url, init);
};

function open(options: { topicArns?: string[] | null; trustedOrigins?: string[] } = {}) {
  return createSns({ topicArns: [topicArn], trustedOrigins: [server.origin], fetch: toServer, ...options });
}

function envelope(message: SnsMessage): SnsEnvelope {
  return v.parse(SnsEnvelope, message);
}

const sandboxPem = `${server.origin}/cert.pem`;

describe("an SNS message is genuine", () => {
  test.each(["1", "2"])("with a signature of version %p", async (SignatureVersion) => {
    const signed = await sign(notification({ SigningCertURL: sandboxPem, SignatureVersion }));
    expect(await open().verify(envelope(signed))).toBe("genuine");
  });

  test("with a subject, and without", async () => {
    const subject = await sign(
      notification({ SigningCertURL: sandboxPem, Subject: "Amazon SES Email Event" }),
    );
    expect(await open().verify(envelope(subject))).toBe("genuine");
    const none = { ...(await sign(notification({ SigningCertURL: sandboxPem }))), Subject: null };
    expect(await open().verify(v.parse(SnsEnvelope, none))).toBe("genuine");
  });

  test("as Lambda writes it, with SigningCertUrl", async () => {
    const signed = await sign(notification({ SigningCertUrl: sandboxPem }));
    expect(await open().verify(envelope(signed))).toBe("genuine");
  });

  test.each(["SubscriptionConfirmation", "UnsubscribeConfirmation"])("when it is a %p", async (Type) => {
    const SubscribeURL = `${server.origin}/confirm`;
    const signed = await sign(confirmation({ Type, SigningCertURL: sandboxPem, SubscribeURL }));
    expect(await open().verify(envelope(signed))).toBe("genuine");
  });

  test.each([
    awsPem,
    "https://sns.us-gov-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-ab.pem",
  ])("with the certificate at %p", async (SigningCertURL) => {
    const signed = await sign(notification({ SigningCertURL }));
    expect(await open({ trustedOrigins: [] }).verify(envelope(signed))).toBe("genuine");
  });

  test("of any topic where none are listed", async () => {
    const signed = await sign(
      notification({ SigningCertURL: sandboxPem, TopicArn: "arn:aws:sns:eu-west-1:1:other" }),
    );
    expect(await open({ topicArns: null }).verify(envelope(signed))).toBe("genuine");
  });
});

describe("an SNS message is forged", () => {
  test.each(["Message", "MessageId", "Timestamp", "Subject"])("when %p was changed", async (name) => {
    const signed = await sign(notification({ SigningCertURL: sandboxPem, Subject: "Subject" }));
    expect(await open().verify(envelope({ ...signed, [name]: "changed" }))).toBe("forged");
  });

  test.each(["Token", "SubscribeURL"])("when a confirmation's %p was changed", async (name) => {
    const signed = await sign(
      confirmation({ SigningCertURL: sandboxPem, SubscribeURL: `${server.origin}/confirm` }),
    );
    expect(await open().verify(envelope({ ...signed, [name]: `${server.origin}/other` }))).toBe("forged");
  });

  test("when its signature version was changed", async () => {
    const signed = await sign(notification({ SigningCertURL: sandboxPem, SignatureVersion: "1" }));
    expect(await open().verify(envelope({ ...signed, SignatureVersion: "2" }))).toBe("forged");
  });

  test("when another key signed it", async () => {
    const signOther = await openSnsSender("other-key.pem");
    const signed = await signOther(notification({ SigningCertURL: sandboxPem }));
    expect(await open().verify(envelope(signed))).toBe("forged");
  });

  test.each(["", "not base64!", "AAAA"])("with the signature %p", async (Signature) => {
    const message = notification({ SigningCertURL: sandboxPem, Signature });
    expect(await open().verify(envelope(message))).toBe("forged");
  });

  test("when its topic is not one of ours, without asking for the certificate", async () => {
    const signed = await sign(
      notification({ SigningCertURL: sandboxPem, TopicArn: "arn:aws:sns:eu-west-1:1:other" }),
    );
    expect(await open().verify(envelope(signed))).toBe("forged");
    expect(await open({ topicArns: [] }).verify(envelope(signed))).toBe("forged");
    expect(server.requests).toEqual([]);
  });

  test.each([
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-ab.pem",
    "https://evil.example/sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://evil.example#sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://evilsns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.eu-west-1.evil.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-ab.pem",
    "https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem",
    "https://sns.eu-west-1.amazonaws.com/?Action=ListTopics&x=.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-ab.pem/../other",
    "file:///etc/cert.pem",
    "sns.eu-west-1.amazonaws.com",
    "",
    sandboxPem,
  ])("with the certificate at %p, which is not asked for", async (SigningCertURL) => {
    const signed = await sign(notification({ SigningCertURL }));
    expect(await open({ trustedOrigins: [] }).verify(envelope(signed))).toBe("forged");
    expect(server.requests).toEqual([]);
  });
});

describe("a certificate", () => {
  test("is fetched once for many messages at once, and kept", async () => {
    const sns = open();
    const signed = envelope(await sign(notification({ SigningCertURL: sandboxPem })));

    const verdicts = await Promise.all(Array.from({ length: 20 }, () => sns.verify(signed)));
    verdicts.push(await sns.verify(signed));

    expect(new Set(verdicts)).toEqual(new Set(["genuine"]));
    expect(server.requests).toEqual(["/cert.pem"]);
  });

  const failures: [name: string, answer: () => Response][] = [
    ["an error", () => new Response("busy", { status: 503 })],
    ["a redirect", () => Response.redirect(sandboxPem)],
    ["no certificate", () => new Response("<html>")],
    ["more than a certificate can be", () => new Response("x".repeat(70_000))],
    [
      "no end",
      () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(10_000)) })),
    ],
  ];

  test.each(failures)("that is %s puts the message off, and is asked for again", async (_, answer) => {
    server.answers.set("/other.pem", answer);
    const sns = open();
    const signed = envelope(await sign(notification({ SigningCertURL: `${server.origin}/other.pem` })));
    expect(await sns.verify(signed)).toBe("unavailable");

    server.answers.set("/other.pem", server.answers.get("/cert.pem") ?? answer);
    expect(await sns.verify(signed)).toBe("genuine");
  });

  test("of a server that cannot be reached puts the message off", async () => {
    const signed = envelope(await sign(notification({ SigningCertURL: awsPem })));
    const sns = createSns({
      topicArns: null,
      trustedOrigins: [],
      fetch: () => Promise.reject(new Error("no route")),
    });
    expect(await sns.verify(signed)).toBe("unavailable");
  });

  test("is one of few being fetched, however many are named", async () => {
    const asked: string[] = [];
    const never: Fetch = (url) => {
      asked.push(url);
      return new Promise(() => {});
    };
    const sns = createSns({ topicArns: null, trustedOrigins: [], fetch: never });
    const named = (index: number) => awsPem.replace("0123456789abcdef", String(index));
    const verdicts = Array.from({ length: 50 }, (_, index) =>
      sns.verify(envelope(notification({ Signature: "AAAA", SigningCertURL: named(index) }))),
    );

    expect(await Promise.all(verdicts.slice(8))).toEqual(Array(42).fill("unavailable"));
    expect(asked).toHaveLength(8);
  });
});

describe("a subscription", () => {
  async function confirm(SubscribeURL: string, trustedOrigins = [server.origin]) {
    const parsed = envelope(await sign(confirmation({ SigningCertURL: sandboxPem, SubscribeURL })));
    if (parsed.Type !== "SubscriptionConfirmation") throw new Error("Not a confirmation");
    return open({ trustedOrigins }).confirm(parsed);
  }

  test("is confirmed by calling its URL", async () => {
    expect(await confirm(`${server.origin}/confirm?Token=token`)).toBe(true);
    expect(await confirm("https://sns.eu-west-1.amazonaws.com/confirm?Action=ConfirmSubscription", [])).toBe(
      true,
    );
    expect(server.requests).toEqual(["/confirm", "/confirm"]);
  });

  test.each([
    "http://sns.eu-west-1.amazonaws.com/confirm",
    "https://sns.eu-west-1.amazonaws.com.evil.example/",
    "nowhere",
  ])("is not confirmed at %p", async (url) => {
    expect(await confirm(url)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test("is not confirmed when its URL answers with an error", async () => {
    expect(await confirm(`${server.origin}/missing`)).toBe(false);
  });
});

describe("an envelope", () => {
  test("signs its fields in the order of the alphabet, a missing subject left out", () => {
    const parsed = envelope(notification({ SigningCertURL: awsPem, Signature: "", Message: "line\nline" }));
    expect(stringToSign(parsed)).toBe(
      `Message\nline\nline\nMessageId\n22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324\nTimestamp\n2026-03-14T12:35:26.567Z\nTopicArn\n${topicArn}\nType\nNotification\n`,
    );
  });

  test.each([
    ["another type", { Type: "Other" }],
    ["another signature version", { SignatureVersion: "3" }],
    ["a topic that is too long to be logged", { TopicArn: "x".repeat(301) }],
  ])("with %s is none", (_, fields) => {
    const message = notification({ SigningCertURL: awsPem, Signature: "", ...fields });
    expect(v.safeParse(SnsEnvelope, message).success).toBe(false);
  });
});
