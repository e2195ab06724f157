import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { notification, openSnsSender, serveSns, topicArn } from "../../shared/receipt/sns-sender.ts";
import { notificationRow } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { anything, cut, nested, noise, toForm, toJson } from "./odd-bodies.ts";

/** The same bodies in each run. */
const seed = 20261121;
const bodies = 10_000;
const atOnce = 200;

const sns = serveSns();
let world: World;

beforeAll(async () => {
  world = await openWorld({ env: { SES_TOPIC_ARNS: topicArn, SNS_TRUSTED_ORIGINS: sns.origin } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await sns[Symbol.asyncDispose]();
});

interface Post {
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

test("10,000 bodies that are no receipt of MMG's change nothing, and receipts among them count", async () => {
  const victims = await addNotifications("sms");
  const good = { status: "3", substatus: "5", deliverytime: "2026-07-05 17:01:07" };
  const whole = fc.record({ ...constants(good), CID: fc.constantFrom(...victims) });
  const withoutStatus = fc.record({
    CID: fc.constantFrom(...victims),
    status: noStatus,
    substatus: anything,
  });
  const withoutReference = fc.record({ status: fc.constantFrom(2, "3", "4", 5, "99"), CID: noReference });
  const json = fc.oneof(fc.json({ maxDepth: 8 }), withoutStatus.map(toJson), withoutReference.map(toJson));
  const posts = fc.oneof(noise, json, cut(whole.map(toJson)), nested).map((body): Post => ({ body }));

  const counts = await post("/notifications/sms/mmg", posts, {
    ids: await addNotifications("sms"),
    post: (CID, { value }) => ({
      body: toJson({ CID, status: 3, substatus: value, deliverytime: value, reference: value }),
    }),
  });

  expectDiscards(counts);
  await expectUntouched(victims);
}, 60_000);

test("10,000 bodies that are no receipt of Firetext's change nothing, and receipts among them count", async () => {
  const victims = await addNotifications("sms");
  const good = { status: "0", code: "000", time: "2026-07-10 15:17:00", mobile: "447700900123" };
  const oddPairs = fc.array(fc.tuple(noise.map(String), noise.map(String)), { maxLength: 8 });
  const withoutStatus = fc
    .tuple(fc.constantFrom(...victims), noStatusText, oddPairs)
    .map(([reference, status, odd]) => toForm([["reference", reference], ["status", status], ...odd]));
  const withoutReference = fc
    .tuple(fc.constantFrom("0", "1", "2"), noReferenceText, oddPairs)
    .map(([status, reference, odd]) => toForm([["reference", reference], ["status", status], ...odd]));
  // The reference comes last, so that a form that was cut has none.
  const whole = fc
    .constantFrom(...victims)
    .map((reference) => toForm(Object.entries({ ...good, reference })));
  const badEscapes = fc
    .tuple(
      fc.constantFrom(...victims),
      fc.constantFrom("%", "%0", "%zz", "%ff%fe", "%u0033", "%ED%A0%80", "+", ""),
    )
    .map(([reference, status]) => `reference=${reference}&status=${status}`);
  const form = fc.oneof(noise, cut(whole), withoutStatus, withoutReference, badEscapes, nested);

  const counts = await post(
    "/notifications/sms/firetext",
    form.map((body) => ({ body })),
    {
      ids: await addNotifications("sms"),
      post: (reference, { text }) => {
        const odd = { code: text.slice(0, 1000), time: text.slice(0, 1000) };
        return { body: toForm(Object.entries({ status: "0", reference, ...odd })) };
      },
    },
  );

  expectDiscards(counts);
  await expectUntouched(victims);
}, 60_000);

test("10,000 messages that are no report of SES's change nothing, and reports among them count", async () => {
  const victims = await addNotifications("email");
  const sign = await openSnsSender();
  const reference = fc.constantFrom(...victims).map(referenceOf);
  const SigningCertURL = `${sns.origin}/cert.pem`;
  const old = "2026-03-14T12:35:25.909Z";
  const mail = (messageId: string) => ({ messageId, timestamp: old, destination: ["a@example.com"] });
  const whole = fc.record({
    notificationType: fc.constantFrom("Delivery", "Bounce"),
    mail: reference.map(mail),
    delivery: fc.constant({ timestamp: old }),
    bounce: fc.constant({ bounceType: "Permanent" }),
  });

  /** Genuine, and yet they say nothing of a fate. */
  const empty = fc.oneof(
    fc.record({
      notificationType: noReport,
      eventType: noReport,
      mail: reference.map(mail),
      bounce: anything,
    }),
    fc.record({
      notificationType: fc.constantFrom("Delivery", "Bounce"),
      mail: fc.oneof(
        anything,
        noReference.map((messageId) => ({ messageId, timestamp: old })),
      ),
      delivery: anything,
      bounce: fc.oneof(anything, fc.record({ bounceType: anything, timestamp: anything })),
    }),
    fc.record({ notificationType: fc.constantFrom("Delivery", "Bounce"), mail: reference.map(mail) }),
    fc.record({
      notificationType: fc.constant("Complaint"),
      mail: reference.map(mail),
      complaint: fc.record({ feedbackId: anything, complaintFeedbackType: anything, timestamp: anything }),
    }),
  );
  const type = fc.constantFrom(
    "Notification",
    "SubscriptionConfirmation",
    "UnsubscribeConfirmation",
    "Other",
  );
  const envelope = whole.map((message) => ({
    ...notification({ SigningCertURL, Message: toJson(message), Signature: "AAAA" }),
  }));
  const forged = fc
    .record({ envelope, odd: fc.dictionary(fc.constantFrom(...envelopeFields), anything), header: type })
    .map(({ envelope, odd, header }) => ({ header, body: toJson({ ...envelope, ...odd }) }));
  const unsigned = fc.record({
    body: fc.oneof(noise, nested, fc.json(), cut(envelope.map(toJson))),
    header: type,
  });
  // A signature takes a millisecond: signed once each, before.
  const messages = fc.sample(fc.oneof(empty.map(toJson), cut(whole.map(toJson)), noise.map(String)), {
    numRuns: 1000,
    seed,
  });
  const signed = await Promise.all(
    messages.map(async (Message) => toJson(await sign(notification({ SigningCertURL, Message })))),
  );
  const genuine = fc.record({ body: fc.constantFrom(...signed), header: fc.constant("Notification") });
  const ids = await addNotifications("email");
  const reports = new Map<string, string>();
  for (const id of ids) {
    const Message = toJson({ notificationType: "Delivery", mail: mail(referenceOf(id)), delivery: {} });
    reports.set(id, toJson(await sign(notification({ SigningCertURL, Message }))));
  }
  const headers = (header: string) => ({ "x-amz-sns-message-type": header });

  const { statuses } = await post(
    "/notifications/email/ses",
    fc.oneof(unsigned, forged, genuine).map(({ body, header }) => ({ body, headers: headers(header) })),
    { ids, post: (id) => ({ body: reports.get(id) ?? "", headers: headers("Notification") }) },
  );

  expect([...statuses.keys()].sort()).toEqual([200, 400]);
  expect(statuses.get(400)).toBeGreaterThan(bodies / 2);
  await expectUntouched(victims);
}, 60_000);

/** No code, however it is read. */
const noStatusText = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 50 }),
    fc.constantFrom("9".repeat(21), "\0", " ", "3 5", "3,5", "３"),
  )
  .filter((text) => !/^[\w.-]{1,20}$/.test(text.replaceAll("\0", "").trim()));
const noStatus = fc.oneof(
  noStatusText,
  anything.filter((value) => typeof value !== "string" && !Number.isSafeInteger(value)),
);
const noReferenceText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.uuid(),
  fc.constantFrom("\0", "'; drop table notifications; --", "x".repeat(5000), "٣".repeat(36)),
);
const noReference = fc.oneof(noReferenceText, anything);
const noReport = fc.oneof(
  fc.constantFrom(
    "DeliveryDelay",
    "Send",
    "Open",
    "Click",
    "Reject",
    "delivery",
    "BOUNCE",
    "__proto__",
    undefined,
    null,
  ),
  anything,
);
const envelopeFields = [
  "Message",
  "MessageId",
  "TopicArn",
  "Signature",
  "SignatureVersion",
  "SigningCertURL",
];

function constants<T extends Record<string, string>>(values: T) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fc.constant(value)]));
}

function referenceOf(id: string): string {
  return `0102-${id}`;
}

/** For the fields of a true receipt that need not be there. */
interface Odd {
  value: unknown;
  text: string;
}

/** Twenty that a provider has taken. */
async function addNotifications(channel: "sms" | "email"): Promise<string[]> {
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => world.notification({ channel, status: "sending" })),
  );
  if (channel === "email") {
    await world.sql`update notifications set reference = '0102-' || id where id = any(${ids})`;
  }
  return ids;
}

/** Posts them all with true receipts between them, until what was taken has been worked. */
async function post(
  path: string,
  posts: fc.Arbitrary<Post>,
  good: { ids: readonly string[]; post: (id: string, odd: Odd) => Post },
) {
  const all = fc.sample(posts, { numRuns: bodies, seed });
  const values = fc.record({ value: anything, text: noise.map(String) });
  fc.sample(values, { numRuns: good.ids.length, seed }).forEach((odd, n) => {
    all.splice(n * 450, 0, good.post(good.ids[n] ?? "", odd));
  });
  const linesBefore = world.lines.length;
  const statuses = new Map<number, number>();
  for (let n = 0; n < all.length; n += atOnce) {
    const answers = await Promise.all(
      all
        .slice(n, n + atOnce)
        .map(({ body, headers = {} }) => world.api.app.request(path, { method: "POST", body, headers })),
    );
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  await until(async () => {
    const left = await world.sql`
      select from pgboss.job where name like '%-receipts' and (state = 'created' or state = 'active') limit 1`;
    return left.length === 0;
  }, "all receipts are worked");

  for (const id of good.ids) expect((await notificationRow(world.sql, id)).status).toBe("delivered");
  expect(
    await world.sql`select from pgboss.job where state = 'failed' or name = 'dead-letters'`,
  ).toHaveLength(0);
  return { statuses, lines: world.lines.slice(linesBefore), good: good.ids.length };
}

/** Each was refused, or taken and then thrown away; of both there is a line in the log. */
function expectDiscards({ statuses, lines, good }: Awaited<ReturnType<typeof post>>): void {
  const saying = (message: string) => lines.filter((line) => line.message === message).length;

  expect([...statuses.keys()].filter((status) => ![200, 400, 413].includes(status))).toEqual([]);
  expect(statuses.get(400)).toBe(saying("Receipt refused"));
  expect(statuses.get(200)).toBe(
    good + saying("Receipt for a reference that is not ours") + saying("Receipt for an unknown notification"),
  );
  expect(saying("Job failed")).toBe(0);
}

async function expectUntouched(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    expect(await notificationRow(world.sql, id)).toMatchObject({ status: "sending", updatedAt: null });
  }
}
