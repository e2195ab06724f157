import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { assetPath, assetRoutes } from "../../api/console/assets.ts";
import type { ConsoleEnv } from "../../api/console/env.ts";
import { consoleHeaders } from "../../api/console/headers.ts";
import { openVisitor } from "../support/browser.ts";

/** A live page with this body, which tests change, and what is asked of it. */
function servePage(body: string) {
  const state = { body, seconds: 0.05, status: 200, asked: [] as (string | undefined)[] };
  const app = new Hono<ConsoleEnv>();
  app.use(consoleHeaders);
  app.route("/console/assets", assetRoutes());
  app.get("/console/sign-in", (c) => c.html("<!doctype html><h1>Sign in</h1>"));
  app.get("/console", (c) => {
    state.asked.push(c.req.header("X-Console-Live"));
    if (state.status === 303) return c.redirect("/console/sign-in", 303);
    return c.html(
      `<!doctype html><html lang="en"><head><title>Page</title><script src="${assetPath("live.js")}" defer></script>
      </head><body data-live-seconds="${state.seconds}"><main id="main">${state.body}</main></body></html>`,
      state.status === 200 ? 200 : 503,
    );
  });
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch });
  return { state, url: server.url.origin, [Symbol.dispose]: () => void server.stop(true) };
}

describe("a live page", () => {
  test("shows what is new, keeps what somebody is in, and leaves the rest", async () => {
    using server = servePage(
      '<p data-live="a">1</p><p data-live="b"><a href="/x">1</a></p><p id="c">1</p><p data-live="gone">1</p>',
    );
    await using visitor = await openVisitor(server.url);
    const { page } = visitor;
    await page.goto("/console");
    await page.focus("a");

    server.state.body = '<p data-live="a">2</p><p data-live="b"><a href="/x">2</a></p><p id="c">2</p>';
    await page.waitForSelector('[data-live="a"]:text("2")');
    const inUse = await page.textContent("main");
    await page.evaluate(() => document.querySelector("a")?.blur());
    await page.waitForSelector('a:text("2")');

    expect(inUse).toBe("2111");
    expect(await page.textContent("#c")).toBe("1");
    // The first is the visitor's own.
    expect(server.state.asked[0]).toBeUndefined();
    expect(new Set(server.state.asked.slice(1))).toEqual(new Set(["1"]));
  });

  test("says that it is old until it is not", async () => {
    using server = servePage('<p data-live="a">1</p>');
    await using visitor = await openVisitor(server.url);
    const { page, faults } = visitor;
    await page.goto("/console");

    server.state.status = 503;
    const warning = await (await page.waitForSelector("#live-warning")).textContent();
    server.state.status = 200;
    await page.waitForSelector("#live-warning", { state: "detached" });

    expect(warning).toMatch(/^This page could not be brought up to date since \d\d:\d\d:\d\d\./);
    expect(faults.splice(0).every((fault) => fault.startsWith("answer: 503"))).toBe(true);
  });

  test("goes where it is sent when nobody is signed in any more", async () => {
    using server = servePage('<p data-live="a">1</p>');
    await using visitor = await openVisitor(server.url);
    await visitor.page.goto("/console");

    server.state.status = 303;
    await visitor.page.waitForURL("**/console/sign-in");

    expect(await visitor.page.textContent("h1")).toBe("Sign in");
  });

  test("asks no more once it changes no more", async () => {
    using server = servePage('<p data-live="a">1</p>');
    await using visitor = await openVisitor(server.url);
    await visitor.page.goto("/console");

    Object.assign(server.state, { body: '<p data-live="a">2</p>', seconds: 0 });
    await visitor.page.waitForSelector('body[data-live-seconds="0"]:has-text("2")');
    const { length } = server.state.asked;
    // Longer than it waited before.
    await visitor.page.waitForFunction(() => new Promise((resolve) => setTimeout(resolve, 200, true)));

    expect(server.state.asked).toHaveLength(length);
  });
});
