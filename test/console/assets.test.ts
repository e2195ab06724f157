import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { answerFault } from "../../api/console/answer-fault.tsx";
import { assetPath, assetRoutes } from "../../api/console/assets.ts";
import type { ConsoleEnv } from "../../api/console/env.ts";
import { consoleHeaders } from "../../api/console/headers.ts";
import { createListLog } from "../support/list-log.ts";

const app = new Hono<ConsoleEnv>();
app.onError(answerFault(createListLog().log));
app.use(consoleHeaders);
app.route("/console/assets", assetRoutes());

const names = ["console.css", "live.js", "uplot.css", "uplot.js"];

describe("an asset of the console", () => {
  test.each(names)("is kept by browsers for good: %s", async (name) => {
    const answer = await app.request(assetPath(name));

    expect(answer.status).toBe(200);
    expect(answer.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect(answer.headers.get("Content-Type")).toBe(
      name.endsWith(".js") ? "text/javascript; charset=utf-8" : "text/css; charset=utf-8",
    );
    expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect((await answer.text()).length).toBeGreaterThan(500);
  });

  test("is not sent to whoever has it", async () => {
    const etag = (await app.request(assetPath("live.js"))).headers.get("ETag") ?? "";

    const answer = await app.request(assetPath("live.js"), { headers: { "If-None-Match": etag } });

    expect([answer.status, await answer.text()]).toEqual([304, ""]);
  });

  test("is found by the page of another version, but not kept as that", async () => {
    const answer = await app.request("/console/assets/live.0123456789abcdef.js");

    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  });

  test("has the name of what it says", () => {
    const paths = names.map(assetPath);

    expect(new Set(paths.map((path) => path.split(".")[1])).size).toBe(names.length);
    for (const path of paths) expect(path).toMatch(/^\/console\/assets\/[a-z]+\.[0-9a-f]{16}\.(?:css|js)$/);
  });

  test.each(["live", "live.js", "nothing.0.js", "live.0.css", "live.0.js.map", "constructor.0.js", ".."])(
    "is none of others: %s",
    async (file) => {
      expect((await app.request(`/console/assets/${file}`)).status).toBe(404);
    },
  );

  test("that is none is no path", () => {
    expect(() => assetPath("other.js")).toThrow('Cannot load "other.js": it is no asset of the console');
  });
});
