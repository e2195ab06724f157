import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import { removeCallback, setCallback } from "../../../shared/callback/queries.ts";
import { textJob } from "../../../shared/inbound/job.ts";
import type { IncomingText } from "../../../shared/inbound/text.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { createSigner } from "../../../shared/signing.ts";
import { receiveText } from "../../../worker/tasks/receive-text.ts";
import { sendCallback } from "../../../worker/tasks/send-callback.ts";
import { textsOf } from "../../support/inbound.ts";
import { jobsAbout } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;
let serviceId: string;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  ({ id: serviceId } = await world.addService(`Service ${crypto.randomUUID()}`));
  const url = `${world.sandbox.url}/callback`;
  await setCallback(world.sql, world.cipher, {
    serviceId,
    type: "inbound_sms",
    url,
    bearerToken: "a-token-of-theirs",
  });
});

const receivedAt = new Date("2026-07-05T16:01:08.123Z");
const storedAt = new Date("2026-07-05T16:01:09.000Z");

async function payloadOf(over: Partial<IncomingText> = {}): Promise<Payload<"inbound-sms">> {
  const text: IncomingText = {
    provider: "mmg",
    to: "07700900500",
    from: "447700900123",
    content: "It’s “me” 😀\n\u007f",
    reference: "ref",
    sentAt: new Date("2026-07-05T16:01:07.000Z"),
    ...over,
  };
  const number = { number: "07700900500", provider: "mmg", serviceId, mayReceive: true };
  const signer = await createSigner(world.config.encryptionKeys);
  return (await textJob({ text, number, receivedAt, cipher: world.cipher, signer })).data;
}

const receive = (payload: Payload<"inbound-sms">) =>
  receiveText(payload, world.newDeps({ now: () => storedAt }));
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);

describe("receiving a text", () => {
  test("stores it, encrypted, and tells the service, byte for byte as Notify writes it", async () => {
    const payload = await payloadOf();
    const id = payload.subjectId;

    await receive(payload);

    expect(await textsOf(world, serviceId)).toEqual([
      {
        id,
        serviceId,
        notifyNumber: "07700900500",
        userNumber: "447700900123",
        content: "It’s “me” 😀\n\u007f",
        createdAt: storedAt,
      },
    ]);
    const [row] = await world.sql`select * from inbound_sms where id = ${id}`;
    expect(row).toMatchObject({
      provider: "mmg",
      provider_reference: "ref",
      provider_date: new Date("2026-07-05T16:01:07.000Z"),
      content: expect.stringMatching(/^test\./),
    });
    const [job] = await callbacksOf(id);
    expect(job).toMatchObject({
      groupId: serviceId,
      data: {
        v: 1,
        type: "inbound_sms",
        serviceId,
        subjectId: id,
        attempt: 1,
        reportedAt: receivedAt.toISOString(),
      },
    });
    expect(await world.cipher.decrypt(String(job?.data.body), callbackBodyOf(id))).toBe(
      `{"id": "${id}", "source_number": "447700900123", "destination_number": "07700900500", ` +
        '"message": "It\\u2019s \\u201cme\\u201d \\ud83d\\ude00\\n\\u007f", ' +
        '"date_received": "2026-07-05T16:01:07.000000Z"}',
    );
  });

  test("brings the callback to the service with its own token", async () => {
    const payload = await payloadOf();
    await receive(payload);
    const [job] = await callbacksOf(payload.subjectId);
    const data = job?.data as Payload<"service-callbacks">;

    await sendCallback(data, world.newDeps(), never, { id: job?.id ?? "", attempt: 1 });

    const told = world.sandbox.messages("callback").find(({ body }) => body.includes(payload.subjectId));
    expect(told?.headers).toMatchObject({ authorization: "Bearer a-token-of-theirs" });
  });

  test("says our own time where the provider said none", async () => {
    const payload = await payloadOf({ sentAt: null });

    await receive(payload);

    const [job] = await callbacksOf(payload.subjectId);
    expect(await world.cipher.decrypt(String(job?.data.body), callbackBodyOf(payload.subjectId))).toContain(
      '"date_received": "2026-07-05T16:01:08.123000Z"',
    );
  });

  test("happens once, however often its job runs, one after the other or together", async () => {
    const payload = await payloadOf();
    const deps = world.newDeps();

    await Promise.all([1, 2, 3].map(() => receiveText(payload, deps)));
    await Promise.all([receive(payload), receive(payload)]);

    expect(await textsOf(world, serviceId)).toHaveLength(1);
    expect(await callbacksOf(payload.subjectId)).toHaveLength(1);
  });

  test("of one reference used for two texts stores both", async () => {
    const [one, other] = [await payloadOf({ content: "one" }), await payloadOf({ content: "other" })];

    await Promise.all([receive(one), receive(other)]);

    expect((await textsOf(world, serviceId)).map(({ content }) => content).sort()).toEqual(["one", "other"]);
  });

  test("tells nobody where nobody asked to be told", async () => {
    await removeCallback(world.sql, { serviceId, type: "inbound_sms" });
    const payload = await payloadOf({ reference: null });

    await receive(payload);

    expect(await textsOf(world, serviceId)).toHaveLength(1);
    expect(await callbacksOf(payload.subjectId)).toEqual([]);
  });

  test("takes STOP as a text like any other, empty ones and names too", async () => {
    for (const over of [{ content: "STOP" }, { content: "" }, { from: "Bank" }]) {
      await receive(await payloadOf({ reference: null, ...over }));
    }

    const texts = await textsOf(world, serviceId);
    expect(texts.map(({ content, userNumber }) => [userNumber, content])).toContainEqual([
      "447700900123",
      "STOP",
    ]);
    expect(texts).toHaveLength(3);
  });

  test("leaves no word and no number in the log", async () => {
    await receive(await payloadOf({ content: "a secret word" }));

    const lines = JSON.stringify(world.lines);
    expect(lines).not.toContain("secret");
    expect(lines).not.toContain("900123");
    expect(world.lines.filter(({ message }) => message === "Text received").at(-1)?.facts).toMatchObject({
      serviceId,
      provider: "mmg",
    });
  });

  test.each([
    ["a body of another job", async () => ({ body: (await payloadOf({ content: "other" })).body })],
    ["a body that is none", async () => ({ body: "test.AAAA" })],
  ])("is tried again where it cannot be read: %s", async (_, change) => {
    const payload = { ...(await payloadOf()), ...(await change()) };

    expect(await receive(payload).then(String, () => "refused")).toBe("refused");
    expect(await textsOf(world, serviceId)).toEqual([]);
  });
});
