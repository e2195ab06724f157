import { afterAll, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import type { ReceiptDeps } from "../../../api/receipts/deps.ts";
import type { Credentials } from "../../../api/receipts/require-credentials.ts";
import { createReceiptRoutes } from "../../../api/receipts/routes.ts";
import {
  confirmation,
  notification,
  openSnsSender,
  type SnsMessage,
  serveSns,
  topicArn,
} from "../../shared/receipt/sns-sender.ts";

const id = "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11";
const server = serveSns();
afterAll(() => server[Symbol.asyncDispose]());
const SigningCertURL = `${server.origin}/cert.pem`;

interface World {
  post(
    path: string,
    body: string | ReadableStream,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: unknown }>;
  jobs: { queue: string; payload: unknown }[];
  logged: string[];
}

function openWorld(
  options: { mmg?: Credentials[]; firetext?: Credentials[]; enqueue?: () => Promise<void> } = {},
): World {
  const jobs: World["jobs"] = [];
  const logged: string[] = [];
  const log = (facts: object, message: string) => void logged.push(JSON.stringify({ ...facts, message }));
  const deps: ReceiptDeps = {
    enqueueReceipt: async (queue, payload) => {
      await options.enqueue?.();
      jobs.push({ queue, payload });
    },
    credentials: { mmg: options.mmg ?? null, firetext: options.firetext ?? null },
    sns: { topicArns: [topicArn], trustedOrigins: [server.origin], fetch },
    letterStatus: {
      readStatusToken: async () => null,
      recordStatus: async () => ({ outcome: "ignored", status: null }),
    },
    log: { debug: log, info: log, warn: log, error: log },
    now: () => new Date("2026-07-05T16:01:08.000Z"),
  };
  const app = new Hono().route("/notifications", createReceiptRoutes(deps));
  app.onError((_, c) => c.text("not stored", 500));
  return {
    jobs,
    logged,
    async post(path, body, headers = {}) {
      const response = await app.request(path, { method: "POST", body, headers });
      const text = await response.text();
      return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
    },
  };
}

const mmgBody = JSON.stringify({ CID: id, status: "3", substatus: "5", deliverytime: "2026-07-05 17:01:07" });
const firetextBody = `mobile=447700900123&status=1&code=101&time=2026-07-10 15:17:00&reference=${id}`;

describe("POST /notifications/sms/mmg", () => {
  test("stores a job and says so", async () => {
    const world = openWorld();

    const answer = await world.post("/notifications/sms/mmg", mmgBody, {
      "Content-Type": "application/json",
    });

    expect(answer).toEqual({ status: 200, body: { result: "success" } });
    expect(world.jobs).toEqual([
      {
        queue: "sms-receipts",
        payload: {
          v: 1,
          provider: "mmg",
          reference: id,
          providerStatus: "3",
          detail: "5",
          deliveredAt: "2026-07-05T16:01:07.000Z",
          receivedAt: "2026-07-05T16:01:08.000Z",
        },
      },
    ]);
  });

  test.each([
    ['{"status":"3"}', ["MMG callback failed: CID missing"]],
    ["{}", ["MMG callback failed: status missing", "MMG callback failed: CID missing"]],
    ["{", ["MMG callback failed: invalid JSON"]],
    ["", ["MMG callback failed: invalid JSON"]],
  ])("refuses %p", async (body, message) => {
    const world = openWorld();
    expect(await world.post("/notifications/sms/mmg", body)).toEqual({
      status: 400,
      body: { result: "error", message },
    });
    expect(world.jobs).toEqual([]);
  });

  test("answers 500 when the job could not be stored, so that MMG tries again", async () => {
    const world = openWorld({ enqueue: () => Promise.reject(new Error("no database")) });
    expect((await world.post("/notifications/sms/mmg", mmgBody)).status).toBe(500);
  });
});

describe("POST /notifications/sms/firetext", () => {
  test("stores a job and says so", async () => {
    const world = openWorld();

    const answer = await world.post("/notifications/sms/firetext", firetextBody, {
      "Content-Type": "application/x-www-form-urlencoded",
    });

    expect(answer).toEqual({ status: 200, body: { result: "success" } });
    expect(world.jobs).toMatchObject([
      { queue: "sms-receipts", payload: { provider: "firetext", providerStatus: "1", detail: "101" } },
    ]);
  });

  test("refuses a form without a reference", async () => {
    const message = ["Firetext callback failed: reference missing"];
    const answer = await openWorld().post("/notifications/sms/firetext", "status=0");
    expect(answer).toEqual({ status: 400, body: { result: "error", message } });
  });
});

describe("a provider's credentials", () => {
  const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` });
  const pairs: Credentials[] = [
    ["old", "secret:with:colons"],
    ["new", "pä55"],
  ];
  const cases: [name: string, headers: Record<string, string>, status: number][] = [
    ["none", {}, 401],
    ["the first pair", basic("old:secret:with:colons"), 200],
    ["the second pair", basic("new:pä55"), 200],
    ["another password", basic("new:pass"), 403],
    ["another user", basic("other:pä55"), 403],
    ["halves of two pairs", basic("old:pä55"), 403],
    ["a longer password", basic("new:pä55x"), 403],
    ["no password", basic("new"), 403],
    ["another scheme", { Authorization: "Bearer x" }, 403],
    ["no base64", { Authorization: "Basic ###" }, 403],
  ];

  describe.each(["mmg", "firetext"] as const)("for %s", (provider) => {
    test.each(cases)("with %s", async (_, headers, status) => {
      const world = openWorld({ [provider]: pairs });
      const body = provider === "mmg" ? mmgBody : firetextBody;

      const answer = await world.post(`/notifications/sms/${provider}`, body, headers);

      expect(answer.status).toBe(status);
      expect(world.jobs).toHaveLength(status === 200 ? 1 : 0);
      expect(world.logged.join()).not.toMatch(/secret|pä55|pass/);
    });
  });

  test("are not asked of the other provider", async () => {
    const world = openWorld({ mmg: pairs });
    expect((await world.post("/notifications/sms/firetext", firetextBody)).status).toBe(200);
  });
});

describe("a body of more than 256 KiB", () => {
  test.each(["/sms/mmg", "/sms/firetext", "/email/ses"])("is refused by %p", async (path) => {
    const world = openWorld();
    const declared = await world.post(`/notifications${path}`, "x".repeat(300_000), {
      "Content-Length": "300000",
    });
    const streamed = await world.post(`/notifications${path}`, new Blob(["x".repeat(300_000)]).stream());

    for (const answer of [declared, streamed]) {
      expect(answer).toEqual({
        status: 413,
        body: { result: "error", message: "The body cannot be larger than 262144 bytes" },
      });
    }
    expect(world.jobs).toEqual([]);
  });
});

describe("a body that ends before it is whole", () => {
  test.each(["/sms/mmg", "/sms/firetext", "/email/ses"])("is no fault of %p", async (path) => {
    const world = openWorld();
    const cut = () => new ReadableStream({ pull: (stream) => stream.error(new Error("gone")) });

    const declared = await world.post(`/notifications${path}`, cut(), { "Content-Length": "100" });
    const streamed = await world.post(`/notifications${path}`, cut());

    for (const answer of [declared, streamed]) {
      expect(answer).toEqual({ status: 400, body: { result: "error", message: "The body was cut off" } });
    }
    expect(world.jobs).toEqual([]);
  });
});

describe("POST /notifications/email/ses", async () => {
  const sign = await openSnsSender();
  const Message = JSON.stringify({
    notificationType: "Complaint",
    mail: {
      timestamp: "2026-07-05T16:00:00.000Z",
      messageId: "0102-ref",
      destination: ["recipient@example.com"],
    },
    complaint: { feedbackId: "f", complaintFeedbackType: "abuse", timestamp: "2026-07-05T16:01:00.000Z" },
  });
  const success = { status: 200, body: { result: "success", message: "SES-SNS callback succeeded" } };
  const failure = (status: number, reason: string) => ({
    status,
    body: { result: "error", message: `SES-SNS callback failed: ${reason}` },
  });

  function post(world: World, message: SnsMessage, type = message.Type ?? "") {
    // As SNS does, JSON under the name of text.
    const headers = { "x-amz-sns-message-type": type, "Content-Type": "text/plain; charset=UTF-8" };
    return world.post("/notifications/email/ses", JSON.stringify(message), headers);
  }

  test.each(["1", "2"])(
    "stores a job for a message with a signature of version %p",
    async (SignatureVersion) => {
      const world = openWorld();

      const answer = await post(
        world,
        await sign(notification({ SigningCertURL, SignatureVersion, Message })),
      );

      expect(answer).toEqual(success);
      expect(world.jobs).toEqual([
        {
          queue: "ses-receipts",
          payload: {
            v: 1,
            provider: "ses",
            type: "complaint",
            reference: "0102-ref",
            eventId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            mailedAt: "2026-07-05T16:00:00.000Z",
            happenedAt: "2026-07-05T16:01:00.000Z",
            receivedAt: "2026-07-05T16:01:08.000Z",
            feedbackId: "f",
            complaintType: "abuse",
          },
        },
      ]);
      expect(world.logged.join()).not.toContain("recipient");
    },
  );

  test.each([
    ["Send", "Send"],
    ["DeliveryDelay", "DeliveryDelay"],
    ["Rendering Failure", "Rendering Failure"],
    ["no <b>name</b>", null],
    [{ odd: true }, null],
  ])("takes an event %p, stores nothing and logs %p", async (eventType, event) => {
    const world = openWorld();
    const message = notification({
      SigningCertURL,
      Message: JSON.stringify({ eventType, mail: { messageId: "1" } }),
    });

    expect(await post(world, await sign(message))).toEqual(success);
    expect(world.jobs).toEqual([]);
    expect(world.logged.map((line) => JSON.parse(line))).toMatchObject([{ event }]);
  });

  test("takes what says nothing of an email's fate, and stores nothing", async () => {
    const world = openWorld();
    const greeting = "Successfully validated SNS topic for Amazon SES event publishing.";
    expect(await post(world, await sign(notification({ SigningCertURL, Message: greeting })))).toEqual(
      success,
    );
    expect(world.jobs).toEqual([]);
  });

  test("refuses a message without a type SNS has, or of two types", async () => {
    const world = openWorld();
    const signed = await sign(notification({ SigningCertURL, Message }));

    expect(await post(world, signed, "Other")).toEqual(failure(400, "invalid message type"));
    expect(await world.post("/notifications/email/ses", JSON.stringify(signed))).toEqual(
      failure(400, "invalid message type"),
    );
    expect(await post(world, signed, "SubscriptionConfirmation")).toEqual(failure(400, "validation failed"));
  });

  test.each(["", "{", "Message=1"])("refuses %p", async (body) => {
    const answer = await openWorld().post("/notifications/email/ses", body, {
      "x-amz-sns-message-type": "Notification",
    });
    expect(answer).toEqual(failure(400, "invalid JSON given"));
  });

  test.each([
    ["a changed message", { Message: "{}" }],
    ["another topic", { TopicArn: "arn:aws:sns:eu-west-1:1:other" }],
    [
      "a stranger's certificate",
      { SigningCertURL: "https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem" },
    ],
    ["another version", { SignatureVersion: "9" }],
  ])("refuses %s", async (_, fields) => {
    const world = openWorld();
    const signed = { ...(await sign(notification({ SigningCertURL, Message }))), ...fields };
    expect(await post(world, signed)).toEqual(failure(400, "validation failed"));
    expect(world.jobs).toEqual([]);
  });

  test("asks SNS to try again when the certificate cannot be had", async () => {
    const signed = await sign(notification({ SigningCertURL: `${server.origin}/missing.pem`, Message }));
    expect(await post(openWorld(), signed)).toEqual(failure(503, "certificate unavailable"));
  });

  test("answers 500 when the job could not be stored, so that SNS tries again", async () => {
    const world = openWorld({ enqueue: () => Promise.reject(new Error("no database")) });
    expect((await post(world, await sign(notification({ SigningCertURL, Message })))).status).toBe(500);
  });

  test("confirms a subscription", async () => {
    const SubscribeURL = `${server.origin}/confirm?Token=token`;
    expect(await post(openWorld(), await sign(confirmation({ SigningCertURL, SubscribeURL })))).toEqual(
      success,
    );
    expect(server.requests).toContain("/confirm");
  });

  test("asks SNS to try again when a subscription cannot be confirmed", async () => {
    const SubscribeURL = `${server.origin}/missing`;
    const signed = await sign(confirmation({ SigningCertURL, SubscribeURL }));
    expect(await post(openWorld(), signed)).toEqual(failure(503, "subscription not confirmed"));
  });

  test("takes the end of a subscription without taking it up again", async () => {
    const SubscribeURL = `${server.origin}/again`;
    const signed = await sign(
      confirmation({ Type: "UnsubscribeConfirmation", SigningCertURL, SubscribeURL }),
    );
    expect(await post(openWorld(), signed)).toEqual(success);
    expect(server.requests).not.toContain("/again");
  });
});
