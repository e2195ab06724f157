import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { base, bearer, openApiWorld, smsTemplateId } from "./deps.ts";

const timedOut =
  '{"errors":[{"error":"SoftEventletTimeout","message":"Timeout serving request"}],"status_code":504}\n';
const body = JSON.stringify({
  phone_number: "07400900111",
  template_id: smsTemplateId,
  personalisation: { name: "Ann" },
});

/** A body of which nothing comes until `finish` is called. */
function slowUpload() {
  let finish = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      finish = () => {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      };
    },
  });
  return { stream, finish: () => finish() };
}

describe("a request that takes too long", () => {
  test("is answered with 504, and nothing is sent when its body comes after all", async () => {
    const asked = Promise.withResolvers<void>();
    const world = openApiWorld({}, { requestLimitMs: 20 });
    const findTemplate = world.findTemplate;
    world.findTemplate = async (...what) => {
      asked.resolve();
      return await findTemplate(...what);
    };
    const { stream, finish } = slowUpload();

    const response = await createApp(world).request(`${base}/v2/notifications/sms`, {
      method: "POST",
      headers: await bearer(),
      body: stream,
    });
    expect(response.status).toBe(504);
    expect(await response.text()).toBe(timedOut);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("X-B3-TraceId")).toMatch(/^[0-9a-f]{32}$/);
    expect(world.logged.map(({ level, message }) => [level, message])).toEqual([
      ["warn", "Request timed out"],
    ]);

    finish();
    await asked.promise;
    // What is left of the request takes no more than a few turns.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(world.admissions.filter(({ notification }) => notification !== null)).toEqual([]);
  });

  test.each(["/v2/templates", "/v2/received-text-messages", "/v2/notifications"])(
    "is answered with 504: %s",
    async (path) => {
      const never = () => new Promise<never>(() => {});
      const world = openApiWorld(
        {},
        {
          requestLimitMs: 5,
          listSendableTemplates: never,
          listReceivedTexts: never,
          listNotifications: never,
        },
      );

      const response = await createApp(world).request(`${base}${path}`, { headers: await bearer() });

      expect([response.status, await response.text()]).toEqual([504, timedOut]);
    },
  );

  test("may fail later without anybody being told again", async () => {
    const failing = Promise.withResolvers<never>();
    const world = openApiWorld({}, { requestLimitMs: 5, listSendableTemplates: () => failing.promise });

    const response = await createApp(world).request(`${base}/v2/templates`, { headers: await bearer() });
    failing.reject(new Error("late"));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));

    expect([response.status, await response.text()]).toEqual([504, timedOut]);
  });
});

test("a request that is quick enough is answered as ever", async () => {
  const world = openApiWorld({}, { requestLimitMs: 60_000 });

  const response = await createApp(world).request(`${base}/v2/templates`, { headers: await bearer() });
  const unknown = await createApp(world).request(`${base}/v2/nothing`);

  expect([response.status, unknown.status]).toEqual([200, 404]);
});
