import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { NotificationQuery } from "../../shared/notification/queries.ts";
import { base, bearer, liveKey, newId, openApiWorld, serviceId, storedSms, unknownId } from "./deps.ts";
import { invalid } from "./post.ts";

async function list(query: string, world = openApiWorld()) {
  const response = await createApp(world).request(`${base}/v2/notifications${query}`, {
    headers: await bearer(),
  });
  return { status: response.status, body: await response.json(), queries: world.queries };
}

const plain: NotificationQuery = {
  serviceId,
  keyType: "normal",
  statuses: null,
  types: null,
  reference: null,
  includeJobs: false,
  olderThan: null,
  limit: 250,
};

describe("a list", () => {
  test.each<[string, Partial<NotificationQuery>]>([
    ["", {}],
    ["?reference=a+b%2Fc&reference=ignored", { reference: "a b/c" }],
    ["?reference=", { reference: "" }],
    ["?status=created&status=sending", { statuses: ["created", "sending"] }],
    [
      "?status=failed",
      {
        statuses: [
          "technical-failure",
          "temporary-failure",
          "permanent-failure",
          "validation-failed",
          "virus-scan-failed",
          "returned-letter",
        ],
      },
    ],
    ["?status=accepted&status=received", { statuses: ["created", "sending", "delivered"] }],
    ["?template_type=sms&template_type=letter", { types: ["sms", "letter"] }],
    ["?include_jobs=true", { includeJobs: true }],
    ["?include_jobs=True&include_jobs=false", { includeJobs: true }],
    [`?older_than=${unknownId.toUpperCase()}`, { olderThan: unknownId }],
  ])("asks for what %p names", async (query, expected) => {
    const { status, queries } = await list(query);

    expect(status).toBe(200);
    expect(queries).toEqual([{ ...plain, ...expected }]);
  });

  test("is of the caller's type of key", async () => {
    const { queries } = await list(
      "",
      openApiWorld({ service: { apiKeys: [{ ...liveKey, type: "test" }] } }),
    );

    expect(queries).toEqual([{ ...plain, keyType: "test" }]);
  });

  test("shows each notification as by its id, and has a next page whenever this one has anything", async () => {
    const world = openApiWorld({ notifications: [storedSms, { ...storedSms, id: unknownId }] });
    const one = await createApp(world).request(`${base}/v2/notifications/${newId}`, {
      headers: await bearer(),
    });
    const { body } = await list("", world);

    expect(body.notifications[0]).toEqual(await one.json());
    expect(body.links).toEqual({
      current: `${base}/v2/notifications`,
      next: `${base}/v2/notifications?older_than=${unknownId}`,
    });
  });

  test("has no next page when it is empty", async () => {
    expect((await list("?status=created")).body).toEqual({
      links: { current: `${base}/v2/notifications?status=created` },
      notifications: [],
    });
  });

  test.each([
    ["?status=sending&template_type=sms&status=created", "?status=sending&status=created&template_type=sms"],
    ["?reference=a%20b/c%2Cd%26é&status=sent", "?reference=a+b/c,d%26%C3%A9&status=sent"],
    ["?reference=a&status=sent&reference=b", "?reference=a&status=sent"],
  ])("links to itself as %p", async (query, shown) => {
    const world = openApiWorld({ notifications: [storedSms] });
    const { body } = await list(query, world);

    expect(body.links).toEqual({
      current: `${base}/v2/notifications${shown}`,
      next: `${base}/v2/notifications${shown}&older_than=${newId}`,
    });
  });

  test("links to the next page with its place in the query kept", async () => {
    const world = openApiWorld({ notifications: [storedSms] });
    const { body } = await list(`?older_than=${unknownId}&status=created`, world);

    expect(body.links.next).toBe(`${base}/v2/notifications?older_than=${newId}&status=created`);
  });

  const allStatuses =
    "cancelled, created, sending, sent, delivered, pending, failed, technical-failure, temporary-failure, permanent-failure, pending-virus-check, validation-failed, virus-scan-failed, returned-letter, accepted, received";
  test.each<[string, string[]]>([
    ["?status=elephant", [`status elephant is not one of [${allStatuses}]`]],
    [
      "?status=elephant&status=created&status=dog&status=dog",
      [`status elephant is not one of [${allStatuses}]`, `status dog is not one of [${allStatuses}]`],
    ],
    ["?status=", [`status  is not one of [${allStatuses}]`]],
    ["?template_type=orange", ["template_type orange is not one of [sms, email, letter]"]],
    ["?include_jobs=false", ["include_jobs false is not one of [true, True]"]],
    ["?older_than=5", ["older_than is not a valid UUID"]],
    ["?older_than=", ["older_than is not a valid UUID"]],
    ["?page=2", ["Additional properties are not allowed (page was unexpected)"]],
    [
      "?__proto__=2&constructor=3",
      ["Additional properties are not allowed (__proto__, constructor were unexpected)"],
    ],
    ["?reference=a%00", ["reference must not contain NUL characters"]],
    [
      "?page=2&older_than=5&template_type=orange",
      [
        "template_type orange is not one of [sms, email, letter]",
        "older_than is not a valid UUID",
        "Additional properties are not allowed (page was unexpected)",
      ],
    ],
  ])("refuses %p", async (query, messages) => {
    const { status, body, queries } = await list(query);

    expect([status, body]).toEqual([400, invalid(...messages)]);
    expect(queries).toEqual([]);
  });

  test.each(["?reference=%ff%", "?reference=%ed%a0%80", "?%&&=&a=b=c"])("survives %p", async (query) => {
    expect((await list(query)).status).toBeLessThan(500);
  });
});
