import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type AxiosResponse, isAxiosError } from "axios";
import { sealLetter } from "../../shared/letter/files.ts";
import { openWorld, type World } from "../support/world.ts";

/* The official client's methods for letters; what becomes of them, other tests tell. */

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const personalisation = {
  address_line_1: "Ada Archer",
  address_line_2: "1 Mill Lane",
  address_line_3: "ls1 4ap",
  name: "Ada",
  day: "Monday",
};
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const pdf = Buffer.from("%PDF-1.7\n\0é");

/** What the client's users catch, as far as they look at it. */
async function failureOf(answer: Promise<unknown>): Promise<Pick<AxiosResponse, "status" | "data">> {
  const error = await answer.then(
    () => new Error("It did not fail"),
    (reason: unknown) => reason,
  );
  if (!isAxiosError(error) || !error.response) throw error;
  return { status: error.response.status, data: error.response.data };
}

describe("sendLetter", () => {
  test("answers with all there is to know, and the letter can be read", async () => {
    const { service } = world;
    const client = world.client();
    const template = service.templates.letter;

    const { status, data } = await client.sendLetter(template, { personalisation, reference: "ref" });
    expect([status, data]).toEqual([
      201,
      {
        id: uuid,
        reference: "ref",
        scheduled_for: null,
        uri: `${world.apiUrl}/v2/notifications/${data.id}`,
        content: { body: "Dear Ada\n\nCome on Monday.", subject: "Your visit on Monday" },
        template: {
          id: template,
          version: 1,
          uri: `${world.apiUrl}/services/${service.id}/templates/${template}`,
        },
      },
    ]);

    expect((await client.getNotificationById(data.id)).data).toMatchObject({
      id: data.id,
      type: "letter",
      status: "accepted",
      line_1: "Ada Archer",
      line_3: "ls1 4ap",
      postcode: null,
      postage: "second",
      is_cost_data_ready: false,
      estimated_delivery: expect.stringMatching(/^\d{4}-\d\d-\d\dT1[56]:00:\d\d\.\d{6}Z$/),
    });
    const { notifications } = (await client.getNotifications("letter", "accepted", "ref")).data;
    expect(notifications.map(({ id }) => id)).toEqual([data.id]);
  });

  test("tells what is wrong", async () => {
    const client = world.client();
    const sent = client.sendLetter(world.service.templates.letter, {
      personalisation: { ...personalisation, address_line_3: "Leeds" },
    });

    expect(await failureOf(sent)).toMatchObject({
      status: 400,
      data: {
        status_code: 400,
        errors: [
          {
            error: "ValidationError",
            message: "Last line of address must be a real UK postcode or another country",
          },
        ],
      },
    });
    // The client leaves the key out where it is not given.
    expect(
      (await failureOf(client.sendLetter(world.service.templates.letter, Object({})))).data.errors,
    ).toEqual([{ error: "ValidationError", message: "personalisation is a required property" }]);
    expect(
      await failureOf(
        world.client(world.service.keys.team).sendLetter(world.service.templates.letter, { personalisation }),
      ),
    ).toMatchObject({
      status: 403,
      data: { errors: [{ message: "Cannot send letters with a team api key" }] },
    });
  });
});

describe("sendPrecompiledLetter", () => {
  test.each(["first", "second", "economy", undefined] as const)(
    "answers with its postage: %s",
    async (postage) => {
      const { status, data } = await world.client().sendPrecompiledLetter("ref", pdf, postage);

      expect<unknown>([status, data]).toEqual([
        201,
        { id: uuid, reference: "ref", postage: postage ?? "second" },
      ]);
      expect((await world.client().getNotificationById(data.id)).data).toMatchObject({
        status: "pending-virus-check",
        line_1: "Provided as PDF",
        subject: "Pre-compiled PDF",
      });
    },
  );

  test("tells what is wrong", async () => {
    const sent = world.client().sendPrecompiledLetter("ref", pdf, "europe");

    expect((await failureOf(sent)).data.errors).toEqual([
      {
        error: "ValidationError",
        message: "postage invalid. It must be either first, second or economy.",
      },
    ]);
    const large = world.client().sendPrecompiledLetter("ref", Buffer.alloc(2 * 1024 * 1024 + 1));
    expect((await failureOf(large)).data.errors[0].message).toStartWith("Letter content is too large");
  });

  test("says so where no virus scanner is configured, in a way the client reads", async () => {
    await using unscanned = await openWorld({ worker: false, env: { NOTIFY_ENVIRONMENT: "preview" } });

    expect(await failureOf(unscanned.client().sendPrecompiledLetter("ref", pdf))).toEqual({
      status: 503,
      data: {
        status_code: 503,
        errors: [
          {
            error: "ServiceUnavailable",
            message: "Precompiled letters cannot be accepted: no virus scanner is configured",
          },
        ],
      },
    });
    expect(await unscanned.sql`select from notifications`).toHaveLength(0);
  });
});

describe("getPdfForLetterNotification", () => {
  test("answers the letter's bytes", async () => {
    const id = await world.notification({ channel: "letter", status: "sending" });
    const bytes = new Uint8Array(pdf);
    await world.deps.storage.put([await sealLetter(world.cipher, id, "letter", bytes)]);

    expect(Buffer.from(await world.client().getPdfForLetterNotification(id)).equals(pdf)).toBe(true);
  });

  test("tells what is wrong", async () => {
    const { data } = await world.client().sendPrecompiledLetter("ref", pdf);

    expect(await failureOf(world.client().getPdfForLetterNotification(data.id))).toEqual({
      status: 400,
      data: {
        status_code: 400,
        errors: [{ error: "PDFNotReadyError", message: "PDF not available yet, try again later" }],
      },
    });
  });
});
