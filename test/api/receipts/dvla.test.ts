import { afterAll, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { createDvlaRoutes } from "../../../api/receipts/dvla.ts";
import {
  confirmation,
  notification,
  openSnsSender,
  type SnsMessage,
  serveSns,
  topicArn,
} from "../../shared/receipt/sns-sender.ts";
import { createListLog } from "../../support/list-log.ts";
import { openWorld } from "../../support/world.ts";

const server = serveSns();
afterAll(() => server[Symbol.asyncDispose]());
const SigningCertURL = `${server.origin}/cert.pem`;
const sign = await openSnsSender();

function openNotices({ topicArns = [topicArn], fails = false } = {}) {
  const reasons: string[] = [];
  const { log, lines } = createListLog();
  const routes = createDvlaRoutes({
    sns: { topicArns, trustedOrigins: [server.origin], fetch },
    poll: async (reason) => {
      if (fails) throw new Error("no database");
      reasons.push(reason);
    },
    log,
  });
  const app = new Hono().route("/notifications", routes);
  app.onError((_, c) => c.text("not stored", 500));
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await app.request("/notifications/letter/dvla", { method: "POST", body: text, headers });
    const answer = await response.text();
    return { status: response.status, body: answer.startsWith("{") ? JSON.parse(answer) : answer };
  };
  return { post, reasons, lines };
}

const record = (key: string, more = {}) => ({ s3: { object: { key, ...more } } });
const notice = (...records: unknown[]) =>
  sign(notification({ SigningCertURL, Message: JSON.stringify({ Records: records }) }));
const success = { status: 200, body: { result: "success", message: "DVLA callback succeeded" } };
const refusal = (reason: string, status = 400) => ({
  status,
  body: { result: "error", message: `DVLA callback failed: ${reason}` },
});

describe("POST /notifications/letter/dvla", () => {
  test.each([
    [{}],
    [{ "Content-Type": "text/plain; charset=UTF-8" }],
    [{ "Content-Type": "application/json", "x-amz-sns-message-type": "Notification" }],
  ])("has files looked for, with headers %p", async (headers) => {
    const world = openNotices();

    const answer = await world.post(
      await notice(record("root/dispatch/NOTIFY-20181002130455-RSP.TXT")),
      headers,
    );

    expect(answer).toEqual(success);
    expect(world.reasons).toHaveLength(1);
  });

  test("reads all records and encoded keys, and cares for no other files", async () => {
    const world = openNotices();

    await world.post(
      await notice(
        record("root/dispatch/a.PDF"),
        record("root/dis+patch/NOTIFY%2D1-RSP.TXT", { eTag: "one" }),
        record("NOTIFY.20181001175007.ACK.txt"),
      ),
    );
    await world.post(await notice(record("x.zip")));
    await world.post(await sign(notification({ SigningCertURL, Message: '{"Event":"s3:TestEvent"}' })));

    expect(world.reasons).toEqual(["root/dis patch/NOTIFY-1-RSP.TXT one\nNOTIFY.20181001175007.ACK.txt "]);
  });

  test("gives the same reason for notices of one content, and another for another", async () => {
    const world = openNotices();

    for (let time = 0; time < 10; time++) {
      const message = await notice(record("NOTIFY-1-RSP.TXT", { eTag: "one" }));
      await world.post(message);
    }
    await world.post(await notice(record("NOTIFY-1-RSP.TXT", { eTag: "two" })));

    expect(new Set(world.reasons).size).toBe(2);
  });

  test.each([
    ["", "invalid JSON"],
    ["{", "invalid JSON"],
    ["{}", "Type is missing or wrong"],
    ["[]", "notice is missing or wrong"],
    ['{"Type":"Notification","MessageId":"made-up-id"}', "Message is missing or wrong"],
  ])("refuses %p", async (body, reason) => {
    const world = openNotices();
    const answer = await world.post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toStartWith("DVLA callback failed: ");
    if (reason.startsWith("invalid")) expect(answer).toEqual(refusal(reason));
    expect(world.reasons).toEqual([]);
  });

  test("believes only what SNS signed, from topics it knows", async () => {
    const forger = await openSnsSender("other-key.pem");
    const message = await notice(record("NOTIFY-1-RSP.TXT"));
    const forged: SnsMessage[] = [
      { ...message, Message: '{"Records":[]}' },
      { ...message, Signature: "" },
      { ...message, SigningCertURL: "https://evil.example/cert.pem" },
      await forger(message),
      await sign({ ...message, TopicArn: "arn:aws:sns:eu-west-1:1:other" }),
    ];
    for (const each of forged) {
      const world = openNotices();
      expect(await world.post(each)).toEqual(refusal("validation failed"));
      expect(world.reasons).toEqual([]);
    }
    expect(await openNotices({ topicArns: [] }).post(message)).toEqual(refusal("validation failed"));
  });

  test("confirms a subscription, at hosts of SNS alone", async () => {
    const world = openNotices();
    const confirm = (SubscribeURL: string) =>
      sign(confirmation({ SigningCertURL, SubscribeURL })).then(world.post);

    expect(await confirm(`${server.origin}/confirm`)).toEqual(success);
    expect(server.requests).toContain("/confirm");
    expect(await confirm("http://169.254.169.254/latest")).toEqual(
      refusal("subscription not confirmed", 503),
    );
  });

  test("answers 500 when the look could not be stored, so that SNS tries again", async () => {
    const world = openNotices({ fails: true });
    expect((await world.post(await notice(record("NOTIFY-1-RSP.TXT")))).status).toBe(500);
  });

  test("makes one look of ten notices", async () => {
    await using world = await openWorld({
      worker: false,
      env: { SNS_TRUSTED_ORIGINS: server.origin, DVLA_TOPIC_ARNS: topicArn },
    });

    for (let time = 0; time < 10; time++) {
      const body = JSON.stringify(await notice(record("root/dispatch/NOTIFY-1-RSP.TXT")));
      const response = await fetch(`${world.apiUrl}/notifications/letter/dvla`, { method: "POST", body });
      expect(response.status).toBe(200);
    }

    const jobs = await world.sql`select data->>'task' as task from pgboss.job where name = 'maintenance'`;
    expect([...jobs]).toEqual([{ task: "poll-dvla-files" }]);
  });
});
