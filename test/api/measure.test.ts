import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiDeps } from "../../api/deps.ts";
import { countRefusals } from "../../api/v2/notifications/count-refusals.ts";
import { type Metrics, together } from "../../shared/metrics/metrics.ts";
import type { Refusal } from "../../shared/notification/admission.ts";
import { base, bearer, newId, openApiWorld, smsTemplateId } from "./deps.ts";

const token = "t0ken-nobody-may-read";

function open(deps: Partial<ApiDeps> = {}, given: { refusal?: Refusal } = {}) {
  const answered: unknown[] = [];
  const limits: string[] = [];
  const metrics: Metrics = {
    ...together([]),
    answered: (request, seconds) =>
      void answered.push({ ...request, tookTime: seconds >= 0 && seconds < 30 }),
    limited: (limit) => void limits.push(limit),
  };
  const world = openApiWorld(given, { metrics, ...deps });
  const app = createApp({ ...world, admit: countRefusals(world.admit, metrics) });
  const request = async (path: string, init?: RequestInit) => (await app.request(base + path, init)).status;
  return { answered, limits, world, request };
}

const sms = async () => ({
  method: "POST",
  headers: { ...(await bearer()), "Content-Type": "application/json" },
  body: JSON.stringify({
    phone_number: "07700900123",
    template_id: smsTemplateId,
    personalisation: { name: "Ada" },
  }),
});

describe("requests are measured", () => {
  const requests = [
    { path: "/_status?simple=1", route: "/_status", status: 200 },
    { path: `/v2/notifications/${newId}`, route: "/v2/notifications/:id", status: 401 },
    { path: `/unsubscribe/${newId}/${token}`, route: "/unsubscribe/:id/:token", status: 404 },
    { path: "/notifications/sms/mmg", method: "POST", route: "/notifications/sms/mmg", status: 200 },
    { path: "/d/abc/def?key=ghi", route: "/d/:service/:document", status: 404 },
    { path: "/07700900123", route: "none", status: 404 },
    { path: "/_status/live-service-and-organisation-counts", method: "PUT", route: "none", status: 405 },
    { path: "/_status", method: "PROPFIND", as: "other", route: "none", status: 405 },
  ];
  test.each(requests)("$path as $route", async ({ path, method = "GET", as = method, route, status }) => {
    const { request, answered } = open();

    expect(await request(path, { method })).toBe(status);

    expect(answered).toEqual([{ method: as, route, status, tookTime: true }]);
  });

  test("those that fail too", async () => {
    const { request, answered, world } = open({
      readUnsubscribeToken: async () => {
        throw new Error("broken");
      },
    });

    await request(`/unsubscribe/${newId}/${token}`);

    expect(answered).toMatchObject([{ route: "/unsubscribe/:id/:token", status: 500 }]);
    expect(world.logged).toMatchObject([
      { level: "error", facts: { method: "GET", route: "/unsubscribe/:id/:token" } },
    ]);
    expect(JSON.stringify(world.logged)).not.toContain(token);
  });

  test.each(["rate", "daily", "international"] as const)("what is over the %s limit", async (refusal) => {
    const { request, answered, limits } = open({}, { refusal });

    expect(await request("/v2/notifications/sms", await sms())).toBe(429);

    expect(limits).toEqual([refusal]);
    expect(answered).toMatchObject([{ method: "POST", route: "/v2/notifications/sms", status: 429 }]);
  });

  test("what is sent is over no limit", async () => {
    const { request, limits } = open();

    expect(await request("/v2/notifications/sms", await sms())).toBe(201);

    expect(limits).toEqual([]);
  });
});
