import { describe, expect, test } from "bun:test";
import type { KeyType, Service } from "../../shared/service/service.ts";
import { emailTemplateId, liveKey, openApiWorld, smsTemplateId } from "./deps.ts";
import { faults, post } from "./post.ts";

const goodSms = { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "A" } };
const goodEmail = {
  email_address: "a@example.gov.uk",
  template_id: emailTemplateId,
  personalisation: { name: "A" },
};
const keyOf = (type: KeyType): Partial<Service> => ({ apiKeys: [{ ...liveKey, type }] });

describe("a request over a limit", () => {
  test.each<[KeyType, string]>([
    ["normal", "LIVE"],
    ["team", "TEAM"],
    ["test", "TEST"],
  ])("of requests a minute is told so for its key type: %s", async (type, name) => {
    const world = openApiWorld({ service: { ...keyOf(type), rateLimit: 600 }, refusal: "rate" });
    const response = await post(world, "sms", goodSms);

    expect(response.status).toBe(429);
    expect(response.headers.get("Retry-After")).toBeNull();
    expect(await response.json()).toEqual(
      faults(
        429,
        "RateLimitError",
        `Exceeded rate limit for key type ${name} of 600 requests per 60 seconds`,
      ),
    );
  });

  test.each<[string, unknown, "daily" | "international", string]>([
    ["sms", goodSms, "daily", "sms: 1000"],
    ["email", goodEmail, "daily", "email: 2000"],
    ["sms", { ...goodSms, phone_number: "+33612345678" }, "international", "international_sms: 40"],
  ])("of messages a day is told so: %s", async (channel, body, refusal, limit) => {
    const response = await post(openApiWorld({ refusal }), channel, body);

    expect(response.status).toBe(429);
    expect(await response.json()).toEqual(
      faults(429, "TooManyRequestsError", `Exceeded send limits (${limit}) for today`),
    );
  });

  test.each<[string, string, unknown, "rate" | "daily"]>([
    ["no JSON", "sms", "nonsense", "rate"],
    ["no JSON", "foo", "nonsense", "rate"],
    ["nothing we send", "foo", {}, "rate"],
    ["an invalid text", "sms", {}, "daily"],
    ["an invalid email", "email", {}, "daily"],
    ["a text that may not be sent", "sms", { ...goodSms, personalisation: {} }, "daily"],
    ["a smoke test", "sms", { ...goodSms, phone_number: "07700900000" }, "daily"],
  ])("is not told what else is wrong with it: %s", async (_what, channel, body, refusal) => {
    const world = openApiWorld({ refusal });

    expect((await post(world, channel, body)).status).toBe(429);
    expect(world.admissions).toMatchObject([{ notification: refusal === null ? {} : null }]);
  });
});

describe("a request is held against", () => {
  test.each<[string, Partial<Service>, number, number]>([
    ["the service's limits", {}, 1000, 40],
    ["the service's limits with a test key", keyOf("test"), 1000, 40],
    [
      "a live service's usual limits with a test key in trial mode",
      { ...keyOf("test"), restricted: true },
      250_000,
      100,
    ],
  ])("%s", async (_what, service, dailyLimit, internationalLimit) => {
    const world = openApiWorld({ service });
    await post(world, "sms", goodSms);

    expect(world.admissions).toMatchObject([{ dailyLimit, internationalLimit }]);
  });
});

describe("what we do not send", () => {
  test("is 404 after it was counted and its JSON read", async () => {
    const world = openApiWorld();
    const unknown = await post(world, "foo", {});
    const unreadable = await post(world, "foo", "{");

    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ result: "error" });
    expect(await unreadable.json()).toEqual(
      faults(400, "BadRequestError", "Invalid JSON supplied in POST data"),
    );
    expect(world.admissions).toMatchObject([{ notification: null }, { notification: null }]);
  });
});

test("a caller without a good token is not counted", async () => {
  const world = openApiWorld({ service: { active: false } });

  expect((await post(world, "sms", goodSms)).status).toBe(403);
  expect(world.admissions).toEqual([]);
});
