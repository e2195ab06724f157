import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import axios, { type AxiosResponse, isAxiosError } from "axios";
import { NotifyClient } from "notifications-node-client";
import { setContactLink } from "../../shared/service/setup.ts";
import { createTemplate, updateTemplate } from "../../shared/template/queries.ts";
import { startForwardingProxy } from "../support/forwarding-proxy.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { until } from "../support/until.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";

/* The methods for letters are asked in `official-client-letters.test.ts`. */

let world: World;
let service: WorldService;
let client: NotifyClient;

beforeAll(async () => {
  world = await openWorld();
  service = world.service;
  client = world.client();
});

afterAll(() => world[Symbol.asyncDispose]());

const personalisation = { name: "Ada", day: "Monday" };
const unknownId = "99999999-9999-4999-8999-999999999999";
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

/** What the client's users catch, as far as they look at it. */
async function failureOf(answer: Promise<unknown>): Promise<Pick<AxiosResponse, "status" | "data">> {
  const error = await answer.then(
    () => new Error("It did not fail"),
    (reason: unknown) => reason,
  );
  if (!isAxiosError(error) || !error.response) throw error;
  return { status: error.response.status, data: error.response.data };
}

const sendText = async (options: object = { personalisation }, by = client) =>
  (await by.sendSms(service.templates.sms, "07700 900123", options)).data;

describe("a client is made", () => {
  const [key, secret] = [() => service.keys.normal, () => service.keys.normal.slice(-36)];
  test.each<[string, () => NotifyClient]>([
    ["of an address and a key", () => new NotifyClient(world.apiUrl, key())],
    ["of an address, a service and a key", () => new NotifyClient(world.apiUrl, service.id, key())],
    ["of an address, a service and a secret", () => new NotifyClient(world.apiUrl, service.id, secret())],
  ])("%s", async (_how, make) => {
    expect((await make().getNotifications()).status).toBe(200);
  });
});

describe("sendSms", () => {
  test("answers with all there is to know", async () => {
    const [sender] = await world.sql<{ id: string }[]>`
      insert into service_sms_senders (service_id, sms_sender, is_default)
      values (${service.id}, '07123123123', false) returning id`;
    // What the API knows of a service may be two seconds old.
    const { status, data } = await until(
      () =>
        client
          .sendSms(service.templates.sms, "+44 7700 900123", {
            personalisation,
            reference: "my ref",
            smsSenderId: sender?.id ?? "",
          })
          .catch(() => null),
      "the sender is known",
    );

    expect(status).toBe(201);
    expect<object>(data).toEqual({
      id: uuid,
      reference: "my ref",
      content: { body: "Hello Ada, come on Monday", from_number: "447123123123" },
      scheduled_for: null,
      template: {
        id: service.templates.sms,
        version: 1,
        uri: `${world.apiUrl}/services/${service.id}/templates/${service.templates.sms}`,
      },
      uri: `${world.apiUrl}/v2/notifications/${data.id}`,
    });
  });

  test("refuses options that it does not know", async () => {
    const sent = client.sendSms(service.templates.sms, "07700900123", Object({ colour: "red" }));

    await expect(sent).rejects.toThrow("not recognised");
  });
});

describe("sendEmail", () => {
  test("answers with all there is to know", async () => {
    const { status, data } = await client.sendEmail(service.templates.email, "Ann@example.com", {
      personalisation: { name: "see evil.example/x", day: "Monday" },
      reference: "",
      oneClickUnsubscribeURL: "https://example.com/out?a=1",
      sanitiseContentFor: ["name"],
    });

    expect(status).toBe(201);
    expect<object>(data).toEqual({
      id: uuid,
      reference: null,
      content: {
        body: "Hello see \n\n# When\n\n* Monday",
        subject: "Your visit on Monday",
        from_email: expect.stringMatching(/^town\.hall@/),
        one_click_unsubscribe_url: "https://example.com/out?a=1",
      },
      sanitised_content: { name: { sanitised: "see ", unsanitised: "see evil.example/x" } },
      scheduled_for: null,
      template: expect.objectContaining({ id: service.templates.email, version: 1 }),
      uri: `${world.apiUrl}/v2/notifications/${data.id}`,
    });
  });

  test("takes a reply-to address", async () => {
    const [replyTo] = await world.sql<{ id: string }[]>`
      select id from service_email_reply_to where service_id = ${service.id}`;
    const send = (emailReplyToId: string) =>
      client.sendEmail(service.templates.email, "ann@example.com", { personalisation, emailReplyToId });

    expect((await send(replyTo?.id ?? "")).status).toBe(201);
    expect((await failureOf(send(unknownId))).data.errors).toEqual([
      {
        error: "BadRequestError",
        message: `email_reply_to_id ${unknownId} does not exist in database for service id ${service.id}`,
      },
    ]);
  });
});

describe("getNotificationById", () => {
  test("tells how it went", async () => {
    const sent = await sendText({ personalisation, reference: "followed" });
    const found = await until(async () => {
      const { data } = await client.getNotificationById(sent.id);
      // The receipt may overtake our note that the provider took it.
      return data.status === "delivered" && data.sent_at !== null && data;
    }, "it is delivered");

    expect<object>(found).toEqual({
      id: sent.id,
      reference: "followed",
      email_address: null,
      phone_number: "07700 900123",
      ...{ line_1: null, line_2: null, line_3: null, line_4: null, line_5: null, line_6: null },
      postcode: null,
      type: "sms",
      status: "delivered",
      template: {
        id: service.templates.sms,
        version: 1,
        uri: `${world.apiUrl}/v2/template/${service.templates.sms}/version/1`,
      },
      body: "Hello Ada, come on Monday",
      subject: null,
      created_at: instant,
      created_by_name: null,
      sent_at: instant,
      completed_at: instant,
      scheduled_for: null,
      postage: null,
      one_click_unsubscribe_url: null,
      is_cost_data_ready: true,
      cost_in_pounds: 0.0227,
      cost_details: { billable_sms_fragments: 1, international_rate_multiplier: 1, sms_rate: 0.0227 },
    });
  });

  test("is told of an id that is none, and of one that no one has", async () => {
    expect((await failureOf(client.getNotificationById("5"))).data).toEqual({
      status_code: 400,
      errors: [{ error: "ValidationError", message: "notification_id is not a valid UUID" }],
    });
    expect((await failureOf(client.getNotificationById(unknownId))).data).toEqual({
      status_code: 404,
      errors: [{ error: "NoResultFound", message: "No result found" }],
    });
  });
});

describe("getNotifications", () => {
  let mine: NotifyClient;
  /** Oldest first. */
  const stored: Record<"failedText" | "email" | "text", string> = { failedText: "", email: "", text: "" };

  beforeAll(async () => {
    const other = await world.addService("Library");
    mine = world.client(other.keys.normal);
    const place = { serviceId: other.id, templateId: other.templates.sms };
    const at = (second: number) => new Date(Date.UTC(2026, 7, 1, 9, 0, second));
    stored.failedText = await world.notification({
      ...place,
      status: "permanent-failure",
      createdAt: at(1),
    });
    stored.email = await world.notification({
      ...place,
      templateId: other.templates.email,
      channel: "email",
      clientReference: "a b/ç&d",
      createdAt: at(2),
    });
    stored.text = await world.notification({ ...place, createdAt: at(3) });
  });

  const idsOf = ({ data }: AxiosResponse<{ notifications: { id: string }[] }>) =>
    data.notifications.map(({ id }) => id);

  test("answers all of them, with links", async () => {
    const answer = await mine.getNotifications();

    expect(idsOf(answer)).toEqual([stored.text, stored.email, stored.failedText]);
    expect(answer.data.links).toEqual({
      current: `${world.apiUrl}/v2/notifications`,
      next: `${world.apiUrl}/v2/notifications?older_than=${stored.failedText}`,
    });
  });

  test("filters by each of its arguments, and by all", async () => {
    const none = undefined;

    expect(idsOf(await mine.getNotifications("sms"))).toEqual([stored.text, stored.failedText]);
    expect(idsOf(await mine.getNotifications(none, "failed"))).toEqual([stored.failedText]);
    expect(idsOf(await mine.getNotifications(none, none, "a b/ç&d"))).toEqual([stored.email]);
    expect(idsOf(await mine.getNotifications(none, none, none, stored.text))).toEqual([
      stored.email,
      stored.failedText,
    ]);
    expect(idsOf(await mine.getNotifications("email", "created", "a b/ç&d", stored.text))).toEqual([
      stored.email,
    ]);
    expect((await mine.getNotifications("letter")).data.notifications).toEqual([]);
  });

  test("goes through the pages as its users do", async () => {
    const seen: string[] = [];
    for (let last: string | undefined; ; last = seen.at(-1)) {
      const page = idsOf(await mine.getNotifications(undefined, undefined, undefined, last));
      if (page.length === 0) break;
      seen.push(...page);
    }

    expect(seen).toEqual([stored.text, stored.email, stored.failedText]);
  });

  test("can ask for one status only: several come as one word", async () => {
    const failure = await failureOf(mine.getNotifications("sms", Object(["created", "sent"])));

    expect(failure.data.errors[0].message).toStartWith("status created,sent is not one of [cancelled, ");
  });
});

describe("templates", () => {
  let mine: NotifyClient;
  let own: WorldService;

  beforeAll(async () => {
    own = await world.addService("Swimming baths");
    mine = world.client(own.keys.normal);
    const { sms: id } = own.templates;
    const change = { content: "Bye ((name))", name: "Text", subject: null, hasUnsubscribeLink: false };
    await updateTemplate(world.sql, { id, version: 1, ...change });
  });

  test("getTemplateById answers the latest version", async () => {
    const { data } = await mine.getTemplateById(own.templates.sms);

    expect<object>(data).toEqual({
      id: own.templates.sms,
      type: "sms",
      name: "Text",
      created_at: instant,
      updated_at: instant,
      created_by: expect.stringContaining("@"),
      version: 2,
      body: "Bye ((name))",
      subject: null,
      personalisation: { name: { required: true } },
      postage: null,
      letter_contact_block: null,
    });
  });

  test("getTemplateByIdAndVersion answers that one", async () => {
    const { data } = await mine.getTemplateByIdAndVersion(own.templates.sms, 1);

    expect(data).toMatchObject({ version: 1, body: "Hello ((name)), come on ((day))", updated_at: null });
    expect((await failureOf(mine.getTemplateByIdAndVersion(own.templates.sms, 3))).status).toBe(404);
    expect((await failureOf(mine.getTemplateById("5"))).data.errors).toEqual([
      { error: "ValidationError", message: "id is not a valid UUID" },
    ]);
  });

  test("getAllTemplates answers all, or those of a type", async () => {
    const names = async (type?: "sms" | "email" | "letter") =>
      (await mine.getAllTemplates(type)).data.templates.map(({ name }) => name);

    expect(await names()).toEqual(["Email", "Letter", "Text"]);
    expect(await names("sms")).toEqual(["Text"]);
    expect(await names("email")).toEqual(["Email"]);
    expect(await names("letter")).toEqual(["Letter"]);
    expect((await failureOf(mine.getAllTemplates(Object("coconut")))).data.errors).toEqual([
      { error: "ValidationError", message: "type coconut is not one of [sms, email, letter]" },
    ]);
  });

  test("previewTemplateById fills them in", async () => {
    expect<object>((await mine.previewTemplateById(own.templates.sms, { name: "Ada" })).data).toEqual({
      id: own.templates.sms,
      type: "sms",
      version: 2,
      body: "Bye Ada",
      html: null,
      subject: null,
      postage: null,
    });
    expect((await mine.previewTemplateById(own.templates.email, personalisation)).data).toMatchObject({
      body: "Hello Ada\n\n# When\n\n* Monday",
      html: expect.stringContaining("Monday"),
      subject: "Your visit on Monday",
    });
    expect((await failureOf(mine.previewTemplateById(own.templates.sms))).data.errors).toEqual([
      { error: "BadRequestError", message: "Missing personalisation: name" },
    ]);
  });
});

test("getReceivedTexts answers those of the service, and older ones", async () => {
  const own = await world.addService("Museum");
  const mine = world.client(own.keys.team);
  expect<object>((await mine.getReceivedTexts()).data).toEqual({
    links: { current: `${world.apiUrl}/v2/received-text-messages` },
    received_text_messages: [],
  });

  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  for (const [n, id] of ids.entries()) {
    await storeReceivedText(world.sql, world.cipher, {
      id,
      serviceId: own.id,
      notifyNumber: "447860000000",
      userNumber: "447700900111",
      content: `Text ${n}`,
      createdAt: new Date(Date.UTC(2026, 7, 1, 9, n)),
      provider: "mmg",
      providerDate: null,
      providerReference: null,
    });
  }
  const { data } = await mine.getReceivedTexts();
  const older = await mine.getReceivedTexts(ids[1]);

  expect<object>(data.received_text_messages).toEqual(
    ids.toReversed().map((id) => ({
      id,
      service_id: own.id,
      notify_number: "447860000000",
      user_number: "447700900111",
      content: `Text ${ids.indexOf(id)}`,
      created_at: instant,
    })),
  );
  expect(data.links.next).toContain(ids[0] ?? "");
  expect(older.data.received_text_messages).toMatchObject([{ id: ids[0] }]);
});

describe("prepareUpload", () => {
  const mib = 1024 * 1024;

  test("makes what the API takes, nulls and all, up to 2 MB", async () => {
    const own = await world.addService("Archive");
    const mine = world.client(own.keys.normal);
    await setContactLink(world.sql, own.id, "https://archive.example/contact");
    const templateId = await createTemplate(world.sql, {
      serviceId: own.id,
      name: "File",
      type: "email",
      content: "Here: ((file))",
      subject: "File",
    });
    const send = async (file: object) =>
      (await mine.sendEmail(templateId, "ann@example.com", { personalisation: { file } })).data.content.body;
    const link = expect.stringMatching(
      /^Here: https?:\/\/\S+\/d\/[A-Za-z0-9_-]{22}\/[A-Za-z0-9_-]{22}\?key=[A-Za-z0-9_-]{43}$/,
    );

    expect(await send(mine.prepareUpload("a,b\n1,2\n", { filename: "a.csv" }))).toEqual(link);
    expect(await send(mine.prepareUpload(Buffer.from("plain text\n")))).toEqual(link);
    expect(
      await send(
        mine.prepareUpload(Buffer.alloc(2 * mib, "x"), {
          filename: "long.txt",
          confirmEmailBeforeDownload: false,
          retentionPeriod: "4 weeks",
        }),
      ),
    ).toEqual(link);
    expect(
      (await failureOf(send(mine.prepareUpload("x", { retentionPeriod: "79 weeks" })))).data.errors,
    ).toEqual([
      {
        error: "ValidationError",
        message:
          "retention_period Unsupported value for retention_period: 79 weeks. Supported periods are from 1 to 78 weeks.",
      },
    ]);
  });

  test("refuses more itself", () => {
    expect(() => client.prepareUpload(Buffer.alloc(2 * mib + 1))).toThrow("File is larger than 2MB.");
  });

  test("is of no use without contact details, nor in a text", async () => {
    const file = client.prepareUpload("x");
    const email = client.sendEmail(service.templates.email, "ann@example.com", {
      personalisation: { ...personalisation, name: file },
    });

    expect((await failureOf(email)).data.errors[0].message).toStartWith(
      "Send files by email has not been set up - add contact details for your service at ",
    );
    expect(
      (await failureOf(sendText({ personalisation: { ...personalisation, name: file } }))).data.errors,
    ).toEqual([{ error: "BadRequestError", message: "Can only send a file by email" }]);
  });
});

describe("errors are found where users look for them", () => {
  test("all that is wrong with a request", async () => {
    const sent = client.sendSms("nonsense", "0740", {
      personalisation: Object("x"),
      reference: "é".repeat(1001),
    });

    expect(await failureOf(sent)).toMatchObject({
      status: 400,
      data: {
        status_code: 400,
        errors: [
          { error: "ValidationError", message: `reference ${"é".repeat(1001)} is too long` },
          { error: "ValidationError", message: "phone_number Not enough digits" },
          { error: "ValidationError", message: "template_id is not a valid UUID" },
          { error: "ValidationError", message: "personalisation x is not of type object" },
        ],
      },
    });
  });

  test("a key that no one has", async () => {
    const stranger = world.client(`key-${service.id}-${crypto.randomUUID()}`);

    expect((await failureOf(stranger.getNotifications())).data).toEqual({
      status_code: 403,
      errors: [{ error: "AuthError", message: "Invalid token: API key not found" }],
    });
  });

  test("a limit that is used up", async () => {
    const own = await world.addService("Park");
    await world.sql`update services set sms_message_limit = 0 where id = ${own.id}`;
    const sent = world.client(own.keys.normal).sendSms(own.templates.sms, "07700900123", { personalisation });

    expect(await failureOf(sent)).toMatchObject({
      status: 429,
      data: {
        status_code: 429,
        errors: [{ error: "TooManyRequestsError", message: "Exceeded send limits (sms: 0) for today" }],
      },
    });
  });
});

test("setProxy sends everything through a proxy, and links still name the API", async () => {
  await using proxy = await startForwardingProxy();
  const proxied = world.client();
  proxied.setProxy({ protocol: "http", host: "127.0.0.1", port: proxy.port });

  const sent = await sendText({ personalisation }, proxied);
  await proxied.getNotificationById(sent.id);
  const { data } = await proxied.getNotifications(undefined, undefined, "of no one");
  expect((await failureOf(proxied.getNotificationById("5"))).status).toBe(400);

  expect(sent.uri).toBe(`${world.apiUrl}/v2/notifications/${sent.id}`);
  expect(data.links.current).toBe(`${world.apiUrl}/v2/notifications?reference=of+no+one`);
  expect(proxy.asked).toEqual([
    `POST ${world.apiUrl}/v2/notifications/sms`,
    `GET ${world.apiUrl}/v2/notifications/${sent.id}`,
    `GET ${world.apiUrl}/v2/notifications?reference=of%20no%20one`,
    `GET ${world.apiUrl}/v2/notifications/5`,
  ]);
});

test("setClient has its requests made by a client of the user's own", async () => {
  const own = axios.create({ timeout: 10_000, validateStatus: () => true });
  const asked: unknown[] = [];
  own.interceptors.request.use((config) => {
    asked.push([config.method, config.headers.get("User-Agent")]);
    return config;
  });
  const customised = world.client();
  customised.setClient(own);

  // This one does not take an error's status for a failure.
  expect((await customised.getNotificationById("5")).status).toBe(400);
  expect((await sendText({ personalisation }, customised)).id).toEqual(uuid);
  expect(asked).toEqual([
    ["get", "NOTIFY-API-NODE-CLIENT/8.4.0"],
    ["post", "NOTIFY-API-NODE-CLIENT/8.4.0"],
  ]);
});
