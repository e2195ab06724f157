import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiDeps } from "../../api/deps.ts";
import type { ReceivedText, ReceivedTextsQuery } from "../../shared/inbound/queries.ts";
import { base, bearer, liveKey, now, openApiWorld, serviceId, unknownId } from "./deps.ts";
import { invalid } from "./post.ts";

const received: ReceivedText = {
  id: "a1b2c3d4-0000-4000-8000-000000000001",
  serviceId,
  notifyNumber: "07700900000",
  userNumber: "447700900111",
  content: "Helo “byd” 👋\n<b>",
  createdAt: now,
};
const older = { ...received, id: "a1b2c3d4-0000-4000-8000-000000000002" };

async function list(query: string, texts: readonly ReceivedText[] = [], deps: Partial<ApiDeps> = {}) {
  const queries: ReceivedTextsQuery[] = [];
  const world = openApiWorld(
    { service: { apiKeys: [{ ...liveKey, type: "test" }], permissions: new Set() } },
    {
      listReceivedTexts: async (asked) => {
        queries.push(asked);
        return [...texts];
      },
      ...deps,
    },
  );
  const response = await createApp(world).request(`${base}/v2/received-text-messages${query}`, {
    headers: await bearer(),
  });
  return { status: response.status, text: await response.text(), queries };
}

describe("GET /v2/received-text-messages", () => {
  test("answers to the byte, with any type of key and no permission", async () => {
    const { status, text, queries } = await list("", [received, older]);
    const item = (id: string) =>
      `{"content":"Helo \\u201cbyd\\u201d \\ud83d\\udc4b\\n<b>","created_at":"2026-08-01T09:30:00.123000Z","id":"${id}","notify_number":"07700900000","service_id":"${serviceId}","user_number":"447700900111"}`;

    expect(status).toBe(200);
    expect(text).toBe(
      `{"links":{"current":"${base}/v2/received-text-messages","next":"${base}/v2/received-text-messages?older_than=${older.id}"},"received_text_messages":[${item(received.id)},${item(older.id)}]}\n`,
    );
    expect(queries).toEqual([{ serviceId, olderThan: null, limit: 250 }]);
  });

  test("has no next page when it is empty, and never says which page it is", async () => {
    const { text, queries } = await list(`?older_than=${unknownId.toUpperCase()}&older_than=5`);

    expect(text).toBe(
      `{"links":{"current":"${base}/v2/received-text-messages"},"received_text_messages":[]}\n`,
    );
    expect(queries).toEqual([{ serviceId, olderThan: unknownId, limit: 250 }]);
  });

  test("links to the address that is set", async () => {
    const { text } = await list("", [received], { apiHost: "https://notify.example" });

    expect(JSON.parse(text).links).toEqual({
      current: "https://notify.example/v2/received-text-messages",
      next: `https://notify.example/v2/received-text-messages?older_than=${received.id}`,
    });
  });

  test.each([
    ["?older_than=5", ["older_than is not a valid UUID"]],
    ["?older_than=", ["older_than is not a valid UUID"]],
    ["?page=2", ["Additional properties are not allowed (page was unexpected)"]],
    ["?user_number=1&Page=2", ["Additional properties are not allowed (Page, user_number were unexpected)"]],
    [
      "?page=2&older_than=x",
      ["older_than is not a valid UUID", "Additional properties are not allowed (page was unexpected)"],
    ],
    ["?=", ["Additional properties are not allowed ( was unexpected)"]],
  ])("refuses %p", async (query, messages) => {
    const { status, text, queries } = await list(query);

    expect([status, JSON.parse(text)]).toEqual([400, invalid(...messages)]);
    expect(queries).toEqual([]);
  });
});
