import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { base, openApiWorld } from "./deps.ts";

const whole =
  '{"build_time":"2026-08-01T00:00:00","db_bulk_version":null,"db_version":"0023_exclusive_jobs","git_commit":"abc123","status":"ok"}\n';

async function ask(path: string, method = "GET", fails = false) {
  const down = async () => {
    throw Object.assign(new Error("down"), { code: "ECONNREFUSED" });
  };
  const world = openApiWorld(
    {},
    fails ? { status: down, countLiveServices: down } : { countLiveServices: async () => 12 },
  );
  const response = await createApp(world).request(`${base}${path}`, { method });
  return { status: response.status, text: await response.text(), allow: response.headers.get("Allow") };
}

describe("/_status", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/_status"],
    ["POST", "/_status"],
    ["GET", "/_status?simple="],
    ["POST", "/_status?other=1"],
  ])("%s %s says which build answers", async (method, path) => {
    expect(await ask(path, method)).toMatchObject({ status: 200, text: whole });
  });

  test.each([
    ["GET", "/?simple=1"],
    ["GET", "/_status?simple=0"],
    ["POST", "/_status?simple=true"],
  ])("%s %s asks no database", async (method, path) => {
    expect(await ask(path, method, true)).toMatchObject({ status: 200, text: '{"status":"ok"}\n' });
  });

  test("is 503 where the database cannot be reached", async () => {
    expect((await ask("/_status", "GET", true)).status).toBe(503);
  });

  test.each([
    ["/", "POST", "GET, HEAD, OPTIONS"],
    ["/_status", "PUT", "GET, HEAD, OPTIONS, POST"],
    ["/_status/live-service-and-organisation-counts", "POST", "GET, HEAD, OPTIONS"],
  ])("%s refuses %s", async (path, method, allow) => {
    expect(await ask(path, method)).toMatchObject({ status: 405, allow });
  });
});

test("the counts are of live services; organisations are not kept", async () => {
  const path = "/_status/live-service-and-organisation-counts";

  expect(await ask(path)).toMatchObject({ status: 200, text: '{"organisations":0,"services":12}\n' });
  expect(await ask(path, "HEAD")).toMatchObject({ status: 200, text: "" });
  expect((await ask(`${path}/`)).status).toBe(404);
});
