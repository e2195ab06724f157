import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { NotifyClient } from "notifications-node-client";
import { createApp } from "../../api/app.ts";
import { emailTemplateId, newId, openApiWorld, secret, serviceId, smsTemplateId, storedSms } from "./deps.ts";

describe("the official Node client", () => {
  let server: Bun.Server<undefined>;
  let client: NotifyClient;

  beforeAll(() => {
    const world = openApiWorld({ notifications: [storedSms] }, { now: () => new Date() });
    server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: createApp(world).fetch });
    client = new NotifyClient(server.url.origin, `my-key-${serviceId}-${secret}`);
  });

  afterAll(async () => {
    await server.stop(true);
  });

  test("sends a text", async () => {
    const { status, data } = await client.sendSms(smsTemplateId, "07400900111", {
      personalisation: { name: "Amala" },
      reference: "ref",
    });

    expect(status).toBe(201);
    expect(data).toEqual({
      id: newId,
      reference: "ref",
      content: { body: "Hi Amala", from_number: "GOVUK" },
      scheduled_for: null,
      template: {
        id: smsTemplateId,
        version: 3,
        uri: `${server.url.origin}/services/${serviceId}/templates/${smsTemplateId}`,
      },
      uri: `${server.url.origin}/v2/notifications/${newId}`,
    });
  });

  test("sends an email", async () => {
    const { status, data } = await client.sendEmail(emailTemplateId, "ann@example.gov.uk", {
      personalisation: { name: "Ann" },
      oneClickUnsubscribeURL: "https://example.gov.uk/out",
    });

    expect(status).toBe(201);
    expect(data).toMatchObject({ sanitised_content: {}, content: { subject: "To Ann – hello" } });
  });

  test("is told what is wrong", async () => {
    const failure = client.sendSms(smsTemplateId, "07400900111", {}).catch((error) => error.response);

    expect(await failure).toMatchObject({
      status: 400,
      data: {
        status_code: 400,
        errors: [{ error: "BadRequestError", message: "Missing personalisation: name" }],
      },
    });
  });

  test("is told that a file cannot be sent", async () => {
    const link = client.prepareUpload(Buffer.from("hello"), { retentionPeriod: "4 weeks" });
    const sent = client.sendEmail(emailTemplateId, "ann@example.gov.uk", {
      personalisation: { name: "Ann", link },
    });

    expect((await sent.catch((error) => error.response)).data.errors[0].message).toStartWith(
      "Send files by email has not been set up",
    );
  });

  test("reads one notification", async () => {
    expect((await client.getNotificationById(newId)).data).toMatchObject({
      id: newId,
      type: "sms",
      status: "created",
    });
  });

  test("lists notifications", async () => {
    const { data } = await client.getNotifications("sms", "created", "ref", newId);

    expect(data).toMatchObject({
      notifications: [{ id: newId }],
      links: { next: expect.stringContaining(`older_than=${newId}`) },
    });
  });
});
